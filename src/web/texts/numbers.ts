import type { Language } from '../../languages.ts'

/** Writes counts as the language does: 1.234 or 1,234. */
export function numberIn(language: Language): (count: number) => string {
  const format = new Intl.NumberFormat(language)
  return (count) => format.format(count)
}
