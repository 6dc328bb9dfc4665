import { directionOf, type Language, type Words } from '../../languages.ts'
import { isolated } from './isolated.ts'

const TIME_ZONE = 'Europe/Amsterdam'
/** Arabic with the digits that Dutch letters have, so that both show the same date. */
const LOCALE: Words = { nl: 'nl-NL', en: 'en-GB', tr: 'tr-TR', ar: 'ar-u-ca-gregory-nu-latn', pl: 'pl-PL', uk: 'uk-UA' }

/** 3 november 2026 */
export function dayIn(language: Language, at: Date): string {
  return new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'long', timeZone: TIME_ZONE }).format(at)
}

/** The last day of a window that ends at `at`: a window until midnight includes the day before. */
export function lastDayIn(language: Language, at: Date): string {
  return dayIn(language, new Date(at.getTime() - 1))
}

/** 3 november 2026 om 14:05 */
export function momentIn(language: Language, at: Date): string {
  return new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'long', timeStyle: 'short', timeZone: TIME_ZONE }).format(at)
}

/** a, b en c */
export function listIn(language: Language, words: readonly string[]): string {
  const parts = directionOf(language) === 'rtl' ? words.map(isolated) : words
  return new Intl.ListFormat(LOCALE[language], { type: 'conjunction' }).format(parts)
}

/** The name of a country by its ISO code. */
export function countryIn(language: Language, code: string): string {
  return new Intl.DisplayNames(LOCALE[language], { type: 'region' }).of(code) ?? code
}
