import type { nl } from './nl.ts'

/** The shape of the Dutch texts with the words left open: another language that lacks one, or takes other values, does not compile. */
type Widen<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { [Key in keyof T]: Widen<T[Key]> }

export type Messages = Widen<typeof nl>
