import type { Language } from '../../../languages.ts'
import { countryIn } from '../../texts/dates.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
/** Codes that name no country: unions, pseudo-regions and what nobody knows. */
const NONE = ['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']

const CODES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(
  (code) => !NONE.includes(code) && countryIn('en', code) !== code,
)

/** Every country by its name in this language, in the order of names. */
export function countriesIn(language: Language): string[] {
  return CODES.map((code) => countryIn(language, code)).toSorted((a, b) => a.localeCompare(b, language))
}

/** The ISO 3166 code of a country that somebody typed by its code, its Dutch or its English name. */
export function countryCodeOf(typed: string): string | undefined {
  const said = typed.trim().toLowerCase()
  return CODES.find((code) => [code, countryIn('nl', code), countryIn('en', code)].some((name) => name.toLowerCase() === said))
}
