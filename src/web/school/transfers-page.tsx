import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { offerTransfer } from '../../cases/transfer-acts.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { idOf } from '../../http.ts'
import type { PersonId } from '../../ids.ts'
import { findPersons } from '../../people/find-persons.ts'
import { currentTenure, personById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, TextArea, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { nameOf } from './case-view.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'
import { type SeenTransfer, type TransferState, transfersAtDesks } from './transfer-view.ts'

const PATH = '/school/transfers'
const RECEIVER = { BRIN: /^\d{2}[A-Za-z]{2}(\d{2})?$/, OIN: /^\d{20}$/ }
const offerForm = z.strictObject({
  form: formToken,
  person: idOf<PersonId>(),
  name: z.string().trim().min(1).pipe(plainText(200)),
  scheme: z.enum(['BRIN', 'OIN']),
  value: z
    .string()
    .max(40)
    .transform((value) => value.replaceAll(/\s/g, '')),
  special: z.literal('yes').optional(),
  contents: z.string().trim().min(1).pipe(plainText(2000)),
})

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
}

/** Dossiers that go to another school, and where one is made ready (P32). */
export function transfersRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get(PATH, signedInPage, async (c) => show(c, await transfersPage(c)))
  app.get(`${PATH}/new`, signedInPage, async (c) => show(c, await newPage(c)))

  app.post(`${PATH}/new`, signedInForm, async (c) => {
    const read = await safeReadForm(c, offerForm)
    if (!read.ok) return show(c, await newPage(c, read), 400)
    const { form, person, name, scheme, value, special, contents } = read.data
    if (!RECEIVER[scheme].test(value)) {
      return show(
        c,
        await newPage(c, { wrong: new Set(['value']), typed: { person, name, scheme, value, contents, special: special ?? '' } }),
        400,
      )
    }
    const { desk } = await aboutWhom(c, person)
    return await actOnce(c, desk, { form, back: PATH, done: 'offered' }, () =>
      offerTransfer(c.var.deps, desk.around.actor, {
        subjectId: person,
        receiver: { scheme, value, name, special: special === 'yes' },
        contents,
      }),
    )
  })
  return app
}

async function transfersPage(c: Context<PageEnv>) {
  const { t } = c.var
  const words = t.transfers
  const seen = await transfersAtDesks(c)
  const open = seen.filter(({ state }) => state === 'open' || state === 'ready')
  const over = seen.filter((one) => !open.includes(one))
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      {c.req.query('done') === 'offered' && <Notice kind="ok">{words.offered}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desksOf(c).length === 0 ? t.school.noTask : words.intro}</P>
      {open.length === 0 && <P>{words.none}</P>}
      {open.map((one) => (
        <TransferCard c={c} seen={one} />
      ))}
      {desksOf(c).some(({ around }) => around.mandates.some(({ role }) => role === 'school_leader' || role === 'consent_officer')) && (
        <p class="links">
          <Link href={`${PATH}/new`}>{words.start}</Link>
        </p>
      )}
      {over.length > 0 && (
        <details class="more">
          <summary>{words.over}</summary>
          <div class="more__body">
            {over.map((one) => (
              <TransferCard c={c} seen={one} />
            ))}
          </div>
        </details>
      )}
    </Page>
  )
}

function TransferCard({ c, seen: { one, subject, state } }: { c: Context<PageEnv>; seen: SeenTransfer }) {
  const { t, language } = c.var
  const words = t.transfers
  return (
    <article class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{words.of(subject)}</h2>
        <TransferBadge c={c} state={state} />
      </div>
      <P>
        {words.receiver(one.receiver.name, one.receiver.scheme, one.receiver.value)}
        <br />
        <span class="soft">{words.offeredOn(dayIn(language, one.offeredAt))}</span>
      </P>
      <p class="links">
        <Link href={`${PATH}/${one.transferId}`}>{words.see}</Link>
      </p>
    </article>
  )
}

export function TransferBadge({ c, state }: { c: Context<PageEnv>; state: TransferState }) {
  const look = { open: 'warning', ready: 'safe', sent: 'safe', cancelled: 'neutral' }[state]
  return <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{c.var.t.transfers.states[state]}</span>
}

/** A pupil of a school where one decides. @throws Refusal `person_not_found` */
async function aboutWhom(c: Context<PageEnv>, personId: PersonId): Promise<{ desk: Desk; name: string }> {
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    const name = await atDesk(c, desk, async (tx) => {
      const tenure = await currentTenure(tx, boardId, personId, c.var.deps.now())
      if (tenure?.kind !== 'enrolment' || !desk.decidesAt(tenure.schoolId)) return undefined
      return nameOf(await personById(tx, boardId, personId))
    })
    if (name) return { desk, name }
  }
  throw new Refusal('person_not_found')
}

async function newPage(c: Context<PageEnv>, again: Again = { wrong: new Set(), typed: {} }) {
  const { t } = c.var
  const words = t.transfers
  const chosen = idOf<PersonId>().safeParse(again.typed.person ?? c.req.query('person'))
  const sentences = { name: words.nameWrong, value: words.valueWrong, contents: words.contentsWrong }
  const errors = Object.entries(sentences).flatMap(([field, sentence]) => (again.wrong.has(field) ? [{ field, sentence }] : []))
  return (
    <Page c={c} title={words.start} errors={chosen.success ? errors : []}>
      <PrivacyNav c={c} />
      <Heading over={words.title}>{words.start}</Heading>
      {chosen.success ? (
        <OfferForm c={c} personId={chosen.data} name={(await aboutWhom(c, chosen.data)).name} again={again} />
      ) : (
        <Finding c={c} found={await foundBy(c)} />
      )}
    </Page>
  )
}

interface Found {
  personId: PersonId
  name: string
  groupName: string | null
}

async function foundBy(c: Context<PageEnv>): Promise<Found[] | undefined> {
  const words = c.req.query('q')?.slice(0, 200).trim()
  if (!words) return undefined
  const found: Found[] = []
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      for (const one of await findPersons(tx, boardId, { schoolId: null, kind: 'pupil', words, at: c.var.deps.now() })) {
        const tenure = await currentTenure(tx, boardId, one.personId, c.var.deps.now())
        if (desk.decidesAt(tenure?.schoolId ?? null)) found.push({ ...one, name: nameOf(one) })
      }
    })
  }
  return found
}

function Finding({ c, found }: { c: Context<PageEnv>; found: Found[] | undefined }) {
  const { t } = c.var
  return (
    <>
      <form method="get" action={`${PATH}/new`} role="search">
        <Field
          name="q"
          label={t.transfers.find}
          input={{ type: 'search', value: c.req.query('q') ?? '', maxlength: 200, autocomplete: 'off' }}
        />
        <Button>{t.people.findButton}</Button>
      </form>
      {found?.length === 0 && <P>{t.people.foundNone}</P>}
      <ul class="utrecht-unordered-list">
        {found?.map(({ personId, name, groupName }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`${PATH}/new?person=${personId}`}>{name}</Link> <span class="soft">{groupName}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function OfferForm({
  c,
  personId,
  name,
  again: { wrong, typed },
}: {
  c: Context<PageEnv>
  personId: PersonId
  name: string
  again: Again
}) {
  const words = c.var.t.transfers
  return (
    <Section title={words.of(name)} intro={words.noConsent}>
      <OnceForm action={`${PATH}/new`}>
        <input type="hidden" name="person" value={personId} />
        <Field
          name="name"
          label={words.name}
          error={wrong.has('name') && words.nameWrong}
          input={{ maxlength: 200, value: typed.name ?? '' }}
        />
        <Choices
          name="scheme"
          label={words.scheme}
          options={(['BRIN', 'OIN'] as const).map((value) => ({ value, text: words.schemes[value] }))}
          {...(typed.scheme && { chosen: typed.scheme })}
        />
        <Field
          name="value"
          label={words.value}
          hint={words.valueHint}
          error={wrong.has('value') && words.valueWrong}
          input={{ maxlength: 40, autocomplete: 'off', value: typed.value ?? '' }}
        />
        <Tick name="special" value="yes" id="special" text={words.special} ticked={typed.special === 'yes'} />
        <TextArea
          name="contents"
          label={words.contents}
          hint={words.contentsHint}
          error={wrong.has('contents') && words.contentsWrong}
          value={typed.contents}
        />
        <Button>{words.offer}</Button>
      </OnceForm>
    </Section>
  )
}
