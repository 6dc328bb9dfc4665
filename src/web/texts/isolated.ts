import { directionOf, type Language } from '../../languages.ts'

/** A name in a sentence that runs the other way: it keeps its own direction, and so does the sentence (Unicode UAX 9, FSI and PDI). */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`
}

/** A name as it stands on a page in this language. */
export function namedIn(language: Language, name: string): string {
  return directionOf(language) === 'rtl' ? isolated(name) : name
}
