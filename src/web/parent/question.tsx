import type { Child, PropsWithChildren } from 'hono/jsx'
import { startOfAmsterdamDay } from '../../clock.ts'
import type { Question } from '../../consents/shown-text.ts'
import { isTranslation, type Language } from '../../languages.ts'
import type { Subject } from '../around.ts'
import { Link } from '../blocks.tsx'
import { countryIn, dayIn, listIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import type { Brief } from './brief.ts'

interface Shown {
  t: Messages
  question: Question
  subject: Subject
}

interface AskedAbout {
  t: Messages
  question: Brief
  subject: Subject
}

/** What is asked, or told, in one sentence. */
export function askedIn({ t, question, subject }: AskedAbout, data = dataIn(question), channel = question.image?.channel ?? ''): string {
  const { image } = question
  if (image) {
    const medium = t.question.media[image.medium]
    return subject.isMe ? t.question.askImageYours(medium, channel) : t.question.askImage(medium, subject.name, channel)
  }
  const asker = askerOf(question)
  if (question.basis !== 'consent') {
    return subject.isMe ? t.question.toldSeeYours(asker, data) : t.question.toldSee(asker, data, subject.name)
  }
  return subject.isMe ? t.question.askSeeYours(asker, data) : t.question.askSee(asker, data, subject.name)
}

/** The same where it is read: in a translation the words that stay Dutch are said to be Dutch. */
export function Asked(props: AskedAbout) {
  const { question } = props
  if (!isTranslation(question.language)) return <>{askedIn(props)}</>
  const [before = '', after = ''] = askedIn(props, HERE, HERE).split(HERE)
  return (
    <>
      {before}
      <Written language={question.language}>{question.image?.channel ?? dataIn(question)}</Written>
      {after}
    </>
  )
}

/** A character for private use: no sentence has it. */
const HERE = '\uE000'

export function askerOf({ supplier, board }: Brief): string {
  return supplier?.legalName ?? board
}

export function dataIn({ data, language }: Brief): string {
  return listIn(
    language,
    data.map(({ name }) => name),
  )
}

export const lastDayOf = (language: Language, { period }: Brief): string => dayIn(language, startOfAmsterdamDay(period.until))

/** Everything that has to be known before the answer (K26), in the order of what people ask first. Free text is escaped by JSX. */
export function QuestionFacts({ t, question, subject, direct }: Shown & { direct: boolean }) {
  const { language, data, holder, image, socialMedia, period, subprocessors, outsideEea, incidental } = question
  const words = t.question
  const country = (code: string) => countryIn(language, code)
  return (
    <>
      <dl class="facts card">
        <Fact name={words.labels.who}>
          {!question.supplier
            ? words.bySchool(question.board)
            : direct
              ? words.direct(question.supplier.legalName)
              : words.viaSchool(question.supplier.legalName, question.board)}
          {question.needsAssignment && <div>{words.guide}</div>}
        </Fact>
        <Fact name={words.labels.about}>{subject.isMe ? words.you(subject.name) : subject.name}</Fact>
        {image && (
          <Fact name={words.labels.channel}>
            {words.media[image.medium]}: {image.channel}
          </Fact>
        )}
        {data.length > 0 && (
          <Fact name={words.labels.data}>
            <ul class="utrecht-unordered-list">
              {data.map(({ name, category, why }) => (
                <li class="utrecht-unordered-list__item">
                  <Written language={language}>{name}</Written>
                  {isTranslation(language) && <div class="soft">{category}</div>}
                  {why && (
                    <div class="soft">
                      {words.because} <InDutch language={language}>{why}</InDutch>
                    </div>
                  )}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {data.length > 0 && <Fact name={words.labels.source}>{holder ? words.from(holder) : words.fromItself}</Fact>}
        <Fact name={words.labels.purpose}>
          <Written language={language}>{question.reason}</Written>
          <div class="soft">{question.purpose}</div>
        </Fact>
        <Fact name={words.labels.occasion}>
          <InDutch language={language}>{question.occasion}</InDutch>
        </Fact>
        <Fact name={words.labels.period}>
          {words.period(dayIn(language, startOfAmsterdamDay(period.from)), lastDayOf(language, question))}
        </Fact>
        <Fact name={words.labels.ifNo}>
          <Written language={language}>{question.alternative}</Written>
        </Fact>
        <Fact name={words.labels.others}>
          {subprocessors.length + socialMedia.length === 0 && words.nobodyElse}
          {subprocessors.map((other) => (
            <div>
              {words.other(other.name, country(other.country))} <InDutch language={language}>{other.task}</InDutch>
            </div>
          ))}
          {socialMedia.map(({ name, company, ...medium }) => (
            <div>
              {words.other(company && company !== name ? `${name}, ${company}` : name, country(medium.country))} {words.onSocialMedia}
            </div>
          ))}
        </Fact>
        <Fact name={words.labels.abroad}>
          {outsideEea.length === 0 ? words.inEurope : <strong>{words.outside(listIn(language, outsideEea.map(country)))}</strong>}
          {socialMedia.length > 0 && <div>{words.otherRules}</div>}
        </Fact>
        <Fact name={words.labels.besides}>
          {incidental.length === 0 ? words.nothingBesides : <InDutch language={language}>{listIn('nl', incidental)}</InDutch>}
        </Fact>
        <Fact name={words.labels.stop}>{question.stopping}</Fact>
      </dl>
      <More {...{ t, question, subject }} />
    </>
  )
}

function More({ t, question }: Shown) {
  const { language, service, leaflet, storageCountries, undertakings, profile, automatedDecision } = question
  const words = t.question
  if (!service && !leaflet && !undertakings) return null
  return (
    <details class="more">
      <summary>{words.more}</summary>
      <dl class="facts more__body">
        {service && (
          <Fact name={words.labels.service}>
            <strong>{service.name}</strong>
            <div>
              <InDutch language={language}>{service.explanation}</InDutch>
            </div>
          </Fact>
        )}
        {service?.part && (
          <Fact name={words.labels.part}>
            <strong>{service.part.name}</strong>
            <div>
              <InDutch language={language}>{service.part.explanation}</InDutch>
            </div>
          </Fact>
        )}
        {leaflet && (
          <Fact name={words.labels.computer}>
            {profile ? words.profile : words.noProfile} {automatedDecision ? words.automated : words.notAutomated}
          </Fact>
        )}
        {storageCountries.length > 0 && (
          <Fact name={words.labels.abroad}>
            {words.stored(
              listIn(
                language,
                storageCountries.map((code) => countryIn(language, code)),
              ),
            )}
          </Fact>
        )}
        {leaflet && (
          <Fact name={words.labels.leaflet}>
            {words.leafletVersion(String(leaflet.version), dayIn(language, startOfAmsterdamDay(leaflet.changed)))}
            {/^https?:/.test(leaflet.link) && (
              <div>
                <Link href={leaflet.link}>{words.leafletLink}</Link>
              </div>
            )}
          </Fact>
        )}
        {leaflet && (
          <Fact name={words.labels.contact}>
            {leaflet.contact.name}, {leaflet.contact.email}
          </Fact>
        )}
        {undertakings && (
          <Fact name={words.labels.undertakings}>
            <InDutch language={language}>{undertakings}</InDutch>
          </Fact>
        )}
      </dl>
    </details>
  )
}

/** What a supplier or school wrote in Dutch only, said to be Dutch on a page in another language (WCAG 3.1.2). */
function InDutch({ language, children }: { language: Language; children: string }) {
  if (language === 'nl') return <>{children}</>
  return (
    <span lang="nl" dir="ltr">
      {children}
    </span>
  )
}

/** What there is in Dutch and in English, on a page in another language. */
export function Written({ language, children }: { language: Language; children: string }) {
  return isTranslation(language) ? <InDutch language={language}>{children}</InDutch> : <>{children}</>
}

export function Fact({ name, children }: PropsWithChildren<{ name: string }>): Child {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
