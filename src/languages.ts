/** What everything is written in: pages, mails and the words of schools and suppliers. Dutch comes first and leads. */
const WRITTEN_LANGUAGES = ['nl', 'en'] as const
export type WrittenLanguage = (typeof WRITTEN_LANGUAGES)[number]

/** What the pages on which families decide are translated into besides. What schools and suppliers wrote stays Dutch there. */
export const TRANSLATIONS = ['tr', 'ar', 'pl', 'uk'] as const
export type Translation = (typeof TRANSLATIONS)[number]

export const LANGUAGES = [...WRITTEN_LANGUAGES, ...TRANSLATIONS] as const
export type Language = (typeof LANGUAGES)[number]

/** The same words in every language. */
export type Words = Record<Language, string>

export function isTranslation(language: Language): language is Translation {
  return (TRANSLATIONS as readonly Language[]).includes(language)
}

/** The language for what is not translated: Dutch, for whoever reads a translation of it. */
export function writtenIn(language: Language): WrittenLanguage {
  return isTranslation(language) ? 'nl' : language
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** The language of a word like `tr` or `en-GB`; nothing when we do not have it. */
export function languageNamed(word: string | undefined): Language | undefined {
  const code = word?.trim().slice(0, 2).toLowerCase()
  return LANGUAGES.find((language) => language === code)
}
