import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CASE_MAIL_TEXTS } from '../../src/cases/case-mails.ts'
import { CATEGORIES } from '../../src/catalog/categories.ts'
import { PURPOSES } from '../../src/catalog/purposes.ts'
import {
  hardWordsIn,
  LEAST_FLESCH_DOUMA,
  MOST_WORDS_IN_A_SENTENCE,
  MOST_WORDS_ON_AVERAGE,
  readingLevelOf,
} from '../../src/catalog/reading-level.ts'
import { NOTICE_TEXTS } from '../../src/consents/notices.ts'
import { STOPPING } from '../../src/consents/stopping.ts'
import { memberInvitationMail } from '../../src/members/member-invitation-mail.ts'
import { invitationMail } from '../../src/people/invitation-mail.ts'
import { causeOf } from '../../src/requests/direct-hint.ts'
import { nl } from '../../src/web/texts/nl.ts'

/** Shorter ones are read together with what stands around them: one long word in a line of six says nothing. */
const FEWEST_WORDS = 60

/** Every Dutch text that our own code says to people, outside the catalogue too. */
const DUTCH: Record<string, unknown> = {
  ...nl,
  notices: Object.fromEntries(Object.entries(NOTICE_TEXTS).map(([notice, { nl: text }]) => [notice, text])),
  caseMails: Object.fromEntries(Object.entries(CASE_MAIL_TEXTS).map(([mail, { nl: text }]) => [mail, text])),
  invitationMail: (board: string) => invitationMail({ issuer: 'onze site', boardName: board, code: '1234' }).text.split('---')[0],
  memberInvitationMail: (name: string) =>
    memberInvitationMail({ issuer: 'onze site', supplierName: name, code: '1234' }).text.split('---')[0],
  stopping: Object.values(STOPPING).map(({ nl: words }) => words),
  causes: [causeOf({ linkCode: 'x' }), causeOf({ pseudonym: 'x' })],
  categories: Object.values(CATEGORIES).map(({ nl: words }) => words),
  purposes: PURPOSES.map(({ nl: words }) => words),
}

/** Dutch that is measured above, or that nobody reads as a text: lists of words, and contracts, whose words the model says. */
const NOT_AGAIN = [
  /^web\/texts\//,
  /^demo\//,
  /^catalog\/(categories|purposes|reading-level|screening)\.ts$/,
  /^agreements\/(text|addendum.*)\.ts$/,
]

interface Text {
  name: string
  entries: string[]
}

/** The texts of a part of the catalogue: each subject that is long enough to judge, and what is left around those. */
function textsOf(name: string, value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return [{ name, entries: saidBy(value) }]
  const inner = Object.entries(value).flatMap(([key, one]) => textsOf(`${name}.${key}`, one))
  const whole = inner.filter(({ entries }) => wordCount(entries) >= FEWEST_WORDS)
  const rest = inner.filter((text) => !whole.includes(text)).flatMap(({ entries }) => entries)
  return [...whole, { name, entries: rest }]
}

/** As a person reads it; functions get short names, as they come in life. */
function saidBy(value: unknown): string[] {
  if (typeof value !== 'function') return [String(value)]
  const said: unknown = (value as (...words: string[]) => unknown)('Fatima', 'Reken Plus', 'mei', 'mei', 'juni')
  return typeof said === 'object' && said !== null ? Object.values(said).map(String) : [String(said)]
}

const wordCount = (entries: string[]) => entries.join(' ').split(/\s+/).length

const texts = Object.entries(DUTCH)
  .filter(([key]) => !['language', 'locale'].includes(key))
  .flatMap(([key, value]) => textsOf(key, value))
  .filter(({ entries }) => entries.length > 0)

describe('The Dutch that people read is B1 (P14)', () => {
  test.each(
    texts.map((text) => {
      const { wordsPerSentence, fleschDouma } = readingLevelOf(text.entries.join('\n'))
      const words = wordCount(text.entries)
      return { ...text, words, mean: wordsPerSentence.toFixed(1), ease: Math.round(fleschDouma) }
    }),
  )('$name: $words words, $mean to a sentence, Flesch-Douma $ease', ({ entries, words }) => {
    const level = readingLevelOf(entries.join('\n'))
    expect(level.tooLong, `at most ${MOST_WORDS_IN_A_SENTENCE} words`).toEqual([])
    expect(level.wordsPerSentence).toBeLessThanOrEqual(MOST_WORDS_ON_AVERAGE)
    if (words >= FEWEST_WORDS) expect(level.fleschDouma).toBeGreaterThanOrEqual(LEAST_FLESCH_DOUMA)
    expect(hardWordsIn(entries.join('\n')), 'a hard word stands with its plain twin').toEqual([])
  })

  test('all of the catalogue is measured', () => {
    const measured = new Set(texts.flatMap(({ entries }) => entries))
    const leaves = (value: unknown): string[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : saidBy(value)
    expect(leaves({ ...nl, language: '', locale: '' }).filter((entry) => entry && !measured.has(entry))).toEqual([])
  })

  test('and so is Dutch that stands anywhere else in the code, as in the mails of a folder', () => {
    const src = join(import.meta.dirname, '../../src')
    const said = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !NOT_AGAIN.some((place) => place.test(file)))
      .flatMap((file) => dutchIn(readFileSync(join(src, file), 'utf8')).map((text) => ({ file, level: readingLevelOf(text), text })))
    expect(said.length).toBeGreaterThan(10)
    expect(said.filter(({ level }) => level.tooLong.length > 0 || level.hardWords.length > 0)).toEqual([])
  })
})

/** Strings of several words in which a word stands that is Dutch and not English. */
function dutchIn(code: string): string[] {
  const strings = code.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '').matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`/g)
  return Array.from(strings, ([, single, double, template]) =>
    (single ?? double ?? template ?? '').replaceAll('\\n', '\n').replace(/\$\{[^}]*\}/g, 'naam'),
  ).filter(
    (said) => /\s/.test(said) && /(?<![\p{L}-])(het|een|niet|geen|voor|wordt|wij|uw|deze|heeft|zijn|moet|kunt)(?![\p{L}-])/iu.test(said),
  )
}

test('The measure tells hard from easy', () => {
  expect(readingLevelOf('Mag Reken Plus dit zien? U beslist zelf. U kunt altijd stoppen.').isB1).toBe(true)
  const office = readingLevelOf(
    'Indien de verwerkingsverantwoordelijke zulks noodzakelijk acht, geschiedt verstrekking conform de bewaartermijnsystematiek.',
  )
  expect(office.isB1).toBe(false)
  expect(office.hardWords.map(({ word }) => word)).toEqual(['conform', 'indien', 'verstrekking', 'verwerkingsverantwoordelijke'])
  expect(hardWordsIn('De uitleg van het bedrijf (bijsluiter)')).toEqual([])
  expect(dutchIn("const x = 'U kunt dit niet doen'; const y = 'You cannot do this'")).toEqual(['U kunt dit niet doen'])
})
