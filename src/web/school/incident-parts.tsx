import type { Context } from 'hono'
import { clockRuns, clocksOf, type Incident } from '../../cases/incident.ts'
import { Fact, Link, P, Section } from '../blocks.tsx'
import { Button, TextArea } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { lastDayIn, listIn, momentIn } from '../texts/dates.ts'
import { numberIn } from '../texts/numbers.ts'
import type { Again, SeenIncident } from './incident-desk.ts'
import { ClockBadge } from './incidents-page.tsx'

/** Both clocks with the stricter one in front (P43). */
export function Clocks({ c, one }: { c: Context<PageEnv>; one: Incident }) {
  const { t, language } = c.var
  const words = t.incidents.clocks
  const clocks = clocksOf(one.awareAt)
  return (
    <section class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{words.title}</h2>
        <ClockBadge c={c} one={one} />
      </div>
      {clockRuns(one) && (
        <P lead>
          <strong>{words.strictest(momentIn(language, clocks.strictest))}</strong>
        </P>
      )}
      <P>
        <span class="soft">
          {words.from(momentIn(language, one.awareAt))}
          <br />
          {words.hours(momentIn(language, clocks.hours))}
          <br />
          {words.days(lastDayIn(language, clocks.workingDays))}
        </span>
      </P>
    </section>
  )
}

export function IncidentFacts({ c, found: { one, place, school, nameOf } }: { c: Context<PageEnv>; found: SeenIncident }) {
  const { t, language } = c.var
  const words = t.incidents.facts
  const { natures, kindNames } = t.incidents.form
  const at = (moment: Date) => momentIn(language, moment)
  const reporter = one.reportedBy.startsWith('person:') ? nameOf(one.reportedBy) : words.supplier(place ?? '')
  return (
    <dl class="facts card">
      <Fact name={words.where}>{place ?? school ?? t.incidents.atSchool}</Fact>
      <Fact name={words.reported}>{words.reportedBy(reporter, at(one.reportedAt))}</Fact>
      <Fact name={words.found}>{at(one.foundAt)}</Fact>
      <Fact name={words.between}>{one.untilAt ? words.period(at(one.fromAt), at(one.untilAt)) : words.since(at(one.fromAt))}</Fact>
      <Fact name={words.summary}>{one.summary}</Fact>
      <Fact name={words.nature}>
        {listIn(
          language,
          one.nature.map((nature) => natures[nature]),
        )}
      </Fact>
      <Fact name={words.kinds}>
        {listIn(
          language,
          one.dataKinds.map((kind) => kindNames[kind]),
        )}
      </Fact>
      <Fact name={words.persons}>
        {one.persons}
        {one.groupSize !== null && <div class="soft">{words.size(numberIn(language)(one.groupSize))}</div>}
      </Fact>
      <Fact name={words.protected}>{one.protected ? words.isProtected : words.notProtected}</Fact>
      <Fact name={words.cause}>{one.cause ?? words.unknown}</Fact>
      <Fact name={words.measures}>{one.measures ?? words.unknown}</Fact>
    </dl>
  )
}

/** Counted from what was really let in, handed over or in use; the names only for who decides and has to tell them. */
export function AffectedCount({ c, found: { one, affected, desk } }: { c: Context<PageEnv>; found: SeenIncident }) {
  const { t, language } = c.var
  const words = t.incidents.affected
  const count = numberIn(language)
  const lines =
    affected.at === 'company'
      ? [
          words.reachable(count(affected.reachable)),
          words.delivered(count(affected.delivered)),
          words.direct(affected.direct === null ? words.few : count(affected.direct)),
        ]
      : [words.used(count(affected.used)), words.present(count(affected.present))]
  const named = affected.at === 'company' ? affected.reachable : affected.used
  return (
    <Section title={words.title} intro={affected.at === 'company' ? words.intro : words.introSchool}>
      <ul class="utrecht-unordered-list">
        {lines.map((line) => (
          <li class="utrecht-unordered-list__item">{line}</li>
        ))}
      </ul>
      {named > 0 && desk.decides && (
        <p class="links">
          <Link href={`/school/incidents/${one.incidentId}/affected.csv`}>{words.list}</Link>
        </p>
      )}
    </Section>
  )
}

export function Messages({
  c,
  found: { one, place, messages, nameOf },
  again,
}: {
  c: Context<PageEnv>
  found: SeenIncident
  again: Again
}) {
  const { t, language } = c.var
  const words = t.incidents.messages
  return (
    <Section title={words.title} intro={one.closed ? '' : place ? words.toSupplier(place) : words.own}>
      {messages.length === 0 && <P>{words.none}</P>}
      {messages.map((message) => (
        <article class="card">
          <P>
            <span class="soft">{words.said(nameOf(message.saidBy), momentIn(language, message.saidAt))}</span>
            <br />
            {message.words}
          </P>
        </article>
      ))}
      {!one.closed && (
        <OnceForm action={`/school/incidents/${one.incidentId}/say`}>
          <input type="hidden" name="revision" value={String(one.revision)} />
          <TextArea name="words" label={words.words} error={again.wrong.has('words') && words.wordsWrong} value={again.typed.words} />
          <Button primary={false}>{words.send}</Button>
        </OnceForm>
      )}
    </Section>
  )
}
