import type { MemberActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import type { AgreementId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName } from '../members/acting.ts'
import { mustBeMember } from '../members/members.ts'
import { Refusal } from '../refusal.ts'
import { signAsSupplier } from './agreement.ts'
import { boardOfAgreement } from './at-its-board.ts'
import { lockAgreement } from './store.ts'

/**
 * Somebody of the supplier signs what the board signed, byte for byte, and the agreement has both dates. It was in force
 * already: what the supplier offered binds it.
 *
 * @param textHash of the text that was read
 * @throws Refusal `member_role_missing`, `sign_in_again`, `agreement_not_found` also for another supplier's
 * @throws Refusal `agreement_not_in_force` before the board signed, `agreement_ended`, `agreement_already_signed`
 * @throws Refusal `signed_text_differs` when it is not what the board signed
 */
export async function signAgreementAsSupplier(
  deps: Deps,
  actor: MemberActor,
  { agreementId, textHash }: { agreementId: AgreementId; textHash: string },
): Promise<void> {
  const at = deps.now()
  const boardId = await boardOfAgreement(deps, actor.supplierId, agreementId)
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const { name } = await mustBeMember(tx, actor, ['contracts'])
    mustBeFresh(actor, at)
    const by = actorName(actor)
    const signed = signAsSupplier(await lockAgreement(tx, boardId, agreementId, at), { at, by, name })
    if (Buffer.from(signed.signedHash).toString('hex') !== textHash) throw new Refusal('signed_text_differs')
    const { numUpdatedRows } = await tx
      .updateTable('supplier_agreements')
      .set({ supplier_signed_at: at, supplier_signed_by: by, supplier_signed_name: name })
      .where('board_id', '=', boardId)
      .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
      .where('signed_at', 'is not', null)
      .where('supplier_signed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('agreement_already_signed')
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'agreement_signed_by_supplier',
      actor: by,
      ref: agreementId,
      facts: { textHash },
    })
  })
}
