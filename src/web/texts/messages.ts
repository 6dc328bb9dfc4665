import type { Language } from '../../accounts/sessions.ts'
import { en } from './en.ts'
import { nl } from './nl.ts'

/** The shape of the Dutch texts with the words left open: another language that lacks one, or takes other values, does not compile. */
export type Widen<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { [Key in keyof T]: Widen<T[Key]> }

export type Messages = Widen<typeof nl>

export const messages: Record<Language, Messages> = { nl, en }
