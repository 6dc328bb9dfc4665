import type { PersonActor } from '../actors.ts'
import { type NewApproval, recordCouncilApproval } from '../agreements/council-approval.ts'
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
 * Records the council's consent to this round: without it no round of staff goes out, nor one for parents where the board's
 * policy asks for it (P22). One round has one.
 *
 * @throws Refusal as `holdDraft` and `recordCouncilApproval`; `changed_meanwhile` when it has one already
 */
export async function recordApprovalOfDraft(
  deps: Deps,
  actor: PersonActor,
  { roundId, ...approval }: NewApproval & { roundId: RoundId },
): Promise<ApprovalId> {
  return await recordCouncilApproval(deps, actor, { ...approval, ref: roundId }, async (tx, approvalId, at) => {
    const round = await holdDraft(tx, actor, roundId, at)
    if (round.councilApprovalId) throw new Refusal('changed_meanwhile')
    await tx
      .updateTable('rounds')
      .set({ council_approval_id: approvalId })
      .where('board_id', '=', actor.boardId)
      .where('round_id', '=', roundId) // rounds_pkey
      .execute()
    await countChange(tx, actor, round, at)
  })
}
