import { CATEGORIES, isCategory } from '../../catalog/categories.ts'
import { startOfAmsterdamDay } from '../../clock.ts'
import type { Question } from '../../consents/shown-text.ts'
import type { Language } from '../../languages.ts'
import { Fact } from '../blocks.tsx'
import { countryIn, dayIn, listIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import { InDutch, LeafletLink } from './question.tsx'

/** The last layer: the supplier's whole privacy leaflet, section by section as the model has it (A to H). */
export function WholeLeaflet({ t, question: { language, leaflet } }: { t: Messages; question: Question }) {
  if (!leaflet) return null
  return (
    <details class="more">
      <summary>{t.leaflet.title}</summary>
      <div class="more__body">
        <LeafletFacts t={t} language={language} leaflet={leaflet} />
      </div>
    </details>
  )
}

type ShownLeaflet = Pick<NonNullable<Question['leaflet']>, 'content' | 'version' | 'changed' | 'purposes'>

/** A leaflet from A to H, without a frame around it. */
export function LeafletFacts({ t, language, leaflet }: { t: Messages; language: Language; leaflet: ShownLeaflet }) {
  const words = t.leaflet
  const { general, parts, purposes, data, security, subprocessors, contact } = leaflet.content
  const nameOf = (category: string) => (isCategory(category) ? CATEGORIES[category][language] : category)
  const dutch = (text: string) => <InDutch language={language}>{text}</InDutch>
  const countries = (codes: string[]) =>
    listIn(
      language,
      codes.map((code) => countryIn(language, code)),
    )
  const fixed = parts.filter(({ optional }) => !optional)
  const chosen = parts.filter(({ optional }) => optional)
  return (
    <dl class="facts">
      <Fact name={words.general}>
        <strong>{dutch(general.product)}</strong>
        <div>{dutch(general.processor)}</div>
        <div>{dutch(general.explanation)}</div>
        <div>
          {words.audience} {dutch(listIn('nl', [...general.audience, ...general.users]))}
        </div>
        <LeafletLink href={general.link} text={words.link} />
      </Fact>
      <Fact name={words.fixed}>
        {fixed.map(({ name, explanation }) => (
          <div>
            <strong>{dutch(name)}</strong>: {dutch(explanation)}
          </div>
        ))}
        {fixed.length === 0 && words.none}
      </Fact>
      <Fact name={words.chosen}>
        {chosen.map(({ name, explanation }) => (
          <div>
            <strong>{dutch(name)}</strong>: {dutch(explanation)}
          </div>
        ))}
        {chosen.length === 0 && words.none}
      </Fact>
      <Fact name={words.purposes}>
        {dutch(purposes.plain)}
        <ul class="utrecht-unordered-list">
          {leaflet.purposes.map((purpose) => (
            <li class="utrecht-unordered-list__item">{purpose}</li>
          ))}
        </ul>
      </Fact>
      <Fact name={words.data}>
        {data.categories.map(({ category, why }) => (
          <div>
            <strong>{nameOf(category)}</strong>: {dutch(why)}
          </div>
        ))}
        {data.optional.map(({ category, why }) => (
          <div>
            <strong>{nameOf(category)}</strong> {words.ifChosen}: {dutch(why)}
          </div>
        ))}
        {data.incidental.length > 0 && (
          <div>
            {words.besides} {dutch(listIn('nl', data.incidental))}
          </div>
        )}
      </Fact>
      <Fact name={words.security}>
        {dutch(security.measures)}
        {security.certificates.length > 0 && (
          <div>
            {words.certificates} {listIn(language, security.certificates)}
          </div>
        )}
        <div>{t.question.stored(countries(security.storageCountries))}</div>
      </Fact>
      <Fact name={words.subprocessors}>
        {subprocessors.map(({ name, task, country }) => (
          <div>
            {t.question.other(name, countryIn(language, country))} {dutch(task)}
          </div>
        ))}
        {subprocessors.length === 0 && words.none}
      </Fact>
      <Fact name={words.contact}>
        {contact.name}, {contact.email}
      </Fact>
      <Fact name={words.version}>
        {t.question.leafletVersion(String(leaflet.version), dayIn(language, startOfAmsterdamDay(leaflet.changed)))}
      </Fact>
    </dl>
  )
}
