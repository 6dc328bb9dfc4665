import type { nl } from './nl.ts'

/** The shape of the Dutch texts with the words left open: another language that lacks one, or takes other values, does not compile. */
type Widen<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { [Key in keyof T]: Widen<T[Key]> }

export type Messages = Widen<typeof nl>

/** The words of a translation: any part of the Dutch ones, in the same shape. Which parts there must be is tested. */
export type Translated = Partly<Messages>
type Partly<T> = T extends string | ((...values: never[]) => string) ? T : { [Key in keyof T]?: Partly<T[Key]> }
