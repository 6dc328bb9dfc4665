import type { Language, Words } from '../../languages.ts'
import { namedIn } from './isolated.ts'

const TIME_ZONE = 'Europe/Amsterdam'
/** Arabic with the digits that Dutch letters have, so that both show the same date. */
const LOCALE: Words = { nl: 'nl-NL', en: 'en-GB', tr: 'tr-TR', ar: 'ar-u-ca-gregory-nu-latn', pl: 'pl-PL', uk: 'uk-UA' }

/** Making one costs more than a hundred uses of it, and a page has many dates. */
const made = <T>(make: (locale: string) => T) => {
  const known = new Map<Language, T>()
  return (language: Language): T => {
    const one = known.get(language) ?? make(LOCALE[language])
    known.set(language, one)
    return one
  }
}
const days = made((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: TIME_ZONE }))
const moments = made((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: TIME_ZONE }))
const lists = made((locale) => new Intl.ListFormat(locale, { type: 'conjunction' }))
const regions = made((locale) => new Intl.DisplayNames(locale, { type: 'region' }))

/** 3 november 2026 */
export function dayIn(language: Language, at: Date): string {
  return days(language).format(at)
}

/** The last day of a window that ends at `at`: a window until midnight includes the day before. */
export function lastDayIn(language: Language, at: Date): string {
  return dayIn(language, new Date(at.getTime() - 1))
}

/** 3 november 2026 om 14:05 */
export function momentIn(language: Language, at: Date): string {
  return moments(language).format(at)
}

/** a, b en c */
export function listIn(language: Language, words: readonly string[]): string {
  return lists(language).format(words.map((word) => namedIn(language, word)))
}

/** The name of a country by its ISO code. */
export function countryIn(language: Language, code: string): string {
  return regions(language).of(code) ?? code
}
