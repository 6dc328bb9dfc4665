import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { everEnrolled, NEEDS_WORDS, recordRight } from '../../cases/ask-right.ts'
import { forwardedToTake } from '../../cases/forward-right.ts'
import { mayUseRightsOf, RIGHTS } from '../../cases/right.ts'
import { optionalPlainText } from '../../catalog/plain-text.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import { idOf } from '../../http.ts'
import type { ForwardedRightId, PersonId } from '../../ids.ts'
import { day } from '../../moments.ts'
import { registered } from '../../people/register.ts'
import { familyOf } from '../../people/same-human.ts'
import { personsById, subjectFacts } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { nameOf } from './case-view.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'
import { registerDesksOf } from './register-desk.ts'

const recordForm = z.strictObject({
  form: formToken,
  person: idOf<PersonId>(),
  by: idOf<PersonId>(),
  right: z.enum(RIGHTS),
  method: z.enum(['paper', 'phone', 'desk']),
  on: day,
  forwarded: idOf<ForwardedRightId>().optional(),
  words: optionalPlainText(2000),
})

/** A request that came on paper, by phone or at the desk: somebody writes it down, and its time runs from the day it came. */
export function recordCaseRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/cases/record', signedInPage, async (c) => show(c, await recordPage(c)))

  app.post('/school/cases/record', signedInForm, async (c) => {
    const read = await safeReadForm(c, recordForm)
    if (!read.ok) return show(c, await recordPage(c, read), 400)
    const { form, person, by, right, method, on, words, forwarded } = read.data
    const wrong = new Set<string>()
    if (NEEDS_WORDS.has(right) && !words) wrong.add('words')
    if (on > amsterdamDay(c.var.deps.now())) wrong.add('on')
    if (wrong.size > 0)
      return show(c, await recordPage(c, { wrong, typed: { person, by, right, method, on, words, ...(forwarded && { forwarded }) } }), 400)
    const about = await aboutWhom(c, person)
    const now = c.var.deps.now()
    const receivedAt = on === amsterdamDay(now) ? now : startOfAmsterdamDay(on)
    return await actOnce(c, about.desk, { form, back: '/school/cases', done: 'recorded' }, () =>
      recordRight(c.var.deps, about.desk.around.actor, {
        subjectId: person,
        madeBy: by,
        kind: right,
        method,
        receivedAt,
        words,
        ...(forwarded && { forwardedId: forwarded }),
      }),
    )
  })
  return app
}

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
}

async function recordPage(c: Context<PageEnv>, sent?: Again) {
  const again = sent ?? { wrong: new Set<string>(), typed: await sentOn(c) }
  const { t } = c.var
  const words = t.cases.school
  const chosen = idOf<PersonId>().safeParse(again.typed.person ?? c.req.query('person'))
  const errors = [
    ...(again.wrong.has('on') ? [{ field: 'on', sentence: words.recordDayWrong }] : []),
    ...(again.wrong.has('words') ? [{ field: 'words', sentence: t.cases.rights.wordsWrong }] : []),
  ]
  return (
    <Page c={c} title={words.record} errors={errors}>
      <PrivacyNav c={c} />
      <Heading over={words.title}>{words.record}</Heading>
      <P lead>{words.recordIntro}</P>
      {chosen.success ? (
        <RecordForm c={c} about={await aboutWhom(c, chosen.data)} again={again} />
      ) : (
        <Finding c={c} found={await foundBy(c)} />
      )}
    </Page>
  )
}

function Finding({
  c,
  found,
}: {
  c: Context<PageEnv>
  found: { personId: PersonId; name: string; groupName: string | null }[] | undefined
}) {
  const { t } = c.var
  return (
    <>
      <form method="get" action="/school/cases/record" role="search">
        {forwardedIn(c).forwarded && <input type="hidden" name="forwarded" value={forwardedIn(c).forwarded} />}
        <Field
          name="q"
          label={t.cases.school.recordFind}
          input={{ type: 'search', value: c.req.query('q') ?? '', maxlength: 200, autocomplete: 'off' }}
        />
        <Button>{t.people.findButton}</Button>
      </form>
      {found?.length === 0 && <P>{t.people.foundNone}</P>}
      <ul class="utrecht-unordered-list">
        {found?.map(({ personId, name, groupName }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`/school/cases/record?${new URLSearchParams({ person: personId, ...forwardedIn(c) })}`}>{name}</Link>{' '}
            <span class="soft">{groupName}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** What a supplier sent on, which is being written down as a case: its id goes along in the address. */
function forwardedIn(c: Context<PageEnv>): { forwarded?: ForwardedRightId } {
  const id = idOf<ForwardedRightId>().safeParse(c.req.query('forwarded'))
  return id.success ? { forwarded: id.data } : {}
}

/** The form as the supplier's words fill it in. */
async function sentOn(c: Context<PageEnv>): Promise<Record<string, string>> {
  const { forwarded } = forwardedIn(c)
  if (!forwarded) return {}
  for (const desk of desksOf(c)) {
    const one = (await atDesk(c, desk, (tx) => forwardedToTake(tx, desk.around.actor.boardId))).find(
      ({ forwardedId }) => forwardedId === forwarded,
    )
    if (one) return { forwarded, right: one.kind, on: amsterdamDay(one.receivedAt), words: one.words ?? '' }
  }
  return {}
}

async function foundBy(c: Context<PageEnv>) {
  const q = c.req.query('q')?.slice(0, 200).trim()
  if (!q) return undefined
  const found = await Promise.all(
    registerDesksOf(c)
      .filter(({ keeps }) => keeps)
      .map((desk) =>
        atDesk(c, desk, (tx) => registered(tx, desk.around.actor.boardId, { words: q, reach: desk.reach, at: c.var.deps.now() })),
      ),
  )
  return found.flat()
}

interface About {
  desk: Desk
  personId: PersonId
  name: string
  may: { personId: PersonId; name: string }[]
}

/** Somebody one may look up, and who may use their rights. @throws Refusal `person_not_found` */
async function aboutWhom(c: Context<PageEnv>, personId: PersonId): Promise<About> {
  const at = c.var.deps.now()
  for (const { around, reach } of registerDesksOf(c).filter(({ keeps }) => keeps)) {
    const { boardId } = around.actor
    const desk = desksOf(c).find((one) => one.around === around)
    const found = await atDesk(c, { around }, async (tx) => {
      const [person] = await registered(tx, boardId, { personId, reach, at })
      const facts = (await subjectFacts(tx, boardId, [personId])).get(personId)
      if (!person || !facts) return undefined
      const isPupil = await everEnrolled(tx, boardId, personId)
      const may = [...new Set(familyOf(facts))].filter((one) => mayUseRightsOf(facts, one, isPupil, at))
      const persons = await personsById(tx, boardId, may)
      return { personId, name: person.name, may: may.map((one) => ({ personId: one, name: nameOf(persons.get(one)) })) }
    })
    if (found && desk) return { desk, ...found }
  }
  throw new Refusal('person_not_found')
}

function RecordForm({ c, about, again: { wrong, typed } }: { c: Context<PageEnv>; about: About; again: Again }) {
  const { t, deps } = c.var
  const words = t.cases.school
  if (about.may.length === 0) return <P>{words.recordNobody}</P>
  const today = amsterdamDay(deps.now())
  return (
    <section class="card">
      <h2 class="utrecht-heading-3 card__title">{words.recordAbout(about.name)}</h2>
      <OnceForm action="/school/cases/record">
        <input type="hidden" name="person" value={about.personId} />
        {typed.forwarded && <input type="hidden" name="forwarded" value={typed.forwarded} />}
        <Choices
          name="by"
          label={words.recordWho}
          options={about.may.map(({ personId, name }) => ({ value: personId, text: name }))}
          chosen={typed.by}
        />
        <Choices
          name="right"
          label={words.recordRight}
          options={RIGHTS.map((value) => ({ value, text: t.cases.rights.kinds[value] }))}
          chosen={typed.right}
        />
        <Choices
          name="method"
          label={words.method}
          options={(['paper', 'phone', 'desk'] as const).map((value) => ({ value, text: words.methods[value] }))}
          chosen={typed.method}
        />
        <Field
          name="on"
          label={words.recordDay}
          error={wrong.has('on') && words.recordDayWrong}
          input={{ type: 'date', value: typed.on ?? today, max: today }}
        />
        <TextArea name="words" label={words.words} error={wrong.has('words') && t.cases.rights.wordsWrong} value={typed.words} />
        <Button>{words.recordSend}</Button>
      </OnceForm>
    </section>
  )
}
