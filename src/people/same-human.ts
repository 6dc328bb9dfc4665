import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { PersonId } from '../ids.ts'
import type { SubjectFacts } from './who-may-answer.ts'

/** Whether the actor is one of these persons of the actor's board: the same person, or another one of the same account. */
export async function isSameHuman(tx: Tx, actor: PersonActor, ...personIds: PersonId[]): Promise<boolean> {
  if (personIds.includes(actor.personId)) return true
  const claimed = await tx
    .selectFrom('account_persons')
    .select('person_id')
    .where('board_id', '=', actor.boardId)
    .where('person_id', 'in', personIds) // account_persons_one_account_per_person
    .where('account_id', '=', actor.accountId)
    .limit(1)
    .executeTakeFirst()
  return claimed !== undefined
}

/** The subject and everybody who is or was something to them, with authority or without: who acts for the school is none of these. */
export function familyOf({ personId, guardianships }: SubjectFacts): PersonId[] {
  return [personId, ...guardianships.map(({ guardianId }) => guardianId)]
}
