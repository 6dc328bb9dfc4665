import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { inviteSupplier, nominateSupplier } from '../../catalog/invite-supplier.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { type Nomination, nominationsOf } from '../../catalog/settle-nomination.ts'
import { suppliers } from '../../catalog/store.ts'
import { SUPPLIER_KINDS } from '../../catalog/supplier-kind.ts'
import { idOf } from '../../http.ts'
import type { SupplierId } from '../../ids.ts'
import { Refusal, type RefusalCode } from '../../refusal.ts'
import { REAL_WORLD } from '../../worlds.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, Group } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { publicCodeOf } from '../texts/public-code.ts'
import { actOnce, atDesk } from './desk.ts'
import { type RegisterDesk, registerDesksOf } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

const HERE = '/school/invite-supplier'

const inviteForm = z
  .strictObject({
    form: formToken,
    supplier: z.union([z.literal(''), idOf<SupplierId>()]).default(''),
    legalName: z.string().trim().max(200).default(''),
    domain: z.string().trim().toLowerCase().max(100).default(''),
    kind: z.enum(SUPPLIER_KINDS).default('tutoring'),
    name: plainText(100),
    email: z.email().max(254),
  })
  .superRefine(({ supplier, legalName, domain }, context) => {
    if (supplier) return
    if (!plainText(200).safeParse(legalName).success) context.addIssue({ code: 'custom', path: ['legalName'], message: 'is missing' })
    if (!/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(domain)) context.addIssue({ code: 'custom', path: ['domain'], message: 'is no domain' })
  })

/** At which field a refusal is told. */
const FIELD_OF: Partial<Record<RefusalCode, string>> = {
  address_not_of_supplier: 'email',
  supplier_has_people: 'supplier',
  supplier_without_domain: 'supplier',
  nominated_already: 'domain',
}

/** The board's administrator invites a company: one that is registered at once, a new one after the operator has verified it. */
export function inviteSupplierRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get(HERE, signedInPage, async (c) => show(c, await invitePage(c, administratorsDesk(c))))

  app.post(HERE, signedInForm, async (c) => {
    const desk = administratorsDesk(c)
    const { t, deps } = c.var
    const read = await safeReadForm(c, inviteForm)
    if (!read.ok) {
      const wrong = [...read.wrong].map((field) => [field, t.inviteSupplier.wrong[field as keyof typeof t.inviteSupplier.wrong]] as const)
      return show(c, await invitePage(c, desk, { typed: read.typed, wrong: new Map(wrong) }), 400)
    }
    const { form, supplier, legalName, domain, kind, ...contact } = read.data
    const { actor } = desk.around
    try {
      return await actOnce(c, desk, { form, back: HERE, done: supplier ? 'invited' : 'nominated' }, async () => {
        if (supplier) await inviteSupplier(deps, actor, { supplierId: supplier, contact })
        else await nominateSupplier(deps, actor, { legalName, domain, kind, contact })
      })
    } catch (error) {
      const field = error instanceof Refusal && FIELD_OF[error.code]
      if (!field) throw error
      const wrong = new Map([[field, t.errors.refusals[publicCodeOf(error.code)]]])
      return show(c, await invitePage(c, desk, { typed: { supplier, legalName, domain, kind, ...contact }, wrong }), 400)
    }
  })
  return app
}

/** The first desk of this account at which it administers the board. @throws Refusal `mandate_missing` */
export function administratorsDesk(c: Context<PageEnv>): RegisterDesk {
  const desk = registerDesksOf(c).find(({ administers }) => administers)
  if (!desk) throw new Refusal('mandate_missing')
  return desk
}

interface Again {
  typed: Record<string, string>
  wrong: Map<string, string>
}

async function invitePage(c: Context<PageEnv>, desk: RegisterDesk, { typed, wrong }: Again = { typed: {}, wrong: new Map() }) {
  const { t, deps } = c.var
  const words = t.inviteSupplier
  const known = (await suppliers(deps.db)).filter(({ suspendedAt, domain, world }) => !suspendedAt && domain && world === REAL_WORLD)
  const { boardId } = desk.around.actor
  const nominations = await atDesk(c, desk, (tx) => nominationsOf(tx, [boardId]))
  const done = (['invited', 'nominated'] as const).find((word) => word === c.req.query('done'))
  const text = (name: string) => ({
    name,
    error: wrong.get(name) ?? (false as const),
    input: { value: typed[name], maxlength: 200, autocomplete: 'off' },
  })
  return (
    <Page c={c} title={words.title} errors={[...wrong].map(([field, sentence]) => ({ field, sentence }))}>
      <SchoolNav c={c} />
      {done && wrong.size === 0 && <Notice kind="ok">{words.done[done]}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <OnceForm action={HERE}>
        <Choices
          name="supplier"
          label={words.supplier}
          error={wrong.get('supplier') ?? false}
          chosen={typed.supplier ?? ''}
          options={[
            { value: '', text: words.other },
            ...known.map(({ supplierId, legalName }) => ({ value: supplierId, text: legalName })),
          ]}
        />
        <Group legend={words.company}>
          <P>{words.companyIntro}</P>
          <Field {...text('legalName')} label={words.legalName} hint={words.legalNameHint} />
          <Field {...text('domain')} label={words.domain} hint={words.domainHint} />
          <Choices
            name="kind"
            label={words.kind}
            chosen={typed.kind ?? 'tutoring'}
            options={SUPPLIER_KINDS.map((kind) => ({ value: kind, text: words.kinds[kind] }))}
          />
        </Group>
        <Field {...text('name')} label={words.contact} />
        <Field {...text('email')} label={words.email} hint={words.emailHint} input={{ ...text('email').input, type: 'email' }} />
        <Button>{words.send}</Button>
      </OnceForm>
      {nominations.length > 0 && <Nominations c={c} nominations={nominations} />}
      <p class="links">
        <Link href="/school/invite-supplier/program">{words.program.title}</Link>
        <Link href="/school/contracts">{t.school.contracts.title}</Link>
      </p>
    </Page>
  )
}

function Nominations({ c, nominations }: { c: Context<PageEnv>; nominations: Nomination[] }) {
  const { t, language } = c.var
  const words = t.inviteSupplier
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.named}</h2>
      <ul class="rows">
        {nominations.map(({ legalName, nominatedAt, settled }) => (
          <li class="spread">
            <span>
              {legalName} <span class="soft">{dayIn(language, nominatedAt)}</span>
              {settled?.because && <span class="said"> {settled.because}</span>}
            </span>
            <span class={`utrecht-status-badge utrecht-status-badge--${settled?.supplierId ? 'safe' : settled ? 'neutral' : 'warning'}`}>
              {settled?.supplierId ? words.states.accepted : settled ? words.states.declined : words.states.open}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
