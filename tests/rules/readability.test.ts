import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CATEGORIES } from '../../src/catalog/categories.ts'
import { PURPOSES } from '../../src/catalog/purposes.ts'
import {
  FEWEST_WORDS_TO_JUDGE,
  hardWordsIn,
  LEAST_FLESCH_DOUMA,
  MOST_WORDS_IN_A_SENTENCE,
  MOST_WORDS_ON_AVERAGE,
  readingLevelOf,
  sentencesIn,
} from '../../src/catalog/reading-level.ts'
import type { DocPage } from '../../src/web/docs/block.ts'
import { apiInEnglishNl } from '../../src/web/docs/nl/api.ts'
import { DOC_PAGES, OVERVIEW } from '../../src/web/docs/overview.ts'
import { nl } from '../../src/web/texts/nl.ts'

/** Shorter subjects are measured together with what stands around them: one long word in a line of six says nothing. */
const FEWEST_WORDS = 60

const MESSAGES = join(import.meta.dirname, '../../src/messages')
/** A contract binds a board and a supplier in the words of the model agreement; parents read none of it. */
const files = readdirSync(MESSAGES).filter((file) => file !== 'contracts.ts')
const messages = Object.fromEntries(
  await Promise.all(files.map(async (file): Promise<[string, unknown]> => [file.replace('.ts', ''), await import(join(MESSAGES, file))])),
)

/** Every Dutch text that our own code says to people. */
const DUTCH: Record<string, unknown> = {
  ...Object.fromEntries(Object.entries(nl).filter(([part]) => part !== 'language' && part !== 'locale')),
  ...inDutch(messages),
  categories: Object.values(CATEGORIES).map(({ nl: words }) => words),
  purposes: PURPOSES.map(({ nl: words }) => words),
}

/** Of words in several languages the Dutch ones; what makes a mail of them is none. */
function inDutch(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'inBothLanguages')
      .map(([key, one]) => [key, typeof one !== 'object' ? one : 'nl' in one ? one.nl : inDutch(one)]),
  )
}

interface Text {
  name: string
  entries: string[]
}

/** The texts of a part of the catalogue: each subject that is long enough to judge, and last what is left around those. */
function textsOf(name: string, value: unknown): { whole: Text[]; rest: string[] } {
  if (typeof value !== 'object' || value === null) return { whole: [], rest: saidBy(value) }
  const inner = Object.entries(value).map(([key, one]) => textsOf(`${name}.${key}`, one))
  const whole = inner.flatMap((one) => one.whole)
  const rest = inner.flatMap((one) => one.rest)
  return wordCount(rest) < FEWEST_WORDS ? { whole, rest } : { whole: [...whole, { name, entries: rest }], rest: [] }
}

/** As a person reads it; functions get short names, as they come in life, and mails what they tell. */
function saidBy(value: unknown): string[] {
  if (typeof value !== 'function') return [String(value)]
  const first = /^\s*\(\s*\{/.test(String(value))
    ? { issuer: 'onze site', boardName: 'De Klimboom', supplierName: 'Reken Plus', code: '1234' }
    : 'Fatima'
  const said: unknown = (value as (...words: unknown[]) => unknown)(first, 'Reken Plus', 'mei', 'mei', 'juni')
  return typeof said === 'object' && said !== null ? Object.values(said).map(String) : [String(said)]
}

const wordCount = (entries: string[]) => entries.join(' ').split(/\s+/).filter(Boolean).length

const parts = Object.entries(DUTCH).map(([key, value]) => textsOf(key, value))
/** What is left of the shortest subjects is one text in the end: nothing goes unmeasured. */
const texts = [...parts.flatMap(({ whole }) => whole), { name: 'the short subjects', entries: parts.flatMap(({ rest }) => rest) }]

describe('The Dutch that people read is B1 (P14)', () => {
  test.each(
    texts.map((text) => {
      const level = readingLevelOf(text.entries.join('\n'))
      const words = wordCount(text.entries)
      const longest = Math.max(...text.entries.map((entry) => longestIn(entry)))
      return { ...text, level, words, longest, mean: level.wordsPerSentence.toFixed(1), ease: Math.round(level.fleschDouma) }
    }),
  )('$name: $words words, $mean to a sentence, $longest in the longest, Flesch-Douma $ease', ({ entries, words, level }) => {
    expect(words, 'enough to judge').toBeGreaterThanOrEqual(FEWEST_WORDS)
    const tooLong = entries.flatMap((entry) => readingLevelOf(entry).tooLong)
    expect(tooLong, `at most ${MOST_WORDS_IN_A_SENTENCE} words`).toEqual([])
    expect(level.wordsPerSentence).toBeLessThanOrEqual(MOST_WORDS_ON_AVERAGE)
    expect(level.fleschDouma).toBeGreaterThanOrEqual(LEAST_FLESCH_DOUMA)
    const hard = entries.flatMap((entry) => hardWordsIn(entry).map(({ word }) => ({ word, entry })))
    const explained = new Set(hard.filter(({ word }) => !level.hardWords.some((one) => one.word === word)).map(({ word }) => word))
    expect(
      hard.filter(({ word }) => !explained.has(word)),
      'a hard word stands with its plain twin',
    ).toEqual([])
  })

  // What is shorter has no figure of its own that means anything: of that holds the longest sentence, and the subject it is of.
  test(`so is every entry of ${FEWEST_WORDS_TO_JUDGE} words and more by itself, and the mean of every one of two sentences and more`, () => {
    const entries = texts.flatMap((text) => text.entries)
    const judged = entries.filter((entry) => wordCount([entry]) >= FEWEST_WORDS_TO_JUDGE)
    expect(judged.length).toBeGreaterThan(400)
    expect(judged.filter((entry) => readingLevelOf(entry).fleschDouma < LEAST_FLESCH_DOUMA)).toEqual([])
    expect(
      entries.filter((entry) => sentencesIn(entry).length > 1 && readingLevelOf(entry).wordsPerSentence > MOST_WORDS_ON_AVERAGE),
    ).toEqual([])
  })

  test('all of the catalogue is measured, every entry once', () => {
    const leaves = (value: unknown): string[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : saidBy(value)
    expect(texts.flatMap(({ entries }) => entries).toSorted()).toEqual(leaves(DUTCH).toSorted())
  })
})

function longestIn(text: string): number {
  return Math.max(0, ...text.split(/[.!?:]+(?:\s|$)|\n+/).map((sentence) => wordCount([sentence])))
}

test('The measure tells hard from easy', () => {
  expect(readingLevelOf('Mag Reken Plus dit zien? U beslist zelf. U kunt altijd stoppen.').isB1).toBe(true)
  const office = readingLevelOf(
    'Indien de verwerkingsverantwoordelijke zulks noodzakelijk acht, geschiedt verstrekking conform de bewaartermijnsystematiek.',
  )
  expect(office.isB1).toBe(false)
  expect(office.hardWords.map(({ word }) => word)).toEqual(['conform', 'indien', 'verstrekking', 'verwerkingsverantwoordelijke'])
  expect(hardWordsIn('De uitleg van het bedrijf (bijsluiter)')).toEqual([])
})

test('A long word in a short subject is measured with the subjects around it', () => {
  const bureau = 'Verantwoordingsverplichtingen informatiebeveiligingsbeleid bewaartermijnsystematiek.'
  const { whole, rest } = textsOf('page', { short: bureau, other: { title: 'Uw kind', body: Array(19).fill('U beslist zelf.').join(' ') } })
  expect([whole.map(({ name }) => name), rest]).toEqual([['page'], []])
  expect(whole[0]!.entries).toContain(bureau)
})

/** What a page for engineers says, its tables too; a piece of code is one word, and an address and English are not read. */
const saidOnPage = ({ lead, blocks }: DocPage): string[] =>
  [
    lead,
    ...blocks.flatMap((block) => {
      if (block.kind === 'text' || block.kind === 'heading') return block.text
      if (block.kind === 'list') return block.items
      if (block.kind === 'folded') {
        const facts = block.folds.flatMap(({ entries }) => entries.flatMap((entry) => entry.facts))
        return [...block.folds.map(({ name }) => name), ...facts.flatMap(({ english, text }) => (english ? [] : text))]
      }
      return block.kind === 'table' ? block.rows.flatMap(({ cells }) => cells) : []
    }),
  ].map((said) => said.replace(/`[^`]+`/g, 'code').replace(/\]\([^)]*\)/g, ''))

test('The sentence that tells who reads Dutch of a page in English is itself B1 (P14)', () => {
  expect(readingLevelOf(apiInEnglishNl).isB1).toBe(true)
})

test.each([OVERVIEW.nl, ...DOC_PAGES.nl])('The documentation is B1 in Dutch: $path (P14)', (page) => {
  const level = readingLevelOf(saidOnPage(page).join('\n'))
  expect(level.tooLong).toEqual([])
  expect(level.hardWords).toEqual([])
  expect(level.wordsPerSentence).toBeLessThanOrEqual(MOST_WORDS_ON_AVERAGE)
  expect(level.fleschDouma).toBeGreaterThanOrEqual(LEAST_FLESCH_DOUMA)
})
