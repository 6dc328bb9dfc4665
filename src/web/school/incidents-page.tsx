import { type Context, Hono } from 'hono'
import { clockRuns, clocksOf, type Incident } from '../../cases/incident.ts'
import { incidentsOf } from '../../cases/incident-store.ts'
import { suppliers } from '../../catalog/store.ts'
import type { SchoolId, SupplierId } from '../../ids.ts'
import { schoolsOfBoard } from '../../people/register.ts'
import { ButtonLink, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { dayIn, momentIn } from '../texts/dates.ts'
import { atDesk } from './desk.ts'
import { incidentDesksOf } from './incident-desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

/** Data leaks, those whose clock runs first. Whoever found one sees that it was taken in; the board sees them all (P42-P44). */
export function incidentsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/incidents', signedInPage, async (c) => show(c, await incidentsPage(c)))
  return app
}

async function incidentsPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.incidents
  const desks = incidentDesksOf(c)
  const all: Incident[] = []
  const mine: Incident[] = []
  const schools = new Map<SchoolId, string>()
  for (const { around, looks } of desks) {
    const { boardId, personId } = around.actor
    const found = await atDesk(c, { around }, async (tx) => {
      for (const { schoolId, name } of await schoolsOfBoard(tx, boardId)) schools.set(schoolId, name)
      return await incidentsOf(tx, [boardId])
    })
    if (looks) all.push(...found)
    else mine.push(...found.filter(({ reportedBy }) => reportedBy === `person:${personId}`))
  }
  const companies = await suppliers(deps.db, [...new Set(all.flatMap(({ supplierId }): SupplierId[] => (supplierId ? [supplierId] : [])))])
  const placeOf = ({ supplierId, schoolId }: Incident) =>
    companies.find((one) => one.supplierId === supplierId)?.legalName ?? (schoolId && schools.get(schoolId)) ?? words.atSchool
  const open = all.filter(({ closed }) => !closed)
  const closed = all.filter((one) => one.closed)
  const me = new Set<string>(desks.map(({ around }) => `person:${around.actor.personId}`))
  const [last] = [...all, ...mine]
    .filter(({ reportedBy }) => me.has(reportedBy))
    .toSorted((a, b) => b.reportedAt.getTime() - a.reportedAt.getTime())
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      {c.req.query('done') === 'reported' &&
        (last && !last.dpoToldAt ? (
          <Notice kind="warning">{words.reportedWithoutDpo}</Notice>
        ) : (
          <Notice kind="ok">{words.reported}</Notice>
        ))}
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : words.intro}</P>
      {desks.length > 0 && (
        <p>
          <ButtonLink href="/school/incidents/report" primary>
            {words.report}
          </ButtonLink>
        </p>
      )}
      {desks.some(({ looks }) => looks) && all.length === 0 && <P>{words.none}</P>}
      {open.map((one) => (
        <IncidentCard c={c} one={one} place={placeOf(one)} />
      ))}
      {mine.length > 0 && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.mine}</h2>
          <ul class="utrecht-unordered-list">
            {mine.map(({ reportedAt }) => (
              <li class="utrecht-unordered-list__item">{words.mineLine(dayIn(language, reportedAt))}</li>
            ))}
          </ul>
        </section>
      )}
      {closed.length > 0 && (
        <details class="more">
          <summary>{words.closed}</summary>
          <div class="more__body">
            {closed.map((one) => (
              <IncidentCard c={c} one={one} place={placeOf(one)} />
            ))}
          </div>
        </details>
      )}
    </Page>
  )
}

function IncidentCard({ c, one, place }: { c: Context<PageEnv>; one: Incident; place: string }) {
  const { t, language } = c.var
  const words = t.incidents
  return (
    <article class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{words.at(place, dayIn(language, one.awareAt))}</h2>
        <ClockBadge c={c} one={one} />
      </div>
      <P>
        {one.summary.length > 160 ? `${one.summary.slice(0, 160)}…` : one.summary}
        {clockRuns(one) && (
          <>
            <br />
            <strong>{words.clocks.strictest(momentIn(language, clocksOf(one.awareAt).strictest))}</strong>
          </>
        )}
      </P>
      <p class="links">
        <Link href={`/school/incidents/${one.incidentId}`}>{words.see}</Link>
      </p>
    </article>
  )
}

/** Whether the time to notify still runs, is over, or needs nobody any more. */
export function ClockBadge({ c, one }: { c: Context<PageEnv>; one: Incident }) {
  const words = c.var.t.incidents.clocks
  const isLate = clockRuns(one) && clocksOf(one.awareAt).strictest <= c.var.deps.now()
  const [look, text] = !clockRuns(one) ? ['safe', words.stopped] : isLate ? ['danger', words.over] : ['warning', words.runs]
  return <span class={`utrecht-status-badge utrecht-status-badge--${look}`}>{text}</span>
}
