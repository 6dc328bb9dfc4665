import { ofStudents } from '../../catalog/student-words.ts'
import type { Language } from '../../languages.ts'
import { messages } from './messages.ts'
import type { Messages } from './shape.ts'

/** Holds a word apart that somebody wrote themselves: nobody else's words are changed. */
const APART = '\ue000'

/** Where such a word of theirs is held apart. */
const OURS = /(leer|pup)(?=ling|il)/gi

const studentMessages: Record<Language, Messages> = Object.fromEntries(
  Object.entries(messages).map(([language, all]) => [language, said(all, (text) => ofStudents(text, language as Language))]),
) as Record<Language, Messages>

/** The words for a language, as they are said to whoever has to do with students only. */
export function wordsFor(language: Language, toStudents: boolean): Messages {
  return (toStudents ? studentMessages : messages)[language]
}

type Branch = { [key: string]: Branch } | string | ((...values: unknown[]) => string)

function said(words: Branch | Messages, change: (text: string) => string): Branch {
  if (typeof words === 'string') return change(words)
  if (typeof words === 'function') return (...values) => change(words(...values.map(held))).replaceAll(APART, '')
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, said(value as Branch, change)]))
}

/** What is one word in small letters is a name of ours, by which words are chosen. */
function held(value: unknown): unknown {
  return typeof value === 'string' && !/^[a-z]+$/.test(value) ? value.replace(OURS, `$1${APART}`) : value
}
