import type { SubjectFacts } from '../people/who-may-answer.ts'
import { type Consent, stateOf } from './consent.ts'
import { sixteenthBirthday } from './whose-answers-count.ts'

/** When something was handed out on a consent: a code, a refresh token, a question that waits for its answer. */
export interface HandedOut {
  /** Of the consent, then. */
  revision: number
  at: Date
  /** There was no answer yet: what counts begins when it first gave something. */
  awaiting?: boolean
}

/**
 * What a consent has given without a break since something was handed out on it. A no, an answer taken back, or an authority
 * that ended stops for good what was handed out before, also when somebody gives the same anew (INV-12): that takes a new
 * code or token. Derived from the answers and from who could answer when, as they were; nothing stores it.
 *
 * Does NOT look at what ended the consent itself, nor at anything else a grant leans on.
 *
 * @param at now
 * @returns the data sets, of those the item asks
 */
export function keptSince(consent: Consent, { revision, at: since, awaiting = false }: HandedOut, at: Date): string[] {
  const { answers, undone = [], question } = consent
  const ever = [...answers.map((answer) => ({ ...answer, undoneIn: Infinity })), ...undone]
  const acts = [
    ...ever.map((answer) => ({ revision: answer.revision, at: answer.answeredAt })),
    ...undone.map(({ undoneIn, undoneAt }) => ({ revision: undoneIn, at: undoneAt })),
  ]
    .filter((act) => act.revision > revision)
    .sort((a, b) => a.revision - b.revision)
  const turns = turnsOf(question.subject)
  let kept: string[] | undefined
  const steps = [{ revision, at: since }, ...acts]
  for (const [nr, step] of steps.entries()) {
    const then = {
      ...consent,
      ended: null,
      answers: ever.filter((answer) => answer.revision <= step.revision && answer.undoneIn > step.revision),
    }
    const until = steps[nr + 1]?.at ?? at
    for (const moment of [step.at, ...turns.filter((turn) => turn > step.at && turn < until)]) {
      const state = stateOf(then, moment)
      const given = state.state === 'given' ? state.datatypes : []
      if (awaiting && kept === undefined && given.length === 0) continue
      kept = kept === undefined ? given : kept.filter((datatype) => given.includes(datatype))
    }
  }
  return kept ?? []
}

/** When it may have changed who answers for somebody, in order. */
function turnsOf(subject: SubjectFacts): Date[] {
  return [sixteenthBirthday(subject), ...subject.guardianships.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt])]
    .filter((turn) => turn instanceof Date)
    .sort((a, b) => a.getTime() - b.getTime())
}
