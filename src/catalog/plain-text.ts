import { z } from 'zod'

/** Controls, and the characters that turn or hide text (bidi, zero width): what is shown would not be what was written. */
const HIDING = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

/** What joins without hiding: the faces of one family in a picture of a phone, and the letters of one Persian word. */
const JOINING =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})|(?<=\p{Script=Arabic})\u200c(?=\p{Script=Arabic})/gu

/** A form sends two characters for the end of a line, where the field counted one. */
const asTyped = (text: string) => text.replaceAll(/\r\n?/gu, '\n').replaceAll('\t', ' ')

/** One or more lines of free text from outside: NFKC, trimmed, bounded, nothing that hides. Still to be escaped where shown. */
export const plainText = (max: number) =>
  z
    .string()
    .overwrite(asTyped)
    .normalize('NFKC')
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !HIDING.test(text.replaceAll('\n', '').replaceAll(JOINING, '')), 'has characters that hide or turn text')

/** The same of a field that may stay empty or away: then it is ''. */
export const optionalPlainText = (max: number) =>
  z
    .string()
    .overwrite(asTyped)
    .trim()
    .max(max)
    .default('')
    .pipe(z.union([z.literal(''), plainText(max)]))
