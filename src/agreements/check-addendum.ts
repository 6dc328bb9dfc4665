import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AddendumId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { checkedAddendum } from './addendum.ts'
import { addendumToChange } from './addendum-store.ts'
import { SCHOOL_SIDE } from './mandates.ts'

/**
 * The school found an addendum in order; a signatory signs it next.
 *
 * @throws Refusal `mandate_missing`, `addendum_not_found`, `addendum_not_draft`
 */
export async function checkAddendum(deps: Deps, actor: PersonActor, { addendumId }: { addendumId: AddendumId }): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const checked = checkedAddendum(await addendumToChange(tx, boardId, addendumId), actor.personId, at)
    const { numUpdatedRows } = await tx
      .updateTable('addenda')
      .set({ checked_at: checked.checkedAt, checked_by: checked.checkedBy })
      .where('board_id', '=', boardId)
      .where('addendum_id', '=', addendumId) // addenda_pkey
      .where('checked_at', 'is', null)
      .where('rejected_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('addendum_not_draft')
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'addendum_checked',
      actor: `person:${actor.personId}`,
      ref: addendumId,
      facts: { agreementId: checked.agreementId },
    })
  })
}
