import type { Language } from '../../languages.ts'

/** A sentence for each kind of number that the language knows (CLDR): English has two, Polish four, Arabic six. `#` is the number. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** The sentence that goes with this many: a whole number, as `numberIn` writes it or plain. */
export function counted(language: Language, count: string, forms: Forms): string {
  const number = Number(count.replace(/\D/g, ''))
  return (forms[new Intl.PluralRules(language).select(number)] ?? forms.other).replace('#', count)
}

/** The languages that say how often in more than one way. */
const TIMES = {
  en: { one: 'once', other: '# times' },
  pl: { one: '# raz', other: '# razy' },
  uk: { one: '# раз', few: '# рази', other: '# разів' },
  ar: { one: 'مرة واحدة', two: 'مرتان', few: '# مرات', other: '# مرة' },
}

/** How often. */
export const times = (language: keyof typeof TIMES, count: string): string => counted(language, count, TIMES[language])
