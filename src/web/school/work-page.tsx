import { type Context, Hono } from 'hono'
import type { Item } from '../../consents/item.ts'
import { type StoppingItem, workListOf } from '../../consents/work-list.ts'
import type { BoardId, PersonId } from '../../ids.ts'
import { departures } from '../../people/departures.ts'
import { currentTenures, personsById } from '../../people/store.ts'
import { type Unanswerable, unanswerable } from '../../people/unknown-authority.ts'
import { Heading, Link, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { type Brief, briefsOf } from '../parent/brief.ts'
import { lastDayIn } from '../texts/dates.ts'
import { numberIn } from '../texts/numbers.ts'
import { Nobody } from './authority-parts.tsx'
import { ChecklistWorkList, checklistWork } from './checklist-work.tsx'
import { ContractWorkList, contractWork } from './contract-work.tsx'
import { atDesk } from './desk.ts'
import { nameOfItem } from './rounds/item-parts.tsx'
import { isSomewhere, type RoundDesk, roundDesksOf, seesSchool } from './rounds/round-desk.ts'
import { SchoolNav } from './school-nav.tsx'

/** So many lines of one kind; the rest is counted. */
const MOST = 50

/** What waits for the school: parents who do not agree, nobody to ask, what stops with the year, objections. */
export function workRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/work', signedInPage, async (c) => show(c, await workPage(c)))
  return app
}

interface Line {
  personId: PersonId
  name: string
  where: string | null
  what: string
  href: string
}

interface DeskWork {
  boardId: BoardId
  conflicts: Line[]
  nobody: { count: number; pupils: Unanswerable[] }
  stops: { stop: StoppingItem; brief: Brief }[]
  objections: number
  /** Who left, as the school recorded it, and still stands on the list that came last. */
  contradicted: number
}

async function workPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.rounds.work
  const desks = roundDesksOf(c).filter(({ looksUp }) => isSomewhere(looksUp))
  const work = await Promise.all(desks.map((desk) => workAt(c, desk)))
  const conflicts = work.flatMap((one) => one.conflicts)
  const nobody = {
    count: work.reduce((sum, one) => sum + one.nobody.count, 0),
    pupils: work.flatMap((one) => one.nobody.pupils),
  }
  const stops = work.flatMap((one) => one.stops)
  const objections = work.reduce((sum, one) => sum + one.objections, 0)
  const contradicted = work.reduce((sum, one) => sum + one.contradicted, 0)
  const contracts = await contractWork(c)
  const checklist = await checklistWork(c)
  const nothing =
    conflicts.length + nobody.count + stops.length + objections + contradicted + contracts.length + checklist.toFillIn + checklist.open ===
    0
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.rounds.noTask : nothing ? words.nothing : words.intro}</P>
      {conflicts.length > 0 && (
        <Section title={words.conflicts} intro={words.conflictsIntro}>
          <Lines c={c} lines={conflicts} />
        </Section>
      )}
      {nobody.count > 0 && <Nobody c={c} nobody={nobody} />}
      {contradicted > 0 && (
        <Section title={t.people.departures.contradicted} intro={t.people.departures.contradictedIntro}>
          <p>
            <Link href="/school/departures">{t.people.departures.count(contradicted)}</Link>
          </p>
        </Section>
      )}
      {objections > 0 && (
        <Section title={words.objections}>
          <p>
            <Link href="/school/objections">{words.objectionsCount(String(objections))}</Link>
          </p>
        </Section>
      )}
      <ContractWorkList c={c} work={contracts} />
      <ChecklistWorkList c={c} work={checklist} />
      {[...Map.groupBy(stops, ({ stop }) => stop.endsAt.getTime())].map(([endsAt, items]) => (
        <Section title={words.stops(lastDayIn(language, new Date(endsAt)))} intro={words.stopsIntro}>
          <ul class="utrecht-unordered-list">
            {items.map(({ stop, brief }) => (
              <li class="utrecht-unordered-list__item">
                <Link href={whereAsked(stop.item)}>{nameOfItem(t, brief)}</Link>
                <div class="soft">
                  {words.stopsCount(numberIn(language)(stop.pupils))}.{' '}
                  {!stop.askedAnewIn ? (
                    <strong>{words.notAnew}</strong>
                  ) : (
                    <Link href={`/school/rounds/${stop.askedAnewIn.roundId}`}>
                      {stop.askedAnewIn.publishedAt ? words.askedAnew : words.askedAnewDraft}
                    </Link>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </Page>
  )
}

/** The page of the round or the request it was asked in. */
const whereAsked = ({ roundId, requestId }: Item) => (roundId ? `/school/rounds/${roundId}` : `/school/requests/${requestId}`)

function Lines({ c, lines }: { c: Context<PageEnv>; lines: Line[] }) {
  return (
    <>
      <ul class="utrecht-unordered-list">
        {lines.slice(0, MOST).map(({ name, where, what, href }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={href}>{[name, where].filter(Boolean).join(', ')}</Link>
            <div class="soft">{what}</div>
          </li>
        ))}
      </ul>
      {lines.length > MOST && <P>{c.var.t.rounds.work.more(String(lines.length - MOST))}</P>}
    </>
  )
}

async function workAt(c: Context<PageEnv>, desk: RoundDesk): Promise<DeskWork> {
  const { t, language, deps } = c.var
  const { boardId } = desk.around.actor
  const at = deps.now()
  return await atDesk(c, desk, async (tx) => {
    const list = await workListOf(tx, boardId, at)
    const about = list.conflicts.map(({ question }) => question.subject.personId)
    const persons = await personsById(tx, boardId, about)
    const tenures = await currentTenures(tx, boardId, about, at)
    const briefs = await briefsOf(tx, [...list.conflicts.map(({ item }) => item), ...list.stops.map(({ item }) => item)], language)
    const lineOf = (personId: PersonId, what: string, href: string): Line[] => {
      const person = persons.get(personId)
      const tenure = tenures.get(personId)
      if (!person || !tenure || !seesSchool(desk.looksUp, tenure.schoolId)) return []
      return [{ personId, name: `${person.givenName} ${person.familyName}`, where: tenure.groupName, what, href }]
    }
    return {
      boardId,
      conflicts: list.conflicts.flatMap(({ question, item }) => {
        const { personId } = question.subject
        const href = item.roundId ? `${whereAsked(item)}/pupils/${personId}` : whereAsked(item)
        return lineOf(personId, nameOfItem(t, briefs.get(item.itemId)!), href)
      }),
      nobody: await unanswerable(tx, boardId, at, desk.looksUp ?? 'board', MOST),
      stops: list.stops
        .filter(({ schoolId }) => seesSchool(desk.looksUp, schoolId))
        .map((stop) => ({ stop, brief: briefs.get(stop.item.itemId)! })),
      objections: desk.looksUp === null ? list.objections.length : 0,
      contradicted: (await departures(tx, boardId, { reach: desk.looksUp ?? 'board', at, only: 'stillListed' })).length,
    }
  })
}
