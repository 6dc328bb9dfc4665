import { z } from 'zod'

/** Controls, and the characters that turn or hide text (bidi, zero width): what is shown would not be what was written. */
const HIDING = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

/** One or more lines of free text from outside: NFKC, trimmed, bounded, nothing that hides. Still to be escaped where shown. */
export const plainText = (max: number) =>
  z
    .string()
    .normalize('NFKC')
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !HIDING.test(text.replaceAll(/\r?\n/gu, '')), 'has characters that hide or turn text')

/** The same of a field that may stay empty or away: then it is ''. */
export const optionalPlainText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .default('')
    .pipe(z.union([z.literal(''), plainText(max)]))
