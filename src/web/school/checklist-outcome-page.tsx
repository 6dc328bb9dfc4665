import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { holdersOf } from '../../cases/case-mails.ts'
import { CHECKLIST_MENDERS, STATEMENTS } from '../../cases/checklist.ts'
import { makeChecklistPoint } from '../../cases/checklist-points.ts'
import { type Found, foundAt } from '../../cases/checklist-store.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { csvOf } from '../../csv-for-people.ts'
import { idOf } from '../../http.ts'
import type { PersonId, SchoolId } from '../../ids.ts'
import { day, endOf } from '../../moments.ts'
import { schoolsOfBoard } from '../../people/register.ts'
import { personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage, type Typed } from '../page.tsx'
import { Row, Table } from '../table.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { numberIn } from '../texts/numbers.ts'
import { nameOf } from './case-view.ts'
import { type ChecklistDesk, checklistDeskOf, outcomePathOf, placeOf, pointsAt, type SeenPoint, yearsAt } from './checklist-desk.ts'
import { PointCard, stateOfPoint } from './checklist-points.tsx'
import { actOnce, atDesk } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

const pointForm = z.strictObject({
  form: formToken,
  statement: z.enum(STATEMENTS),
  words: plainText(500),
  owner: idOf<PersonId>(),
  due: day,
})

type Again = { wrong: Set<string>; typed: Typed['typed'] }
const NOTHING_WRONG: Again = { wrong: new Set(), typed: {} }

/** What the staff of a school found, in counts and notes without names, and what has to get better (P46). */
export function checklistOutcomeRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/checklist/outcome', signedInPage, async (c) => show(c, await outcomePage(c, await outcomeOf(c))))
  app.get('/school/checklist/outcome.csv', signedInPage, async (c) =>
    c.body(outcomeTable(c, await outcomeOf(c)), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="checklist.csv"',
    }),
  )

  app.post('/school/checklist/points', signedInForm, async (c) => {
    const outcome = await outcomeOf(c)
    const { desk, place } = outcome
    const read = await safeReadForm(c, pointForm)
    if (!read.ok) return show(c, await outcomePage(c, outcome, read), 400)
    const { form, statement, words, owner, due } = read.data
    const point = { schoolId: place.schoolId, statement, words, ownerId: owner, dueAt: endOf(due) }
    try {
      return await actOnce(c, desk, { form, back: outcomePathOf(desk, place.schoolId), done: 'saved' }, () =>
        makeChecklistPoint(c.var.deps, desk.around.actor, point),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'input_invalid')) throw error
      const typed = { statement, words, owner, due }
      return show(c, await outcomePage(c, outcome, { wrong: new Set(error.details.fields as string[]), typed }), 400)
    }
  })
  return app
}

interface Place {
  schoolId: SchoolId | null
  name: string
}

interface Outcome {
  desk: ChecklistDesk
  places: Place[]
  place: Place
  year: string
  found: Found
  last: Found
  points: SeenPoint[]
}

/** @throws Refusal `mandate_missing` where one looks at nothing; `not_found` for another school */
async function outcomeOf(c: Context<PageEnv>): Promise<Outcome> {
  const desk = checklistDeskOf(c)
  if (!desk?.looksSomewhere) throw new Refusal('mandate_missing')
  const { boardId } = desk.around.actor
  const { year, before } = await yearsAt(c, desk)
  const asked = c.req.query('school')
  const seen = await atDesk(c, desk, async (tx) => {
    const schools: Place[] = await schoolsOfBoard(tx, boardId)
    const office: Place = { schoolId: null, name: c.var.t.checklist.outcome.office }
    const places = [...schools, office].filter(({ schoolId }) => desk.looksAt(schoolId))
    const place = asked === undefined ? places[0] : places.find(({ schoolId }) => (schoolId ?? 'office') === asked)
    if (!place) throw new Refusal('not_found')
    const found = await foundAt(tx, boardId, place.schoolId, year.name)
    return { places, place, found, last: await foundAt(tx, boardId, place.schoolId, before) }
  })
  const points = (await pointsAt(c, desk)).filter(({ point }) => point.schoolId === seen.place.schoolId)
  return { desk, year: year.name, points, ...seen }
}

async function outcomePage(c: Context<PageEnv>, outcome: Outcome, again: Again = NOTHING_WRONG) {
  const words = c.var.t.checklist
  const number = numberIn(c.var.language)
  const { desk, places, place, year, found, points } = outcome
  const done = (['saved', 'closedNow'] as const).find((code) => code === c.req.query('done'))
  const [open, closed] = [points.filter(({ point }) => !point.closed), points.filter(({ point }) => point.closed)]
  return (
    <Page c={c} title={words.outcome.title(year, place.name)} errors={errorsOf(c, again)}>
      <div class="no-print">
        <PrivacyNav c={c} />
      </div>
      {done && <Notice kind="ok">{words.points[done]}</Notice>}
      <Heading>{words.outcome.title(year, place.name)}</Heading>
      {places.length > 1 && (
        <nav class="links no-print" aria-label={words.outcome.schools}>
          {places.map((other) => (
            <Link href={outcomePathOf(desk, other.schoolId)}>{other.name}</Link>
          ))}
        </nav>
      )}
      <P lead>{words.outcome.handedIn(number(found.handedIn))}</P>
      <P>{found.counted === 0 ? words.outcome.tooFew : words.outcome.countedNote(number(found.counted))}</P>
      <Section title={words.points.title}>
        {open.length === 0 && <P>{words.points.none}</P>}
        {open.map((seen) => (
          <PointCard c={c} seen={seen} />
        ))}
      </Section>
      {found.counted > 0 && <Counts c={c} outcome={outcome} />}
      {found.notes.size > 0 && (
        <Section title={words.outcome.notes}>
          {[...found.notes].map(([statement, notes]) => (
            <article class="card">
              <h3 class="utrecht-heading-3 card__title">{words.statements[statement]}</h3>
              <ul class="utrecht-unordered-list">
                {notes.map((note) => (
                  <li class="utrecht-unordered-list__item">{note}</li>
                ))}
              </ul>
            </article>
          ))}
        </Section>
      )}
      {desk.decidesAt(place.schoolId) && (await makePoint(c, outcome, again))}
      {closed.length > 0 && (
        <Section title={words.points.over}>
          {closed.map((seen) => (
            <PointCard c={c} seen={seen} />
          ))}
        </Section>
      )}
      <p class="no-print">
        <Link href={`/school/checklist/outcome.csv?${placeOf(desk, place.schoolId)}`}>{words.outcome.csv}</Link> {words.outcome.print}
      </p>
    </Page>
  )
}

function Counts({ c, outcome: { found, last } }: { c: Context<PageEnv>; outcome: Outcome }) {
  const words = c.var.t.checklist
  const number = numberIn(c.var.language)
  const { ok, notOk, unsure } = words.points.columns
  return (
    <Section title={words.outcome.counts}>
      <Table label={words.outcome.counts} head={[words.outcome.statement, ok, notOk, unsure, words.outcome.lastYear]}>
        {STATEMENTS.map((statement) => {
          const now = found.counts.get(statement)
          const before = last.counts.get(statement)
          const cells = (['ok', 'not_ok', 'unsure'] as const).map((answer) => number(now?.[answer] ?? 0))
          return <Row named cells={[words.statements[statement], ...cells, before ? number(before.not_ok) : words.outcome.unknown]} />
        })}
      </Table>
    </Section>
  )
}

function errorsOf(c: Context<PageEnv>, { wrong }: Again) {
  const words = c.var.t.checklist.points
  const sentences = { statement: words.statementWrong, words: words.wordsWrong, owner: words.ownerWrong, due: words.dueWrong }
  return Object.entries(sentences).flatMap(([field, sentence]) => (wrong.has(field) ? [{ field, sentence }] : []))
}

async function makePoint(c: Context<PageEnv>, outcome: Outcome, { wrong, typed }: Again) {
  const { statements, points: words } = c.var.t.checklist
  const nothing = { value: '', text: words.choose }
  const { desk, place } = outcome
  const { boardId } = desk.around.actor
  const colleagues = await atDesk(c, desk, async (tx) => {
    const holders = await holdersOf(tx, boardId, CHECKLIST_MENDERS, c.var.deps.now(), place.schoolId)
    const persons = await personsById(tx, boardId, holders)
    return holders.map((personId) => ({ value: personId, text: nameOf(persons.get(personId)) }))
  })
  return (
    <div class="no-print">
      <Section title={words.make} intro={words.makeIntro}>
        <OnceForm action={`/school/checklist/points?${placeOf(desk, place.schoolId)}`}>
          <Choices
            name="statement"
            label={words.statement}
            error={wrong.has('statement') && words.statementWrong}
            options={[nothing, ...STATEMENTS.map((value) => ({ value, text: statements[value] }))]}
            {...(typed.statement && { chosen: typed.statement })}
          />
          <TextArea
            name="words"
            label={words.words}
            hint={words.wordsHint}
            error={wrong.has('words') && words.wordsWrong}
            value={typed.words}
            maxlength={500}
          />
          <Choices
            name="owner"
            label={words.owner}
            error={wrong.has('owner') && words.ownerWrong}
            options={[nothing, ...colleagues.toSorted((a, b) => a.text.localeCompare(b.text, c.var.language))]}
            {...(typed.owner && { chosen: typed.owner })}
          />
          <Field name="due" label={words.due} error={wrong.has('due') && words.dueWrong} input={{ type: 'date', value: typed.due ?? '' }} />
          <Button>{words.save}</Button>
        </OnceForm>
      </Section>
    </div>
  )
}

/** Counts and points in one table: each line says which of the two it is. */
function outcomeTable(c: Context<PageEnv>, { found, last, points }: Outcome): string {
  const { t, language } = c.var
  const { statements, outcome, points: words } = t.checklist
  const { columns } = words
  const head = [columns.about, outcome.statement, columns.ok, columns.notOk, columns.unsure, outcome.lastYear]
  const counts = STATEMENTS.map((statement) => {
    const now = found.counts.get(statement)
    const cells = [now?.ok ?? null, now?.not_ok ?? null, now?.unsure ?? null, last.counts.get(statement)?.not_ok ?? null]
    return [words.count, statements[statement], ...cells, (found.notes.get(statement) ?? []).join('; '), null, null, null]
  })
  const open = points.map((seen) => {
    const { point, owner } = seen
    const state = words[stateOfPoint(c, seen)]
    const until = lastDayIn(language, point.dueAt)
    return [words.point, statements[point.statement], null, null, null, null, point.words, owner, until, state]
  })
  return csvOf([...head, columns.words, columns.who, columns.until, columns.state], [...counts, ...open])
}
