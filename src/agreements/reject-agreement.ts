import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { reject } from './agreement.ts'
import { SCHOOL_SIDE } from './mandates.ts'
import { lockAgreement } from './store.ts'

/**
 * The school, or the signatory, says no to an agreement that is not signed yet. It stays as it is; a new draft follows.
 *
 * @param because for the supplier to read
 * @throws Refusal `mandate_missing`, `agreement_not_found`, `agreement_not_draft`, `agreement_already_signed`, `agreement_ended`
 */
export async function rejectAgreement(
  deps: Deps,
  actor: PersonActor,
  { agreementId, because }: { agreementId: AgreementId; because: string },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const rejected = reject(await lockAgreement(tx, boardId, agreementId, at), because, at)
    const { numUpdatedRows } = await tx
      .updateTable('supplier_agreements')
      .set({ rejected_at: rejected.rejectedAt, rejected_because: rejected.rejectedBecause })
      .where('board_id', '=', boardId)
      .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
      .where('rejected_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .where('signed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('agreement_already_signed')
    await enqueueEvent(tx, {
      boardId,
      approach: 'organisation',
      receiverId: rejected.supplierId,
      event: 'agreement_rejected',
      ref: agreementId,
      at,
    })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'agreement_rejected',
      actor: `person:${actor.personId}`,
      ref: agreementId,
    })
  })
}
