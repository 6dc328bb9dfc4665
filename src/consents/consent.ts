import type { Approach } from '../approach.ts'
import { type LegalBasis, mayBeObjectedTo } from '../catalog/legal-basis.ts'
import { amsterdamDay } from '../clock.ts'
import type { BoardId, ConsentId, ItemId, ObjectionId, PersonId } from '../ids.ts'
import { ageOn } from '../people/age.ts'
import { inForce } from '../people/interval.ts'
import { type Decider, whoMayAnswer } from '../people/who-may-answer.ts'
import { Refusal } from '../refusal.ts'
import { latestPerDecider } from './outcome.ts'
import { type GivenAnswer, outcomeAt, type Question } from './whose-answers-count.ts'

export interface Objection {
  objectionId: ObjectionId
  madeBy: PersonId
  madeAt: Date
  decided: { at: Date; granted: boolean } | null
}

/** An answer that was taken back, and the revision that did. */
export interface UndoneAnswer extends GivenAnswer {
  undoneIn: number
  undoneAt: Date
}

/** One item for one subject, with everything its state follows from. */
export interface Consent {
  boardId: BoardId
  consentId: ConsentId
  itemId: ItemId
  approach: Approach
  legalBasis: LegalBasis
  question: Question
  askedAt: Date
  /** Before this nobody sees or answers it; absent is from the moment it was asked. */
  opensAt?: Date | null
  revision: number
  answers: readonly GivenAnswer[]
  /** Answers that were taken back; they count for nothing any more. Absent where they were not read. */
  undone?: readonly UndoneAnswer[]
  objections: readonly Objection[]
  ended: { at: Date; as: 'withdrawn' | 'invalidated' | 'lapsed' | 'expired'; by: string } | null
}

/**
 *     unanswered ⇄ given ⇄ conflict ⇄ refused      while open, deciders may change their minds; the latest of each counts
 *          │         │        │          │
 *          ╰─────────┴────┬───┴──────────╯
 *      withdrawn · invalidated · lapsed · expired   the end: a later yes needs a new consent
 *
 *     unknown    nobody may answer: counts as no
 *     informed   the item rests on another basis: there is nothing to answer
 */
export type ConsentState =
  | { state: 'unanswered' }
  | { state: 'given'; datatypes: string[]; until: Date }
  | { state: 'refused' }
  | { state: 'conflict' }
  | { state: 'unknown' }
  | { state: 'informed' }
  | { state: 'withdrawn'; at: Date; by: string }
  | { state: 'invalidated'; at: Date; by: string }
  | { state: 'lapsed'; at: Date; by: string }
  | { state: 'expired'; at: Date; by: string }

export type State = ConsentState['state']

/** The state at a moment. Expiry holds on read, before any job ran. */
export function stateOf(consent: Consent, at: Date): ConsentState {
  const { ended } = consent
  if (ended) return { state: ended.as, at: ended.at, by: ended.by }
  const expiresAt = expiryOf(consent)
  if (expiresAt <= at) return { state: 'expired', at: expiresAt, by: 'job' }
  if (consent.legalBasis !== 'consent') return { state: 'informed' }
  const { kind: state, ...facts } = outcomeAt(consent.question, consent.answers, at)
  return { state, ...facts } as ConsentState
}

/** Whether there is an answer to fetch, be it a yes, a no or an end. What is not decided may still become either. */
export function isDecided(consent: Consent, at: Date): boolean {
  return !['unanswered', 'conflict', 'unknown'].includes(stateOf(consent, at).state)
}

/**
 * When a consent is over by itself: with its item, or when the yes that was given for a shorter time has run out. It hangs
 * on the latest answers alone and not on who may answer now, so that nothing that happens later takes it back.
 */
export function expiryOf({ question: { rule, asked }, answers }: Consent): Date {
  const yeses = latestPerDecider(answers).filter(({ answer }) => answer === 'yes')
  if (yeses.length === 0) return asked.endsAt
  const ends = yeses.map(({ untilAt }) => Math.min(untilAt?.getTime() ?? Infinity, asked.endsAt.getTime()))
  return new Date(rule === 'any' ? Math.max(...ends) : Math.min(...ends))
}

/** On the bases where one may object, whether an objection keeps the data back (GDPR art. 21): pending and granted ones do. */
export function objectionHolds({ objections }: Consent): 'none' | 'pending' | 'granted' | 'rejected' {
  const latest = [...objections].sort((a, b) => a.madeAt.getTime() - b.madeAt.getTime()).at(-1)
  if (!latest) return 'none'
  return latest.decided === null ? 'pending' : latest.decided.granted ? 'granted' : 'rejected'
}

export interface Reply {
  answer: 'yes' | 'no'
  /** A part of what was asked; absent or null is everything. Nothing at all is a no. */
  datatypes?: readonly string[] | null
  /** Before the item ends; absent or null is to its end. */
  untilAt?: Date | null
}

/**
 * Whether this person may answer so now.
 *
 * @returns what justifies the answer, and the answer as it is to be kept
 * @throws Refusal `not_your_consent`, `may_stop_not_give`, `consent_ended`, `round_not_open`, `basis_is_not_consent`, `answer_widens`
 */
export function answerBy(consent: Consent, by: PersonId, reply: Reply, at: Date): { decider: Decider; reply: Required<Reply> } {
  const decider = mustDecide(consent, by, at)
  mustBeOpen(consent, at)
  if (consent.opensAt && at < consent.opensAt) throw new Refusal('round_not_open')
  if (consent.legalBasis !== 'consent') throw new Refusal('basis_is_not_consent')
  const asked = consent.question.asked
  const datatypes = reply.datatypes ?? null
  const untilAt = reply.untilAt ?? null
  if (datatypes?.some((datatype) => !asked.datatypes.includes(datatype))) throw new Refusal('answer_widens')
  if (untilAt && (untilAt > asked.endsAt || untilAt <= at)) throw new Refusal('answer_widens')
  const nothing = datatypes !== null && datatypes.length === 0 && asked.datatypes.length > 0
  if (reply.answer === 'no' || nothing) return { decider, reply: { answer: 'no', datatypes: null, untilAt: null } }
  const everything = datatypes === null || asked.datatypes.every((datatype) => datatypes.includes(datatype))
  const part = everything ? null : asked.datatypes.filter((datatype) => datatypes.includes(datatype))
  return { decider, reply: { answer: 'yes', datatypes: part, untilAt } }
}

/**
 * Whether this person may stop it now: whoever may answer, the pupil in any case, and a parent of a minor of sixteen or
 * older who gave it and still has authority.
 *
 * @throws Refusal `not_your_consent`, `consent_ended`, `consent_not_given`
 */
export function mayWithdraw(consent: Consent, by: PersonId, at: Date): void {
  if (!mayStop(consent, by, at)) throw new Refusal('not_your_consent')
  mustHaveYes(consent, at)
}

/**
 * Whether there is a yes to stop, whoever stops it.
 *
 * @throws Refusal `consent_ended`, `consent_not_given`
 */
function mustHaveYes(consent: Consent, at: Date): void {
  mustBeOpen(consent, at)
  if (!latestPerDecider(consent.answers).some(({ answer }) => answer === 'yes')) throw new Refusal('consent_not_given')
}

/**
 * Entered by mistake: only what was entered can be.
 *
 * @throws Refusal `consent_ended`, `consent_not_given` when nothing was answered
 */
export function mayInvalidate(consent: Consent, at: Date): void {
  mustBeOpen(consent, at)
  if (consent.answers.length === 0) throw new Refusal('consent_not_given')
}

/** @throws Refusal `not_your_consent`, `consent_ended`, `objection_not_possible`, `objection_pending` */
export function mayObject(consent: Consent, by: PersonId, at: Date): void {
  if (!mayStop(consent, by, at)) throw new Refusal('not_your_consent')
  mustBeOpen(consent, at)
  if (!mayBeObjectedTo(consent.legalBasis)) throw new Refusal('objection_not_possible')
  const holds = objectionHolds(consent)
  if (holds === 'pending') throw new Refusal('objection_pending')
  if (holds === 'granted') throw new Refusal('objection_not_possible')
}

/** What ended stays ended. @throws Refusal `consent_ended` */
export function mustBeOpen(consent: Consent, at: Date): void {
  if (consent.ended || expiryOf(consent) <= at) throw new Refusal('consent_ended')
}

/**
 * Who may answer it now: what justifies their answer.
 *
 * @throws Refusal `not_your_consent`, `may_stop_not_give`
 */
export function mustDecide({ question: { subject } }: Consent, by: PersonId, at: Date): Decider {
  const may = whoMayAnswer(subject, at)
  const decider = may.known ? may.deciders.find(({ personId }) => personId === by) : undefined
  if (decider) return decider
  throw new Refusal(by === subject.personId ? 'may_stop_not_give' : 'not_your_consent')
}

/**
 * Whoever may answer, the pupil, and a parent of a minor who gave it, until the pupil has spoken: what the pupil answers is
 * the pupil's. Does NOT look at the state.
 */
export function mayStop({ question: { subject }, answers }: Consent, by: PersonId, at: Date): boolean {
  if (by === subject.personId) return true
  const may = whoMayAnswer(subject, at)
  if (may.known && may.deciders.some(({ personId }) => personId === by)) return true
  const minor = subject.birthDate !== null && ageOn(subject.birthDate, amsterdamDay(at)) < 18
  if (!minor || answers.some(({ authority }) => authority === 'self')) return false
  const mine = latestPerDecider(answers).find(({ deciderId, answer }) => deciderId === by && answer === 'yes')
  return subject.guardianships.some(
    (interval) => interval.guardianshipId === mine?.guardianshipId && interval.authority === 'yes' && inForce(interval, at),
  )
}

/** Tells the answers that stand from those that were taken back. What was taken back before its revision was kept is left out. */
export function standingAndUndone(
  answers: readonly (GivenAnswer & { undoneAt: Date | null; undoneIn: number | null })[],
): Pick<Consent, 'answers' | 'undone'> {
  return {
    answers: answers.filter(({ undoneAt }) => undoneAt === null),
    undone: answers.flatMap(({ undoneAt, undoneIn, ...answer }) =>
      undoneAt && undoneIn !== null ? [{ ...answer, undoneAt, undoneIn }] : [],
    ),
  }
}
