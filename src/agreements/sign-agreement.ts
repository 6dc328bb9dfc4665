import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { sign } from './agreement.ts'
import { mustBeSignatory } from './mandates.ts'
import { mustNameParties } from './parties.ts'
import { lockAgreement } from './store.ts'
import { agreementText, supplierOf } from './text.ts'

/**
 * A signatory of the board signs a checked agreement (P18): it is in force from its start. The bytes that were read are
 * kept; their hash is in the ledger.
 *
 * @param textHash of the text that was read, from `agreementText`
 * @throws Refusal `signatory_only`, `agreement_not_found`
 * @throws Refusal `agreement_not_checked`, `agreement_already_signed`, `agreement_ended`, `deviation_unmotivated`
 * @throws Refusal `parties_incomplete` (M01)
 * @throws Refusal `signed_text_differs` when it is no longer what was read
 */
export async function signAgreement(
  deps: Deps,
  actor: PersonActor,
  { agreementId, textHash }: { agreementId: AgreementId; textHash: string },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustBeSignatory(tx, actor, at)
    const agreement = await lockAgreement(tx, boardId, agreementId, at)
    const { text, hash } = await agreementText(tx, agreement)
    const signed = sign(agreement, { signedBy: actor.personId, signedText: text, signedHash: Buffer.from(hash, 'hex') }, at)
    mustNameParties(agreement, await boardById(tx, boardId), await supplierOf(tx, agreement))
    if (hash !== textHash) throw new Refusal('signed_text_differs')
    const { numUpdatedRows } = await tx
      .updateTable('supplier_agreements')
      .set({ signed_at: signed.signedAt, signed_by: signed.signedBy, signed_text: signed.signedText, signed_hash: signed.signedHash })
      .where('board_id', '=', boardId)
      .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
      .where('checked_at', 'is not', null)
      .where('rejected_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .where('signed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('agreement_already_signed')
    await enqueueEvent(tx, {
      boardId,
      approach: 'organisation',
      receiverId: signed.supplierId,
      event: 'agreement_signed',
      ref: agreementId,
      facts: { startsAt: signed.startsAt, endsAt: signed.endsAt },
      at,
    })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'agreement_signed',
      actor: `person:${actor.personId}`,
      ref: agreementId,
      facts: { textHash: hash },
    })
  })
}
