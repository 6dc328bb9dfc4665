import { startOfAmsterdamDay } from '../../clock.ts'
import type { Question } from '../../consents/shown-text.ts'
import { Notice } from '../blocks.tsx'
import { countryIn, dayIn, listIn } from '../texts/dates.ts'
import type { Messages } from '../texts/shape.ts'
import { dataIn, lastDayOf } from './question.tsx'

interface Line {
  name: string
  was: string
  is: string
}

/** What was different when it was shown before, line by line, in the words of the page. */
function differences(t: Messages, before: Question, now: Question): Line[] {
  const old = new Map(linesOf(t, before))
  return linesOf(t, now).flatMap(([name, is]) => {
    const was = old.get(name) ?? ''
    return was === is ? [] : [{ name, was, is }]
  })
}

/** The question came back because it changed: what was struck out, and what stands there now. */
export function WhatChanged({ t, before, now }: { t: Messages; before: Question | undefined; now: Question }) {
  const lines = before ? differences(t, before, now) : []
  return (
    <Notice kind="warning">
      <p class="utrecht-paragraph">{t.question.changed}</p>
      {lines.length > 0 && (
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
      )}
    </Notice>
  )
}

function linesOf(t: Messages, question: Question): [name: string, text: string][] {
  const { language, supplier, board, holder, image, period, subprocessors, socialMedia, service, leaflet, incidental } = question
  const words = t.question
  const countries = (codes: string[]) =>
    listIn(
      language,
      codes.map((code) => countryIn(language, code)),
    )
  return [
    [words.labels.who, [supplier?.legalName, board].filter(Boolean).join(', ')],
    [words.labels.data, dataIn(question)],
    [words.labels.channel, image ? `${words.media[image.medium]}: ${image.channel}` : ''],
    [words.labels.source, holder ?? ''],
    [words.labels.purpose, `${question.reason} ${question.purpose}`],
    [words.labels.research, question.research ? Object.values(question.research).join(' ') : ''],
    [words.labels.period, words.period(dayIn(language, startOfAmsterdamDay(period.from)), lastDayOf(language, question))],
    [words.labels.ifNo, question.alternative],
    [
      words.labels.others,
      listIn(
        language,
        [...subprocessors, ...socialMedia].map(({ name, country }) => `${name} (${country})`),
      ),
    ],
    [words.labels.abroad, countries(question.outsideEea)],
    [words.labels.besides, listIn(language, incidental)],
    [words.labels.stop, question.stopping],
    [words.labels.why, question.data.map(({ name, why }) => `${name}: ${why ?? ''}`).join(' ')],
    [words.labels.occasion, question.occasion],
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
