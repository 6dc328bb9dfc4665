import { addDays, amsterdamDay } from '../clock.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { birthdayOn } from '../people/age.ts'
import { DECIDES_FROM } from '../people/who-may-answer.ts'
import { stateOf } from './consent.ts'
import { tellOnce } from './notices.ts'
import { consentsAbout } from './store.ts'

/** A job that did not run for so long still tells them. */
const LATE_DAYS = 7

/**
 * Tells pupils who turned sixteen that from now on they decide, when something is asked or given about them (P01): what
 * their parents gave stands, or waits for them, and they can stop it at once. A job; each is told once.
 *
 * @returns how many were told
 */
export async function tellWhoTurnedSixteen(deps: Deps, boardId: BoardId): Promise<number> {
  const at = deps.now()
  const today = amsterdamDay(at)
  const since = addDays(today, -LATE_DAYS)
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const rows = await tx
      .selectFrom('persons')
      .select(['person_id', 'birth_date'])
      .where('board_id', '=', boardId) // persons_pkey
      .where('birth_date', '>=', yearsBefore(since))
      .where('birth_date', '<=', yearsBefore(today))
      .where('erased_at', 'is', null)
      .execute()
    const sixteen = rows.filter(({ birth_date }) => birth_date !== null && isBetween(birthdayOn(birth_date, DECIDES_FROM), since, today))
    const concerned = new Set<PersonId>()
    for (const consent of await consentsAbout(
      tx,
      boardId,
      sixteen.map(({ person_id }) => person_id),
    )) {
      const { state } = stateOf(consent, at)
      if (state === 'given' || state === 'unanswered' || state === 'conflict') concerned.add(consent.question.subject.personId)
    }
    return await tellOnce(tx, deps, at, boardId, [...concerned], 'sixteen', '/questions')
  })
}

/** The same day sixteen years before, a day early: 29 February has no such day in every year, and the birthday decides. */
function yearsBefore(day: string): string {
  return `${Number(day.slice(0, 4)) - DECIDES_FROM}${day.slice(4) === '-02-29' ? '-02-28' : day.slice(4)}`
}

function isBetween(day: string, from: string, until: string): boolean {
  return day >= from && day <= until
}
