import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AddendumId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { rejectedAddendum } from './addendum.ts'
import { addendumToChange } from './addendum-store.ts'
import { SCHOOL_SIDE } from './mandates.ts'

/**
 * The school, or the signatory, says no to an addendum that is not signed yet. What the agreement covered it still covers.
 *
 * @throws Refusal `mandate_missing`, `addendum_not_found`, `addendum_not_draft`, `addendum_already_signed`
 */
export async function rejectAddendum(
  deps: Deps,
  actor: PersonActor,
  { addendumId, because }: { addendumId: AddendumId; because: string },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const rejected = rejectedAddendum(await addendumToChange(tx, boardId, addendumId), because, at)
    const { numUpdatedRows } = await tx
      .updateTable('addenda')
      .set({ rejected_at: rejected.rejectedAt, rejected_because: rejected.rejectedBecause })
      .where('board_id', '=', boardId)
      .where('addendum_id', '=', addendumId) // addenda_pkey
      .where('signed_at', 'is', null)
      .where('rejected_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('addendum_already_signed')
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'addendum_rejected',
      actor: `person:${actor.personId}`,
      ref: addendumId,
      facts: { agreementId: rejected.agreementId },
    })
  })
}
