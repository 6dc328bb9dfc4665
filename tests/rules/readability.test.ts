import { describe, expect, test } from 'vitest'
import { nl } from '../../src/web/texts/nl.ts'

/** B1 has no official measure; these bounds are the usual stand-ins (P14: understandable language). */
const MOST_WORDS_IN_A_SENTENCE = 20
const MOST_WORDS_ON_AVERAGE = 12
const LEAST_FLESCH_DOUMA = 60

/** Words from the law and the office, with what a parent would say. */
const HARD_WORDS: Record<string, string> = {
  verwerkingsverantwoordelijke: 'de school',
  verwerker: 'bedrijf dat voor de school werkt',
  betrokkene: 'u, uw kind',
  grondslag: 'waarom het mag',
  doelbinding: 'waarvoor',
  rectificatie: 'verbeteren',
  gezaghebbende: 'ouder die beslist',
  derhalve: 'daarom',
  indien: 'als',
  middels: 'met',
  teneinde: 'om te',
  tevens: 'ook',
  verstrekken: 'geven',
  'dient te': 'moet',
  conform: 'volgens',
}

/** Every text as a person reads it; functions get short names, as they come in life. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'function') return [String((value as (...words: string[]) => string)('Fatima', 'Reken Plus', 'mei', 'mei'))]
  return Object.values(value as object).flatMap(textsIn)
}

const sentencesOf = (texts: string[]) =>
  texts
    .flatMap((text) => text.replace(/\b([A-Z])\.(?=[A-Z]\.| [A-Za-z])/g, '$1').split(/[.!?:]+(?:\s|$)|\n+/))
    .map((sentence) => sentence.match(/[\p{L}\p{N}@-]+/gu) ?? [])
    .filter((words) => words.length > 0)

const syllablesIn = (word: string) =>
  Math.max(1, word.toLowerCase().match(/aai|ooi|oei|eeuw|ieuw|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|[aeiouyáéíóúëïöü]/g)?.length ?? 0)

describe.each(Object.entries(nl).filter(([, texts]) => typeof texts === 'object'))('The Dutch of "%s" is B1', (_, texts) => {
  const all = textsIn(texts)
  const sentences = sentencesOf(all)

  test(`no sentence has more than ${MOST_WORDS_IN_A_SENTENCE} words`, () => {
    expect(sentences.filter((words) => words.length > MOST_WORDS_IN_A_SENTENCE).map((words) => words.join(' '))).toEqual([])
  })

  test('sentences are short and words easy', () => {
    const words = sentences.flat()
    const perSentence = words.length / sentences.length
    const perWord = words.reduce((sum, word) => sum + syllablesIn(word), 0) / words.length
    expect(perSentence).toBeLessThanOrEqual(MOST_WORDS_ON_AVERAGE)
    expect(206.84 - 0.93 * perSentence - 77 * perWord).toBeGreaterThanOrEqual(LEAST_FLESCH_DOUMA)
  })

  test('no word from the office', () => {
    const said = all.join(' ').toLowerCase()
    expect(Object.keys(HARD_WORDS).filter((word) => new RegExp(`\\b${word}\\b`).test(said))).toEqual([])
  })
})
