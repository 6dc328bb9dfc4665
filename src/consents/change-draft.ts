import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ApprovalId, RoundId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { type Audience, mustBeWithin } from './audience.ts'
import { roundWords } from './draft-round.ts'
import { countChange, holdDraft } from './hold-draft.ts'

/** A change names the revision it was made on. */
interface OfDraft {
  roundId: RoundId
  seen: number
}

/**
 * Gives a draft another title, or other undertakings.
 *
 * @throws Refusal as `holdDraft`; `input_invalid` naming the field
 */
export async function rewordRound(deps: Deps, actor: PersonActor, input: OfDraft & { title: string; undertakings: string }): Promise<void> {
  const at = deps.now()
  const words = roundWords(input)
  await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    const round = await holdDraft(tx, actor, input.roundId, at, input.seen)
    await tx.updateTable('rounds').set(words).where('board_id', '=', actor.boardId).where('round_id', '=', round.roundId).execute() // rounds_pkey
    await countChange(tx, actor, round, at)
  })
}

/**
 * Says whom a draft is for. Who is named and does not belong to the board, or to the one school of the round, is no part
 * of it.
 *
 * @throws Refusal as `holdDraft`; `not_allowed` for somebody of another school than the round's
 */
export async function setAudience(deps: Deps, actor: PersonActor, input: OfDraft & { audience: Audience }): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    const round = await holdDraft(tx, actor, input.roundId, at, input.seen)
    await mustBeWithin(tx, actor.boardId, input.audience, round, at)
    await tx
      .updateTable('rounds')
      .set({ audience: input.audience })
      .where('board_id', '=', actor.boardId)
      .where('round_id', '=', round.roundId) // rounds_pkey
      .execute()
    await countChange(tx, actor, round, at)
  })
}

/**
 * Writes down that the council's consent was recorded for this round: without it no round of staff goes out, nor one for
 * parents where the board's policy asks for it (P22).
 *
 * @throws Refusal as `holdDraft`; `council_approval_missing` when there is no such approval; `changed_meanwhile` when it leans on
 *   another already
 */
export async function leanOnApproval(
  deps: Deps,
  actor: PersonActor,
  { roundId, approvalId }: { roundId: RoundId; approvalId: ApprovalId },
): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    const round = await holdDraft(tx, actor, roundId, at)
    if (round.councilApprovalId && round.councilApprovalId !== approvalId) throw new Refusal('changed_meanwhile')
    const approval = await tx
      .selectFrom('council_approvals')
      .select('approval_id')
      .where('board_id', '=', actor.boardId)
      .where('approval_id', '=', approvalId) // council_approvals_pkey
      .executeTakeFirst()
    if (!approval) throw new Refusal('council_approval_missing')
    await tx
      .updateTable('rounds')
      .set({ council_approval_id: approvalId })
      .where('board_id', '=', actor.boardId)
      .where('round_id', '=', roundId) // rounds_pkey
      .execute()
    await countChange(tx, actor, round, at)
  })
}
