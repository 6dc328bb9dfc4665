import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { BoardId, RoundId } from '../ids.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { ROUND_SIDE } from './draft-round.ts'
import { type Round, roundOf } from './rounds.ts'

/** Somebody who works for the board, in a session or in a job that goes on for them. */
export type Staff = Pick<PersonActor, 'boardId' | 'personId'>

/**
 * Takes hold of a draft for the rest of the transaction: two who change it come one after the other, and the second is
 * told when what they saw is not what is there.
 *
 * @param seen the revision that whoever acts has seen; absent where acting on another does no harm
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_already_published`, `changed_meanwhile`
 */
export async function holdDraft(tx: Tx, actor: Staff, roundId: RoundId, at: Date, seen?: number): Promise<Round> {
  const round = await holdRound(tx, actor, roundId, at)
  if (round.publishedAt) throw new Refusal('round_already_published')
  if (seen !== undefined && seen !== round.revision) throw new Refusal('changed_meanwhile')
  return round
}

/** As `holdDraft`, a draft or not. @throws Refusal `mandate_missing`, `round_not_found` */
export async function holdRound(tx: Tx, actor: Staff, roundId: RoundId, at: Date): Promise<Round> {
  await mustHold(tx, actor, ROUND_SIDE, at, 'any')
  const round = await heldRound(tx, actor.boardId, roundId)
  await mustHold(tx, actor, ROUND_SIDE, at, round.schoolId ?? undefined)
  return round
}

/** Whoever else takes hold of this round waits. Does NOT check who acts. @throws Refusal `round_not_found` */
export async function heldRound(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<Round> {
  const row = await tx
    .selectFrom('rounds')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // rounds_pkey
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new Refusal('round_not_found')
  return roundOf(row)
}

/** Counts a change of the draft and says whose it is. */
export async function countChange(tx: Tx, { boardId, personId }: PersonActor, { roundId, revision }: Round, at: Date): Promise<void> {
  await tx
    .updateTable('rounds')
    .set({ revision: revision + 1, changed_at: at, changed_by: personId })
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // rounds_pkey
    .execute()
}
