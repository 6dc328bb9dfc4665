import { startOfAmsterdamDay } from '../../clock.ts'
import type { Question } from '../../consents/shown-text.ts'
import type { Subject } from '../around.ts'
import { Fact, Notice } from '../blocks.tsx'
import { countryIn, dayIn, listIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import { WholeLeaflet } from './leaflet.tsx'
import { askerOf, Data, InDutch, languageOfData, lastDayOf, sensitivityOf, Written } from './question.tsx'

interface Shown {
  t: Messages
  question: Question
  subject: Pick<Subject, 'name' | 'isMe'>
}

/**
 * Everything that has to be known before the answer (K26), in the order of what people ask first, and in layers (A05): five
 * lines, then the rest, then the whole leaflet. That data leave Europe is never folded away. Free text is escaped by JSX.
 *
 * @param onPaper unfolds what has to be read there, where nobody can press
 */
export function QuestionFacts({ t, question, subject, direct, onPaper = false }: Shown & { direct: boolean; onPaper?: boolean }) {
  return (
    <>
      <InShort t={t} question={question} subject={subject} direct={direct} />
      <LeavesEurope t={t} question={question} />
      {question.replacesEarlier && <Notice kind="info">{t.authorize.replaces(askerOf(question))}</Notice>}
      <TheRest t={t} question={question} subject={subject} open={onPaper} />
      <WholeLeaflet t={t} question={question} />
    </>
  )
}

/** Not folded away, wherever a question stands (M18). */
export function LeavesEurope({ t, question: { language, outsideEea, openTo } }: Omit<Shown, 'subject'>) {
  if (openTo === 'internet') return <Notice kind="warning">{t.question.seenEverywhere}</Notice>
  if (outsideEea.length === 0) return null
  return (
    <Notice kind="warning">
      {t.question.leavesEurope(
        listIn(
          language,
          outsideEea.map((code) => countryIn(language, code)),
        ),
      )}
    </Notice>
  )
}

/** The first layer: who about whom, what and from whom, what for, how long, and what if not. */
export function InShort({ t, question, subject, direct }: Shown & { direct: boolean }) {
  const { language, data, holder, image, period } = question
  const words = t.question
  const told = question.basis !== 'consent'
  return (
    <dl class="facts card">
      <Fact name={told ? words.told.who : words.labels.who}>
        {!question.supplier
          ? (told ? words.told : words).bySchool(question.board)
          : direct
            ? words.direct(question.supplier.legalName)
            : (told ? words.told.bySupplier : words.viaSchool)(question.supplier.legalName, question.board)}
        <div>
          {words.labels.about} {subject.isMe ? words.you(subject.name) : subject.name}
        </div>
        {question.needsAssignment && <div>{words.guide}</div>}
      </Fact>
      <Fact name={image ? words.labels.channel : words.labels.data}>
        {image && (
          <div>
            {words.media[image.medium]}: {image.channel}
          </div>
        )}
        {data.length > 0 && (
          <>
            <strong>
              <Data of={question} />
            </strong>
            {languageOfData(question) !== language && <div class="soft">{categoriesIn(question)}</div>}
            <div>{holder ? words.from(holder) : (told ? words.told : words).fromItself}</div>
          </>
        )}
      </Fact>
      <Fact name={words.labels.purpose}>
        <Written language={language}>{question.reason}</Written>
        <div class="soft">{question.purpose}</div>
      </Fact>
      {question.research && (
        <Fact name={words.labels.research}>
          {words.researchBy(question.research.institution, question.research.researcher)}
          <div>
            <InDutch language={language}>{question.research.question}</InDutch>
          </div>
          <div>
            {words.researchRules} <InDutch language={language}>{question.research.rules}</InDutch>
          </div>
        </Fact>
      )}
      <Fact name={words.labels.period}>
        {words.period(dayIn(language, startOfAmsterdamDay(period.from)), lastDayOf(language, question))}
      </Fact>
      {question.basis === 'consent' ? (
        <Fact name={words.labels.ifNo}>
          <Written language={language}>{question.alternative}</Written>
        </Fact>
      ) : (
        <Fact name={t.consents.without}>
          {t.consents.basisIs(t.consents.basis[question.basis])}
          {question.basisMotivation && (
            <div>
              <Written language={language}>{question.basisMotivation}</Written>
            </div>
          )}
        </Fact>
      )}
    </dl>
  )
}

/** For whoever cannot read what the data set is called: what kind of data it is. */
function categoriesIn({ data, language }: Question): string {
  return listIn(language, [...new Set(data.map(({ category }) => category))])
}

/** The second layer: who else, outside Europe, what is recorded besides, how to stop; then why each of the data is needed. */
export function TheRest({ t, question, subject, open = false }: Shown & { open?: boolean }) {
  const { language, data, socialMedia, openTo, subprocessors, outsideEea, incidental, service, leaflet, storageCountries } = question
  const words = t.question
  const country = (code: string) => countryIn(language, code)
  return (
    <details class="more" open={open}>
      <summary>{words.more}</summary>
      <dl class="facts more__body">
        <Fact name={words.labels.others}>
          {openTo ? words.seenBy[openTo] : subprocessors.length + socialMedia.length === 0 && words.nobodyElse}
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
          {outsideEea.length > 0 ? (
            <strong>{words.outside(listIn(language, outsideEea.map(country)))}</strong>
          ) : openTo ? (
            words.seenFrom[openTo]
          ) : (
            words.inEurope
          )}
          {socialMedia.length > 0 && <div>{words.otherRules}</div>}
          {storageCountries.length > 0 && <div>{words.stored(listIn(language, storageCountries.map(country)))}</div>}
          {question.supplier && <div>{words.companyIn(country(question.supplier.country))}</div>}
        </Fact>
        <Fact name={words.labels.besides}>
          {incidental.length === 0 ? words.nothingBesides : <InDutch language={language}>{listIn('nl', incidental)}</InDutch>}
        </Fact>
        <Fact name={words.labels.stop}>{question.stopping}</Fact>
        {question.basis === 'consent' && !subject.isMe && <Fact name={words.labels.rule}>{words.rules[question.rule]}</Fact>}
        {data.some(({ why }) => why) && (
          <Fact name={words.labels.why}>
            {data
              .filter(({ why }) => why)
              .map((one) => (
                <div>
                  <Data of={{ data: [one], language }} />: <InDutch language={language}>{one.why!}</InDutch>
                </div>
              ))}
          </Fact>
        )}
        {data.length > 0 && (
          <Fact name={words.labels.sensitivity}>
            {data.map((one) => (
              <div>
                <Data of={{ data: [one], language }} />: {sensitivityOf(t, one)}
              </div>
            ))}
          </Fact>
        )}
        <Fact name={words.labels.occasion}>
          {question.ownOccasion ? question.occasion : <InDutch language={language}>{question.occasion}</InDutch>}
        </Fact>
        {leaflet && (
          <Fact name={words.labels.computer}>
            {question.profile ? words.profile : words.noProfile} {question.automatedDecision ? words.automated : words.notAutomated}
          </Fact>
        )}
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
          <Fact name={words.labels.contact}>
            {leaflet.contact.name}, {leaflet.contact.email}
          </Fact>
        )}
        {question.undertakings && (
          <Fact name={words.labels.undertakings}>
            <InDutch language={language}>{question.undertakings}</InDutch>
          </Fact>
        )}
      </dl>
    </details>
  )
}
