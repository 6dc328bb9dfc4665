import type { Language } from '../../languages.ts'
import { messages } from './messages.ts'
import type { Messages } from './shape.ts'

/** Holds a word apart that somebody wrote themselves: nobody else's words are changed. */
const APART = '\ue000'

/** In vocational education whoever learns is a student (K33). Translations have one word for both. */
const WORDS: Partial<Record<Language, [RegExp, string][]>> = {
  nl: [
    [/eerlingadministratie/g, 'eerlingenadministratie'],
    [/Leerling/g, 'Student'],
    [/leerling/g, 'student'],
  ],
  en: [
    [/Pupil/g, 'Student'],
    [/pupil/g, 'student'],
  ],
}
const OURS = /(leer|pup)(?=ling|il)/gi

const studentMessages: Record<Language, Messages> = Object.fromEntries(
  Object.entries(messages).map(([language, all]) => [language, said(all, WORDS[language as Language] ?? [])]),
) as Record<Language, Messages>

/** The words for a language, as they are said to whoever has to do with students only. */
export function wordsFor(language: Language, toStudents: boolean): Messages {
  return (toStudents ? studentMessages : messages)[language]
}

type Branch = { [key: string]: Branch } | string | ((...values: unknown[]) => string)

function said(words: Branch | Messages, changes: readonly [RegExp, string][]): Branch {
  if (typeof words === 'string') return changed(words, changes)
  if (typeof words === 'function') return (...values) => changed(words(...values.map(held)), changes).replaceAll(APART, '')
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, said(value as Branch, changes)]))
}

function changed(text: string, changes: readonly [RegExp, string][]): string {
  return changes.reduce((so, [word, become]) => so.replace(word, become), text)
}

/** What is one word in small letters is a name of ours, by which words are chosen. */
function held(value: unknown): unknown {
  return typeof value === 'string' && !/^[a-z]+$/.test(value) ? value.replace(OURS, `$1${APART}`) : value
}
