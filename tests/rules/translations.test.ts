import { describe, expect, test } from 'vitest'
import { TRANSLATIONS, type Translation } from '../../src/languages.ts'
import { ar } from '../../src/web/texts/ar.ts'
import { messages } from '../../src/web/texts/messages.ts'
import { nl } from '../../src/web/texts/nl.ts'
import { pl } from '../../src/web/texts/pl.ts'
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
