import { Refusal } from '../refusal.ts'

/** A request as somebody wants to make it, before it is known to be bounded. What is missing is undefined or empty. */
export interface Proposal {
  purpose?: string | undefined
  datatypes?: readonly string[] | undefined
  /** How many data sets the holder offers in all. */
  offered: number
  startsAt: Date
  endsAt?: Date | undefined
  /** The end of the school year in which the request would begin. */
  latestEnd: Date
  /** The supplier's references, or how it is said that the school picks; the direct way always names one. */
  subjects: readonly string[] | 'school_picks'
  occasion?: string | undefined
  reason?: string | undefined
}

/** A proposal of which the bounds are known. */
export type Bounded = Proposal & { purpose: string; datatypes: readonly string[]; endsAt: Date; occasion: string; reason: string }

const EVERYTHING =
  /^(\*|all|any|alle?s?|everything|everyone|iedereen|alle[ -](gegevens|data|leerlingen|kinderen|pupils)|all[ -](data|pupils|children|students))$/i

/** From this many data sets on, asking for every one of them is asking for all data, whatever it is called. */
const MANY_DATA_SETS = 3

/**
 * K18: no blank cheque. A request is for a party (the client asks for itself), data, subjects, a purpose and a period, and
 * says what gave cause and why in plain words (K12). Each lack has its own refusal, in this order.
 *
 * Does not check that purpose, data or subjects exist.
 *
 * @throws Refusal `blank_cheque_no_purpose`, `blank_cheque_all_data`, `blank_cheque_no_end`, `blank_cheque_too_long`,
 *   `blank_cheque_all_pupils`, `blank_cheque_no_occasion`, `blank_cheque_no_reason`
 */
export function mustBeBounded(proposal: Proposal): asserts proposal is Bounded {
  const { purpose, datatypes = [], offered, endsAt, latestEnd, subjects, occasion, reason } = proposal
  if (!purpose?.trim() || EVERYTHING.test(purpose.trim())) throw new Refusal('blank_cheque_no_purpose')
  if (datatypes.length === 0 || datatypes.some((datatype) => EVERYTHING.test(datatype.trim()))) throw new Refusal('blank_cheque_all_data')
  if (offered >= MANY_DATA_SETS && new Set(datatypes).size >= offered) throw new Refusal('blank_cheque_all_data')
  if (!endsAt) throw new Refusal('blank_cheque_no_end')
  if (endsAt > latestEnd) throw new Refusal('blank_cheque_too_long')
  if (subjects !== 'school_picks' && (subjects.length === 0 || subjects.some((subject) => EVERYTHING.test(subject.trim())))) {
    throw new Refusal('blank_cheque_all_pupils')
  }
  if (!occasion?.trim()) throw new Refusal('blank_cheque_no_occasion')
  if (!reason?.trim()) throw new Refusal('blank_cheque_no_reason')
}
