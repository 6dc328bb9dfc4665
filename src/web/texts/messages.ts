import { directionOf, type Language } from '../../languages.ts'
import { ar } from './ar.ts'
import { en } from './en.ts'
import { isolated } from './isolated.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import type { Messages, Translated } from './shape.ts'
import { tr } from './tr.ts'
import { uk } from './uk.ts'

/** Where a translation has no words of its own stand the Dutch ones; a page is only shown in it when it has them all. */
export const messages: Record<Language, Messages> = {
  nl,
  en,
  tr: over('tr', nl, tr),
  ar: over('ar', nl, ar),
  pl: over('pl', nl, pl),
  uk: over('uk', nl, uk),
}

function over(language: Language, dutch: Messages, translation: Translated): Messages {
  return merged(language, dutch, translation) as Messages
}

type Branch = { [key: string]: Branch } | string | ((...values: unknown[]) => string)

function merged(language: Language, dutch: unknown, translation: unknown): Branch {
  const words = (translation ?? dutch) as Branch
  if (typeof words === 'string') return words
  if (typeof words === 'function') {
    return directionOf(language) === 'rtl'
      ? (...values) => words(...values.map((value) => (typeof value === 'string' ? isolated(value) : value)))
      : words
  }
  const own = (translation ?? {}) as Record<string, unknown>
  return Object.fromEntries(Object.entries(dutch as object).map(([key, value]) => [key, merged(language, value, own[key])]))
}
