import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { plainText } from '../../../catalog/plain-text.ts'
import { type SupplierParty, supplierById } from '../../../catalog/store.ts'
import { setSupplierParty } from '../../../catalog/supplier-party.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { PartyFields } from './party-fields.tsx'

const required = (max: number) => z.string().trim().min(1).pipe(plainText(max))
const partyForm = z.strictObject({
  form: formToken,
  address: required(300),
  registration: required(100),
  representative: required(200),
  seen_address: z.string().max(300),
  seen_registration: z.string().max(100),
  seen_representative: z.string().max(200),
})

/** How contracts name this supplier, said once (M01). */
export function partyRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/party', signedInPage, async (c) => show(c, await partyPage(c, await supplierDesk(c, 'contracts'))))

  app.post('/supplier/:supplierId/party', signedInForm, async (c) => {
    const desk = await supplierDesk(c, 'contracts')
    const read = await safeReadForm(c, partyForm)
    if (!read.ok) return show(c, await partyPage(c, desk, read), 400)
    const { form, address, registration, representative, ...was } = read.data
    const seen = { address: was.seen_address, registration: was.seen_registration, representative: was.seen_representative }
    const typed = { address, registration, representative }
    try {
      return await actOnceAt(c, desk, { form, back: `${desk.path}/party`, done: 'set' }, () =>
        setSupplierParty(c.var.deps, desk.actor, { supplierId: desk.actor.supplierId, party: typed, seen }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await partyPage(c, desk, { typed, wrong: new Set(), seen }), 409)
    }
  })
  return app
}

interface Again {
  typed: Record<string, string>
  wrong: ReadonlySet<string>
  /** A colleague changed it meanwhile: how it was before that. */
  seen?: SupplierParty
}

async function partyPage(c: Context<PageEnv>, desk: SupplierDesk, { typed, wrong, seen }: Again = { typed: {}, wrong: new Set() }) {
  const { t, deps } = c.var
  const words = t.supplierAgreements.party
  const { party } = (await supplierById(deps.db, desk.member.supplierId))!
  const names = Object.keys(party) as (keyof SupplierParty)[]
  // What somebody changed themselves, and of what they left as it was how it is now.
  const chosen = Object.fromEntries(names.map((name) => [name, typed[name] === seen?.[name] ? party[name] : (typed[name] ?? party[name])]))
  const isIncomplete = names.some((name) => party[name] === '')
  return (
    <Page c={c} title={words.title} errors={names.flatMap((field) => (wrong.has(field) ? [{ field, sentence: words.wrong }] : []))}>
      <SupplierNav c={c} desk={desk} />
      {c.req.query('done') === 'set' && wrong.size === 0 && <Notice kind="ok">{words.done}</Notice>}
      {seen && <Notice kind="warning">{t.people.changedMeanwhile}</Notice>}
      {isIncomplete && <Notice kind="warning">{words.incomplete}</Notice>}
      <Heading over={desk.supplierName}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <P>{words.holds}</P>
      <OnceForm action={`${desk.path}/party`}>
        {names.map((name) => (
          <input type="hidden" name={`seen_${name}`} value={party[name]} />
        ))}
        <PartyFields c={c} typed={chosen} error={(field) => wrong.has(field) && words.wrong} />
        <Button>{words.save}</Button>
      </OnceForm>
      <p class="links">
        <Link href={`${desk.path}/agreements`}>{t.supplierAgreements.title}</Link>
      </p>
    </Page>
  )
}
