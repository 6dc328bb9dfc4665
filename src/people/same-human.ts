import { sql } from 'kysely'
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

/**
 * Whether the actor, or another person of the same account, is this person, or is or was tied to them by a child: as its
 * guardian, as its other guardian, or as the child. An authority that ended counts: it is then that it matters most.
 */
export async function isOwnFamily(tx: Tx, actor: PersonActor, personId: PersonId): Promise<boolean> {
  if (await isSameHuman(tx, actor, personId)) return true
  const { rows } = await sql<{ related: boolean }>`
    with mine as (
      select person_id from account_persons where account_id = ${actor.accountId} and board_id = ${actor.boardId} -- account_persons_pkey
      union select ${actor.personId}::uuid
    ), household as (
      select pupil_id, guardian_id from guardianships where board_id = ${actor.boardId} and pupil_id in (
        select pupil_id from guardianships where board_id = ${actor.boardId} and guardian_id in (select person_id from mine) -- guardianships_by_guardian
        union select person_id from mine
      )
    )
    select exists (select from household where ${personId}::uuid in (pupil_id, guardian_id)) as related
  `.execute(tx)
  return rows[0]!.related
}

/** The subject and everybody who is or was something to them, with authority or without: who acts for the school is none of these. */
export function familyOf({ personId, guardianships }: SubjectFacts): PersonId[] {
  return [personId, ...guardianships.map(({ guardianId }) => guardianId)]
}
