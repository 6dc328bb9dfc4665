import type { Language } from '../../languages.ts'

/** A sentence for each kind of number that the language knows (CLDR): English has two, Polish four, Arabic six. `#` is the number. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** The sentence that goes with this many. */
export function counted(language: Language, count: string, forms: Forms): string {
  const number = Number(count.replace(/[\u2068\u2069]/g, ''))
  return (forms[new Intl.PluralRules(language).select(number)] ?? forms.other).replace('#', count)
}
