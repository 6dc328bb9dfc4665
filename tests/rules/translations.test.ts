import { describe, expect, test } from 'vitest'
import { LANGUAGES, TRANSLATIONS, type Translation } from '../../src/languages.ts'
import { dataIn, languageOfData } from '../../src/web/parent/question.tsx'
import { ar } from '../../src/web/texts/ar.ts'
import { countryIn, dayIn, listIn } from '../../src/web/texts/dates.ts'
import { messages } from '../../src/web/texts/messages.ts'
import { nl } from '../../src/web/texts/nl.ts'
import { pl } from '../../src/web/texts/pl.ts'
import { wordsFor } from '../../src/web/texts/student-words.ts'
import { tr } from '../../src/web/texts/tr.ts'
import { uk } from '../../src/web/texts/uk.ts'

/** Each of these is on a page that is shown in a translation (`translatedPage`): all its words are there. */
const WHOLE = ['frame', 'invitation', 'home', 'question', 'leaflet', 'round', 'consents', 'authorize'] as const

const translations: Record<Translation, object> = { tr, ar, pl, uk }
const SCRIPTS: Record<Translation, RegExp> = {
  tr: /\p{Script=Latin}/u,
  ar: /\p{Script=Arabic}/u,
  pl: /\p{Script=Latin}/u,
  uk: /\p{Script=Cyrillic}/u,
}

type Leaf = string | ((...values: string[]) => string)

function leavesOf(value: unknown, path = ''): Map<string, Leaf> {
  if (typeof value === 'string' || typeof value === 'function') return new Map([[path, value as Leaf]])
  return new Map(Object.entries((value ?? {}) as object).flatMap(([key, inner]) => [...leavesOf(inner, path ? `${path}.${key}` : key)]))
}

test('K33: where all are students, every word of ours for them says so, and nobody else’s words are touched', () => {
  for (const [language, other] of [
    ['nl', /leerling/i],
    ['en', /pupil/i],
  ] as const) {
    const usual = leavesOf(wordsFor(language, false))
    const student = leavesOf(wordsFor(language, true))
    expect([...student.keys()]).toEqual([...usual.keys()])
    let said = 0
    for (const [path, leaf] of usual) {
      const become = student.get(path)!
      if (typeof leaf === 'function' || typeof become === 'function') continue
      expect(become, path).not.toMatch(other)
      if (other.test(leaf)) said++
      else expect(become, path).toBe(leaf)
    }
    expect(said).toBeGreaterThan(20)
  }
  expect(wordsFor('nl', true).roster.muchOf('De Leerling', '1', '2')).toBe('De Leerling: 1 van de 2 studenten stoppen.')
})

const names = ['\uE001', '\uE002', '\uE003', '\uE004']
const said = (leaf: Leaf) => (typeof leaf === 'string' ? leaf : leaf(...names))
const namesIn = (leaf: Leaf) => names.filter((name) => said(leaf).includes(name))

describe.each(TRANSLATIONS)('The pages on which a family decides, in %s', (language) => {
  const own = leavesOf(translations[language])
  const dutch = leavesOf(nl)

  test('no sentence of them is missing', () => {
    const needed = [...dutch.keys()].filter((path) => WHOLE.some((part) => path.startsWith(`${part}.`)))
    expect(needed.filter((path) => !own.has(path))).toEqual([])
  })

  test('every sentence says what the Dutch one says about whom: the same names and days are in it', () => {
    const other = [...own].filter(([path, leaf]) => String(namesIn(leaf)) !== String(namesIn(dutch.get(path)!)))
    expect(other.map(([path]) => path)).toEqual([])
  })

  test('and is in its own script and its own words', () => {
    const foreign = [...own].filter(([path, leaf]) => {
      const words = said(leaf).replace(/[\uE001-\uE004]/g, '')
      const isWord = /\p{L}/u.test(words) && !['language', 'locale'].includes(path)
      return isWord && (!SCRIPTS[language].test(words) || (words.length > 6 && words === dutch.get(path)))
    })
    expect(foreign.map(([path]) => path)).toEqual([])
  })
})

test('Where a translation has no words, the Dutch ones stand', () => {
  expect(messages.ar.school).toEqual(expect.objectContaining({ title: nl.school.title }))
  expect(messages.ar.question.yes).toBe('نعم')
})

test('A Dutch name in an Arabic sentence keeps its own direction and its full stop', () => {
  expect(messages.ar.question.from('Reken Plus B.V.')).toBe('هذه البيانات تأتي من \u2068Reken Plus B.V.\u2069')
  expect(messages.ar.question.from('Rekenrijk')).toBe('هذه البيانات تأتي من \u2068Rekenrijk\u2069.')
})

test.each([
  ['nl', '1', 'Er blijft 1 vraag open.'],
  ['nl', '2', 'Er blijven 2 vragen open.'],
  ['en', '1', '1 question stays open.'],
  ['tr', '3', '3 soru açık kalıyor.'],
  ['pl', '1', '1 pytanie pozostaje otwarte.'],
  ['pl', '22', '22 pytania pozostają otwarte.'],
  ['pl', '12', '12 pytań pozostaje otwartych.'],
  ['uk', '21', '21 запитання залишається відкритим.'],
  ['uk', '3', '3 запитання залишаються відкритими.'],
  ['uk', '11', '11 запитань залишаються відкритими.'],
  ['ar', '1', 'يبقى سؤال واحد مفتوحًا.'],
  ['ar', '2', 'يبقى سؤالان مفتوحان.'],
  ['ar', '3', 'تبقى \u20683\u2069 أسئلة مفتوحة.'],
  ['ar', '11', 'يبقى \u206811\u2069 سؤالًا مفتوحًا.'],
] as const)('In %s, %s is counted as its readers count', (language, count, sentence) => {
  expect(messages[language].round.stayOpen(count)).toContain(sentence)
})

test.each([
  ['nl', '1', '(1 keer)'],
  ['en', '1', '(once)'],
  ['en', '22', '(22 times)'],
  ['pl', '22', '(22 razy)'],
  ['uk', '2', '(2 рази)'],
  ['uk', '5', '(5 разів)'],
  ['ar', '2', '(مرتان)'],
  ['ar', '3', '(\u20683\u2069 مرات)'],
] as const)('In %s, how often is %s: %s', (language, count, words) => {
  expect(messages[language].consents.times(count)).toBe(words)
})

test('Data that a holder names are a Dutch list in any translation; what a company gathers itself goes by the reader’s own words', () => {
  const named = (name: string) => ({ name, category: 'نتائج' })
  const ofHolder = { language: 'ar' as const, data: ['rekenresultaten', 'oefentijd'].map(named) }
  expect([languageOfData(ofHolder), dataIn(ofHolder)]).toEqual(['nl', 'rekenresultaten en oefentijd'])
  const gathered = { language: 'ar' as const, data: [named('نتائج')] }
  expect([languageOfData(gathered), dataIn(gathered)]).toEqual(['ar', '\u2068نتائج\u2069'])
})

test('A date is written as each language writes it, with the same digits, and is of the day in Amsterdam', () => {
  const at = new Date('2026-11-16T23:30:00Z')
  expect(Object.fromEntries(LANGUAGES.map((language) => [language, dayIn(language, at).replace(/\s/g, ' ')]))).toEqual({
    nl: '17 november 2026',
    en: '17 November 2026',
    tr: '17 Kasım 2026',
    ar: '17 نوفمبر 2026',
    pl: '17 listopada 2026',
    uk: '17 листопада 2026 р.',
  })
  expect(listIn('pl', ['a', 'b', 'c'])).toBe('a, b i c')
  expect(countryIn('uk', 'US')).toBe('Сполучені Штати')
})
