import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { PersonId } from '../ids.ts'

/** Whether a person of the actor's board is the actor: the same person, or another one of the same account. */
export async function isSameHuman(tx: Tx, actor: PersonActor, personId: PersonId): Promise<boolean> {
  if (personId === actor.personId) return true
  const claimed = await tx
    .selectFrom('account_persons')
    .select('account_id')
    .where('board_id', '=', actor.boardId)
    .where('person_id', '=', personId) // account_persons_one_account_per_person
    .executeTakeFirst()
  return claimed?.account_id === actor.accountId
}
