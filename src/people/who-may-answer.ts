import { amsterdamDay } from '../clock.ts'
import type { GuardianshipId, PersonId } from '../ids.ts'
import { ageOn } from './age.ts'
import { type Interval, inForce } from './interval.ts'

export type GuardianshipKind = 'parent' | 'guardian' | 'foster' | 'curator' | 'mentor' | 'institution'

/** What the register says about who somebody is to a pupil. Only `yes` counts: `unknown` is the school's to find out. */
export type Authority = 'yes' | 'no' | 'unknown'

export interface Guardianship extends Interval {
  guardianshipId: GuardianshipId
  guardianId: PersonId
  kind: GuardianshipKind
  authority: Authority
}

/** What one must know of a subject to say who may answer; `store.ts` reads it. */
export interface SubjectFacts {
  personId: PersonId
  kind: 'pupil' | 'employee'
  /** YYYY-MM-DD */
  birthDate: string | null
  guardianships: Guardianship[]
}

export interface Decider {
  personId: PersonId
  authority: 'self' | 'guardianship'
  /** The interval that justifies the answer (INV-08); null when they answer for themselves. */
  guardianshipId: GuardianshipId | null
}

/** `known: false` counts as a no: nobody may give, and the case is on the school's work list. */
export type Deciders = { known: true; deciders: Decider[]; mayStopOnly: PersonId[] } | { known: false; why: 'no_birth_date' | 'nobody' }

/** From this birthday a pupil decides (P01; UAVG art. 5). */
export const DECIDES_FROM = 16

/**
 * Who may answer a question about this subject at `at`, and who may only stop what was given.
 *
 *     pupil under 16                     guardians with authority `yes` decide; the pupil may stop
 *     pupil from 16                      the pupil decides, alone
 *     pupil from 16, curator or mentor   they decide (UAVG art. 5(1)); the pupil may stop
 *     employee                           decides, whoever else stands by
 *     no birth date, or nobody           not known
 *
 * A guardian with a `no` in force does not decide, whatever else is recorded of them. The pupil may always stop what
 * was given about them, also when it is not known who may give. Does NOT look at who asks, nor at the item.
 */
export function whoMayAnswer(subject: SubjectFacts, at: Date): Deciders {
  const self: Decider = { personId: subject.personId, authority: 'self', guardianshipId: null }
  const age = subject.birthDate === null ? undefined : ageOn(subject.birthDate, amsterdamDay(at))
  if (subject.kind === 'employee' && (age === undefined || age >= DECIDES_FROM)) return { known: true, deciders: [self], mayStopOnly: [] }
  if (age === undefined) return { known: false, why: 'no_birth_date' }

  const authorised = guardianshipsWithAuthority(subject.guardianships, at)
  if (age < DECIDES_FROM) {
    if (authorised.length === 0) return { known: false, why: 'nobody' }
    return { known: true, deciders: onePerGuardian(authorised), mayStopOnly: [subject.personId] }
  }
  const protectors = authorised.filter(({ kind }) => kind === 'curator' || kind === 'mentor')
  if (protectors.length > 0) return { known: true, deciders: onePerGuardian(protectors), mayStopOnly: [subject.personId] }
  return { known: true, deciders: [self], mayStopOnly: [] }
}

function guardianshipsWithAuthority(guardianships: Guardianship[], at: Date): Guardianship[] {
  const current = guardianships.filter((guardianship) => inForce(guardianship, at))
  const barred = new Set(current.filter(({ authority }) => authority === 'no').map(({ guardianId }) => guardianId))
  return current.filter(({ authority, guardianId }) => authority === 'yes' && !barred.has(guardianId))
}

/** Each guardian once, by their newest interval, in the order of their ids: the answer does not hang on the order of rows. */
function onePerGuardian(guardianships: Guardianship[]): Decider[] {
  const newestLast = guardianships.toSorted(
    (a, b) => a.startsAt.getTime() - b.startsAt.getTime() || (a.guardianshipId < b.guardianshipId ? -1 : 1),
  )
  const perGuardian = new Map(newestLast.map(({ guardianId, guardianshipId }) => [guardianId, guardianshipId]))
  return [...perGuardian]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([personId, guardianshipId]) => ({ personId, authority: 'guardianship', guardianshipId }))
}
