import type { Context } from 'hono'
import { annex2Of } from '../../agreements/annex2.ts'
import { completenessOf, SECTIONS } from '../../agreements/completeness.ts'
import { type Topic, type TopicState, topicsOf } from '../../agreements/topics.ts'
import { covenantOn } from '../../catalog/covenant.ts'
import { purposeFor, purposeName } from '../../catalog/purposes.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import { writtenIn } from '../../languages.ts'
import { Fact, Link, Notice, P, Section } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { LeafletFacts } from '../parent/leaflet.tsx'
import { dayIn, lastDayIn, listIn } from '../texts/dates.ts'
import type { ContractView, SeenService } from './contract-view.ts'

interface ViewProps {
  c: Context<PageEnv>
  view: ContractView
}

/** What a contract says in short, with who did what on which day. */
export function ContractFacts({ c, view: { agreement, supplier, covenant, checkedBy, signedBy } }: ViewProps) {
  const { t, language, deps } = c.var
  const words = t.contracts.facts
  const is = covenantOn(covenant, amsterdamDay(deps.now()))
  const since = is === 'party' ? covenant.joinedOn : covenant.leftOn
  const by = (at: Date, who: string) => words.by(dayIn(language, at), who)
  return (
    <dl class="facts card">
      <Fact name={words.term}>
        {t.school.contracts.between(dayIn(language, agreement.startsAt), lastDayIn(language, agreement.endsAt))}
      </Fact>
      <Fact name={words.product}>{agreement.productAgreement}</Fact>
      {agreement.kind === 'processor' && <Fact name={words.model}>{agreement.modelVersion}</Fact>}
      {agreement.supplierBasis && agreement.boardBasis && (
        <Fact name={words.bases}>{words.basesOf(t.school.bases[agreement.supplierBasis], t.school.bases[agreement.boardBasis])}</Fact>
      )}
      {[agreement.supplierArgument, agreement.boardArgument].some(Boolean) && (
        <Fact name={words.arguments}>
          <span lang="nl">{[agreement.supplierArgument, agreement.boardArgument].filter(Boolean).join(' / ')}</span>
        </Fact>
      )}
      <Fact name={words.covenant}>
        {is === 'never' || !since ? words.covenantIs.never : words.covenantIs[is](dayIn(language, startOfAmsterdamDay(since)))}
      </Fact>
      <Fact name={words.retention}>{agreement.retention}</Fact>
      <Fact name={words.offered}>{by(agreement.draftedAt, supplier)}</Fact>
      <Fact name={words.checked}>{'checkedAt' in agreement && checkedBy ? by(agreement.checkedAt, checkedBy) : words.notYet}</Fact>
      <Fact name={words.signed}>{'signedAt' in agreement && signedBy ? by(agreement.signedAt, signedBy) : words.notYet}</Fact>
      {'bySupplier' in agreement && (
        <Fact name={words.signedBySupplier}>
          {agreement.bySupplier ? by(agreement.bySupplier.at, `${agreement.bySupplier.name}, ${supplier}`) : words.notYet}
        </Fact>
      )}
      {agreement.state === 'ended' && (
        <Fact name={words.ended}>{words.endedBecause(dayIn(language, agreement.endedAt), agreement.endedBecause)}</Fact>
      )}
    </dl>
  )
}

/** Whether it speaks of all the covenant wants it to (C07); what it does not stands first and strong. */
export function Topics({ c, view: { agreement, services } }: ViewProps) {
  const words = c.var.t.contracts.topics
  const contents = services.map(({ leaflet }) => leaflet.content)
  const states = Object.entries(topicsOf(agreement, contents)) as [Topic, TopicState][]
  const missing = states.filter(([, state]) => state === 'missing')
  const line = ([topic, state]: [Topic, TopicState]) => words.line(words.names[topic], words.states[state])
  return (
    <Section title={words.title(String(states.length - missing.length), String(states.length))} intro={words.intro}>
      <ul class="names">
        {missing.map((topic) => (
          <li>
            <strong>{line(topic)}</strong>
          </li>
        ))}
        {states
          .filter((topic) => !missing.includes(topic))
          .map((topic) => (
            <li>{line(topic)}</li>
          ))}
      </ul>
    </Section>
  )
}

/** Annexes 2 and 3, to read (M11, M25). */
export function Annexes({ c, view: { agreement } }: ViewProps) {
  const words = c.var.t.contracts
  const measures = annex2Of(agreement)
  return (
    <>
      <Section title={words.security} intro={measures.length === 0 ? words.noSecurity : ''}>
        {measures.length > 0 && (
          <dl class="facts card" lang="nl">
            {measures.map(({ what, measure }) => (
              <Fact name={what}>{measure}</Fact>
            ))}
          </dl>
        )}
      </Section>
      <Section title={words.deviations} intro={agreement.deviations.length === 0 ? words.noDeviations : ''}>
        {agreement.deviations.map(({ article, text, motivation }) => (
          <article class="card" lang="nl">
            <P>
              <strong>{words.deviation(article, text)}</strong>
              <br />
              {words.because(motivation)}
            </P>
          </article>
        ))}
      </Section>
    </>
  )
}

/** A leaflet from A to H with what a reader should look at, what was chosen, and whether there is a newer one. */
export function ServiceLeaflet({ c, view, seen: { service, leaflet, on, newer } }: ViewProps & { seen: SeenService }) {
  const { t, language, deps } = c.var
  const words = t.contracts
  const states = completenessOf(leaflet.content, deps.now())
  const chosen = leaflet.content.parts.filter(({ partId, optional }) => optional && on.includes(partId))
  const { content } = leaflet
  return (
    <Section title={words.leaflet.title(service.name, String(leaflet.version))}>
      {newer && (
        <Notice kind={newer.declined ? 'info' : 'warning'}>
          {newer.declined
            ? words.newer.declinedNotice(service.name, String(newer.leaflet.version))
            : words.newer.notice(service.name, String(newer.leaflet.version))}{' '}
          <Link href={`/school/contracts/${view.agreement.agreementId}/leaflets/${service.serviceId}`}>{words.newer.see}</Link>
        </Notice>
      )}
      {service.minimumAge !== null && <P>{t.services.fromAge(String(service.minimumAge))}</P>}
      <P>
        <strong>{words.leaflet.complete}</strong>
      </P>
      <ul class="names">
        {SECTIONS.map((section) => (
          <li>
            {states[section] === 'look' ? (
              <strong>{words.leaflet.section(section, words.leaflet.sections[section], words.leaflet.states.look)}</strong>
            ) : (
              words.leaflet.section(section, words.leaflet.sections[section], words.leaflet.states[states[section]])
            )}
          </li>
        ))}
      </ul>
      {SECTIONS.some((section) => states[section] === 'look') && <P>{words.leaflet.look}</P>}
      <P>
        <strong>{words.leaflet.on}</strong>
        <br />
        {chosen.length === 0
          ? words.leaflet.onlyFixed
          : listIn(
              language,
              chosen.map(({ name }) => name),
            )}
      </P>
      <details class="more">
        <summary>{t.leaflet.title}</summary>
        <div class="more__body">
          <LeafletFacts
            t={t}
            language={language}
            leaflet={{
              content,
              version: leaflet.version,
              changed: content.changed,
              purposes: content.purposes.purposes.map(
                (id) => purposeName(purposeFor(content.purposes.kind, id).id, writtenIn(language), c.var.toStudents)!,
              ),
            }}
          />
        </div>
      </details>
    </Section>
  )
}
