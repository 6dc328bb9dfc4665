import { startOfAmsterdamDay } from '../../clock.ts'
import type { Question } from '../../consents/shown-text.ts'
import { Notice } from '../blocks.tsx'
import { countryIn, dayIn, listIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import { askerOf, lastDayOf, sensitivityOf } from './question.tsx'

interface Line {
  name: string
  was: string
  is: string
}

/** What was different when it was shown before, line by line, in the words of the page. */
function differences(t: Messages, before: Question, now: Question): Line[] {
  const old = linesOf(t, before)
  return linesOf(t, now).flatMap(([name, is], nr) => {
    const was = old[nr]![1]
    return was === is ? [] : [{ name, was, is }]
  })
}

interface Compared {
  t: Messages
  before: Question | undefined
  now: Question
}

/** The question came back because it changed: what was struck out, and what stands there now. */
export function WhatChanged(compared: Compared) {
  return (
    <Notice kind="warning">
      <p class="utrecht-paragraph">{compared.t.question.changed}</p>
      <Differences {...compared} />
    </Notice>
  )
}

/** The same without saying that nothing was sent; nothing where it is not known what was shown before. */
export function Differences({ t, before, now }: Compared) {
  const lines = before ? differences(t, before, now) : []
  if (lines.length === 0) return null
  return (
    <dl class="changes">
      {lines.map(({ name, was, is }) => (
        <div>
          <dt>{name}</dt>
          <dd>
            {was && (
              <del>
                <span class="visually-hidden">{t.question.was}</span> {was}
              </del>
            )}{' '}
            {is && (
              <ins>
                <span class="visually-hidden">{t.question.is}</span> {is}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Everything the page of a question says, always as many lines in the same order; an empty one is not on the page. */
function linesOf(t: Messages, question: Question): [name: string, text: string][] {
  const { language, supplier, board, holder, image, period, service, leaflet, incidental, basis } = question
  const words = t.question
  return [
    [words.labels.who, [supplier?.legalName, board].filter(Boolean).join(', ')],
    [words.labels.who, question.needsAssignment ? words.guide : ''],
    [words.labels.who, question.replacesEarlier ? t.authorize.replaces(askerOf(question)) : ''],
    [words.labels.data, listIn(language, question.data.map(nameAndKind))],
    [words.labels.data, question.special ? words.special : ''],
    [words.labels.sensitivity, question.data.map((one) => `${one.name}: ${sensitivityOf(t, one)}.`).join(' ')],
    [words.labels.channel, image ? `${words.media[image.medium]}: ${image.channel}` : ''],
    [words.labels.source, holder ?? ''],
    [words.labels.purpose, `${question.reason} ${question.purpose}`],
    [words.labels.research, question.research ? Object.values(question.research).join(' ') : ''],
    [words.labels.period, words.period(dayIn(language, startOfAmsterdamDay(period.from)), lastDayOf(language, question))],
    [words.labels.ifNo, basis === 'consent' ? question.alternative : ''],
    [t.consents.without, basis === 'consent' ? '' : t.consents.basisIs(t.consents.basis[basis])],
    [t.consents.without, question.basisMotivation ?? ''],
    [words.labels.others, whoElse(t, question)],
    [words.labels.abroad, abroad(t, question)],
    [words.labels.abroad, supplier ? words.companyIn(countryIn(language, supplier.country)) : ''],
    [words.labels.rule, basis === 'consent' ? words.rules[question.rule] : ''],
    [words.labels.besides, listIn(language, incidental)],
    [words.labels.stop, question.stopping],
    [words.labels.why, question.data.map(({ name, why }) => `${name}: ${why ?? ''}`).join(' ')],
    [words.labels.occasion, question.occasion],
    [words.labels.computer, leaflet ? (question.profile ? words.profile : words.noProfile) : ''],
    [words.labels.computer, leaflet ? (question.automatedDecision ? words.automated : words.notAutomated) : ''],
    [words.labels.service, [service?.name, service?.explanation].filter(Boolean).join(': ')],
    [words.labels.part, [service?.part?.name, service?.part?.explanation].filter(Boolean).join(': ')],
    [words.labels.contact, leaflet ? `${leaflet.contact.name}, ${leaflet.contact.email}` : ''],
    [
      words.labels.leaflet,
      leaflet ? words.leafletVersion(String(leaflet.version), dayIn(language, startOfAmsterdamDay(leaflet.changed))) : '',
    ],
    [words.labels.undertakings, question.undertakings ?? ''],
  ]
}

const nameAndKind = ({ name, category }: Question['data'][number]) => (name === category ? name : `${name} (${category})`)

function whoElse({ question: words }: Messages, { language, openTo, subprocessors, socialMedia }: Question): string {
  if (openTo) return words.seenBy[openTo]
  const others = [
    ...subprocessors.map(({ name, country, task }) => `${words.other(name, countryIn(language, country))} ${task}`),
    ...socialMedia.map(({ name, country }) => `${words.other(name, countryIn(language, country))} ${words.onSocialMedia}`),
  ]
  return others.length === 0 ? words.nobodyElse : others.join(' ')
}

function abroad({ question: words }: Messages, { language, openTo, outsideEea, storageCountries }: Question): string {
  const countries = (codes: string[]) =>
    listIn(
      language,
      codes.map((code) => countryIn(language, code)),
    )
  const outside = outsideEea.length > 0 ? words.outside(countries(outsideEea)) : openTo ? words.seenFrom[openTo] : words.inEurope
  return [outside, storageCountries.length > 0 ? words.stored(countries(storageCountries)) : ''].join(' ').trim()
}
