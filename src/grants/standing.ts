import { type Consent, objectionHolds, type State, stateOf } from '../consents/consent.ts'
import { type Interval, inForce } from '../people/interval.ts'

/** A supplier's agreement as far as standing leans on it, and what it covers of this use: the accepted leaflet and the chosen part. */
export interface CoveringAgreement extends Interval {
  signedAt: Date | null
  /** Ended by an act, before its term. */
  endedAt: Date | null
  /** Null when this leaflet version was never accepted, or the part not chosen. `endsAt` when it was superseded. */
  accepted: Interval | null
}

/** The holder's agreement and its onward-supply clause per data set (convenant 5.4). */
export interface OnwardAgreement extends Interval {
  signedAt: Date | null
  endedAt: Date | null
  datatypes: readonly string[]
}

/** Everything a grant leans on. `facts.ts` reads it, with every row held. */
export interface StandingFacts {
  consent: Consent
  /** What the item asked for, and when. */
  item: Interval & { endsAt: Date; datatypes: readonly string[]; needsAssignment: boolean }
  round: Interval | null
  /** The supplier's request: its window and data, narrowed or not. */
  request: (Interval & { datatypes: readonly string[]; closedAt: Date | null }) | null
  /** Step 4, and when this subject joined it; only by way of the school. */
  release: { joinedAt: Date; withdrawnAt: Date | null } | null
  /** Only by way of the school. */
  agreement: CoveringAgreement | null
  onward: OnwardAgreement | null
  /** The subject's enrolment or employment. */
  tenure: Interval | null
  /** The pupil is below the minimum age of the service (P48). */
  tooYoung: boolean
  /** A guide of the supplier for this subject (K19). */
  assignment: Interval | null
  /** Suspended by the operator; for the holder its supplier counts too. */
  suspended: { supplier: Date | null; holder: Date | null; holdersSupplier: Date | null }
}

export type WhyNot =
  | Exclude<State, 'given' | 'informed'>
  | 'basis'
  | 'objection'
  | 'outside_window'
  | 'request_closed'
  | 'not_released'
  | 'agreement_not_in_force'
  | 'not_covered'
  | 'no_onward_clause'
  | 'no_tenure'
  | 'too_young'
  | 'not_assigned'
  | 'supplier_suspended'
  | 'holder_suspended'

export type Standing = { stands: true; until: Date; datatypes: string[] } | { stands: false; why: WhyNot }

/**
 * Whether a grant stands at a moment, for what data, and until when at the latest (design §2). Derived from the facts each
 * time; nothing stores it.
 *
 * All of these, or none: the answer (or the board's instruction, with no objection in the way); by way of the school the
 * release and the supplier agreement in force with that leaflet version and part, directly none of these; the holder's
 * agreement with its onward clause; the subject's tenure and age; a guide where the item names one; the good standing of
 * supplier and holder; every window. What an act ended is ended, whatever moment it names: the act may be a little later
 * than `at`, and we waited for it. Data are what all of them have in common (INV-09), the end is the earliest of all
 * (INV-10).
 */
export function standingAt(facts: StandingFacts, at: Date): Standing {
  const { consent, item, round, request, onward, tenure, assignment, suspended } = facts
  const answer = answerOf(consent, at)
  if ('why' in answer) return no(answer.why)
  if (suspended.supplier) return no('supplier_suspended')
  if (suspended.holder || suspended.holdersSupplier) return no('holder_suspended')
  if (!inForce(item, at) || (round && !inForce(round, at)) || (request && !inForce(request, at))) return no('outside_window')
  if (request?.closedAt) return no('request_closed')
  const school = bySchool(facts, at)
  if ('why' in school) return no(school.why)
  if (!onward || !runs(onward, at)) return no('no_onward_clause')
  if (!tenure || !inForce(tenure, at)) return no('no_tenure')
  if (facts.tooYoung) return no('too_young')
  if (item.needsAssignment && !(assignment && inForce(assignment, at))) return no('not_assigned')

  const datatypes = item.datatypes.filter((datatype) =>
    [answer.datatypes, request?.datatypes ?? item.datatypes, onward.datatypes].every((allowed) => allowed.includes(datatype)),
  )
  if (datatypes.length === 0) return no('no_onward_clause')
  const bounds = [answer.until, item, round, request, ...school.bounds, onward, tenure, item.needsAssignment ? assignment : null]
  return { stands: true, datatypes, until: earliest(bounds) }
}

function answerOf(consent: Consent, at: Date): { datatypes: readonly string[]; until: Date | null } | { why: WhyNot } {
  const state = stateOf(consent, at)
  if (state.state === 'given') return state
  if (state.state !== 'informed') return { why: state.state }
  // A direct request is consent or nothing; another basis is the board's, and goes by way of the board.
  if (consent.approach === 'subject') return { why: 'basis' }
  const objection = objectionHolds(consent)
  if (objection === 'pending' || objection === 'granted') return { why: 'objection' }
  return { datatypes: consent.question.asked.datatypes, until: null }
}

function bySchool({ consent, release, agreement }: StandingFacts, at: Date): { bounds: Interval[] } | { why: WhyNot } {
  if (consent.approach === 'subject') return { bounds: [] }
  if (!release || release.joinedAt > at || release.withdrawnAt) return { why: 'not_released' }
  if (!agreement || !runs(agreement, at)) return { why: 'agreement_not_in_force' }
  if (!agreement.accepted || agreement.accepted.startsAt > at || agreement.accepted.endsAt) return { why: 'not_covered' }
  return { bounds: [agreement] }
}

function runs(agreement: { signedAt: Date | null; endedAt: Date | null } & Interval, at: Date): boolean {
  return agreement.signedAt !== null && agreement.signedAt <= at && agreement.endedAt === null && inForce(agreement, at)
}

function earliest(bounds: (Date | Interval | null)[]): Date {
  const ends = bounds.map((bound) => (bound instanceof Date ? bound : bound?.endsAt)?.getTime() ?? Infinity)
  return new Date(Math.min(...ends))
}

const no = (why: WhyNot): Standing => ({ stands: false, why })
