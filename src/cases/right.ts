import type { DutyKind } from '../agreements/duties.ts'
import { amsterdamDay } from '../clock.ts'
import type { PersonId } from '../ids.ts'
import { ageOn } from '../people/age.ts'
import { DECIDES_FROM, type SubjectFacts, whoMayAnswer } from '../people/who-may-answer.ts'
import { daysFrom, monthsFrom } from './calendar.ts'

/** The rights a person has about their data: GDPR art. 15, 16, 17, 21, 18 and 20. */
export const RIGHTS = ['access', 'rectification', 'erasure', 'objection', 'restriction', 'portability'] as const
export type Right = (typeof RIGHTS)[number]

/** How long a school has for an objection (P21). */
const OBJECTION_CASE_DAYS = 28

/** When the school, or the company, must have answered: in a month (GDPR art. 12(3)); on an objection in four weeks (P21). */
export function dueAt(kind: Right, receivedAt: Date): Date {
  return kind === 'objection' ? daysFrom(receivedAt, OBJECTION_CASE_DAYS) : monthsFrom(receivedAt, 1)
}

/** With two further months, where the request is hard (GDPR art. 12(3)). An objection has its four weeks and no more. */
export function extendedDueAt(kind: Right, receivedAt: Date): Date | undefined {
  return kind === 'objection' ? undefined : monthsFrom(receivedAt, 3)
}

/** What a company has to do when somebody uses this right (M17). */
export const TASK_OF: Record<Right, DutyKind> = {
  access: 'disclose',
  rectification: 'correct',
  erasure: 'destroy',
  objection: 'stop',
  restriction: 'restrict',
  portability: 'disclose',
}

/**
 * Whether this person may use the rights of that one: everybody their own, but of a pupil under sixteen the guardians with
 * authority, and a curator or mentor where there is one (UAVG art. 5; P01, P20).
 *
 * @param isPupil whether the subject is or was enrolled: whoever only stands for a child is an adult, whatever the register lacks
 */
export function mayUseRightsOf(subject: SubjectFacts, by: PersonId, isPupil: boolean, at: Date): boolean {
  const may = whoMayAnswer(subject, at)
  if (may.known && may.deciders.some(({ personId }) => personId === by)) return true
  if (subject.personId !== by || subject.guardianships.some(({ kind }) => kind === 'curator' || kind === 'mentor')) return false
  return subject.birthDate === null ? !isPupil : ageOn(subject.birthDate, amsterdamDay(at)) >= DECIDES_FROM
}
