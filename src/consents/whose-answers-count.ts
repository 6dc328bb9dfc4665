import { startOfAmsterdamDay } from '../clock.ts'
import type { GuardianshipId } from '../ids.ts'
import { birthdayOn } from '../people/age.ts'
import { inForce } from '../people/interval.ts'
import { DECIDES_FROM, type Deciders, type SubjectFacts, whoMayAnswer } from '../people/who-may-answer.ts'
import { type Asked, type DeciderAnswer, type DecisionRule, latestPerDecider, type Outcome, outcomeOf } from './outcome.ts'

/** An answer with what justified it (INV-08). */
export interface GivenAnswer extends DeciderAnswer {
  authority: 'self' | 'guardianship'
  guardianshipId: GuardianshipId | null
  answeredAt: Date
  /** Staff recorded it: on paper, by telephone or at the desk. */
  byStaff?: true
}

/** What a board chose for the sixteenth birthday: what the guardians gave stands until its end, or waits for the pupil. */
export type AtSixteen = 'carry_over' | 'freeze'

/** One question about one subject: how it is decided and by whom. */
export interface Question {
  rule: DecisionRule
  asked: Asked
  subject: SubjectFacts
  atSixteen: AtSixteen
}

/**
 * What the answers come to at a moment, by who may answer then. `unknown` when nobody may: no yes stands, whoever gave it.
 *
 * An answer has its full force only as long as what justified it:
 *
 * - a yes of somebody who may no longer answer gives nothing;
 * - what they did not allow stays not allowed until somebody who may answer has spoken since: the end of an authority
 *   takes a no or a limit away from nobody;
 * - at sixteen, until the pupil speaks, what the guardians' answers came to on the eve stands (`carry_over`), or nothing
 *   does (`freeze`). From the pupil's first answer on only the pupil counts.
 *
 * Does NOT look at the time the item runs: `consent.ts` does.
 */
export function outcomeAt(question: Question, answers: readonly GivenAnswer[], at: Date): Outcome | { kind: 'unknown' } {
  const sixteenth = sixteenthBirthday(question.subject)
  const latest = latestPerDecider(answers)
  const nobodySpokeSince = !latest.some((answer) => holds(answer, question.subject, at))
  if (sixteenth && sixteenth <= at && question.atSixteen === 'carry_over' && nobodySpokeSince) {
    const onTheEve = tally(question, latest, new Date(sixteenth.getTime() - 1))
    if (onTheEve.kind !== 'unknown' && onTheEve.kind !== 'unanswered') return onTheEve
  }
  const now = tally(question, latest, at)
  return now.kind === 'given' ? { ...now, until: boundOf(now.until, question, latest, at) } : now
}

/** The moment a pupil begins to decide; undefined for staff and where no birth date is known. */
export function sixteenthBirthday(subject: SubjectFacts): Date | undefined {
  if (subject.kind !== 'pupil' || subject.birthDate === null) return undefined
  return startOfAmsterdamDay(birthdayOn(subject.birthDate, DECIDES_FROM))
}

function tally({ rule, asked, subject }: Question, latest: readonly GivenAnswer[], at: Date): Outcome | { kind: 'unknown' } {
  const may = decidersAt(subject, at)
  if (!may.known) return { kind: 'unknown' }
  const spoken = latest.filter((answer) => holds(answer, subject, at))
  const lingering = latest.filter((answer) => {
    if (spoken.includes(answer)) return false
    const lostAt = authorityLostAt(answer, subject, at)
    return !spoken.some(({ answeredAt }) => answeredAt >= lostAt)
  })
  const deciders = may.deciders.map(({ personId }) => personId)
  return outcomeOf(rule, asked, spoken, deciders, lingering)
}

/** Whether the author may still answer at `at`, by the very interval that justified the answer. */
function holds(answer: GivenAnswer, subject: SubjectFacts, at: Date): boolean {
  const may = decidersAt(subject, at)
  const decides =
    may.known && may.deciders.some(({ personId, authority }) => personId === answer.deciderId && authority === answer.authority)
  if (!decides || answer.authority === 'self') return decides
  const justifying = intervalOf(answer, subject)
  return justifying !== undefined && inForce(justifying, at)
}

/** `whoMayAnswer`, asked once for all questions about the same facts at the same moment: there may be thirty. */
function decidersAt(subject: SubjectFacts, at: Date): Deciders {
  const known = lastAsked.get(subject)
  if (known?.at === at.getTime()) return known.may
  const may = whoMayAnswer(subject, at)
  lastAsked.set(subject, { at: at.getTime(), may })
  return may
}

const lastAsked = new WeakMap<SubjectFacts, { at: number; may: Deciders }>()

function intervalOf(answer: GivenAnswer, subject: SubjectFacts) {
  return subject.guardianships.find(({ guardianshipId }) => guardianshipId === answer.guardianshipId)
}

/** The first moment after an answer at which its author no longer had the say; `at` when the register does not tell. */
function authorityLostAt(answer: GivenAnswer, subject: SubjectFacts, at: Date): Date {
  const changes = [sixteenthBirthday(subject), ...subject.guardianships.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt])]
  const lost = changes
    .filter((change): change is Date => change instanceof Date && change > answer.answeredAt && change <= at)
    .filter((change) => !holds(answer, subject, change))
  return lost.length === 0 ? at : new Date(Math.min(...lost.map((change) => change.getTime())))
}

/** A yes reaches no further than the interval of whoever gave it, nor past a sixteenth birthday that freezes it. */
function boundOf(until: Date, { subject, atSixteen }: Question, latest: readonly GivenAnswer[], at: Date): Date {
  const sixteenth = sixteenthBirthday(subject)
  const freezes = sixteenth && sixteenth > at && atSixteen === 'freeze' ? [sixteenth] : []
  const ends = latest
    .filter((answer) => answer.answer === 'yes' && holds(answer, subject, at))
    .flatMap((answer) => intervalOf(answer, subject)?.endsAt ?? [])
  return new Date(Math.min(...[until, ...freezes, ...ends].map((bound) => bound.getTime())))
}
