import type { SupplierActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AddendumId, AgreementId, BoardId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { actorName } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { withdrawnAddendum } from './addendum.ts'
import { addendumToChange } from './addendum-store.ts'
import { withdraw } from './agreement.ts'
import { atItsBoard } from './at-its-board.ts'
import { lockAgreement } from './store.ts'

/**
 * A supplier takes its proposal of an agreement back, until it is signed: the school checks and signs it no more.
 *
 * @throws Refusal `member_role_missing`, `agreement_not_found` also for another supplier's, `not_allowed` for what the school drafted
 * @throws Refusal `agreement_not_draft` when it was rejected or withdrawn, `agreement_already_signed`, `agreement_ended`
 */
export async function withdrawAgreement(deps: Deps, actor: SupplierActor, agreementId: AgreementId): Promise<void> {
  const at = deps.now()
  await atItsBoard(deps, actor, agreementId, async (tx, boardId) => {
    await append(tx, await withdrawIn(tx, { boardId, agreementId }, actorName(actor), null, at))
  })
}

/**
 * As `withdrawAgreement`, in the transaction that proposes another in its place.
 *
 * @param succeededBy what takes its place, if anything does
 * @returns what the caller appends to the ledger
 * @throws Refusal as `withdrawAgreement`
 */
export async function withdrawIn(
  tx: Tx,
  { boardId, agreementId }: { boardId: BoardId; agreementId: AgreementId },
  by: LedgerActor,
  succeededBy: AgreementId | null,
  at: Date,
): Promise<LedgerEntry> {
  const proposed = await lockAgreement(tx, boardId, agreementId, at)
  if (!isOfSupplier(proposed.draftedBy)) throw new Refusal('not_allowed')
  const withdrawn = withdraw(proposed, succeededBy, at)
  const { numUpdatedRows } = await tx
    .updateTable('supplier_agreements')
    .set({ withdrawn_at: withdrawn.withdrawnAt, withdrawn_by: by, succeeded_by: succeededBy })
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
    .where('signed_at', 'is', null)
    .where('rejected_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('agreement_already_signed')
  return { boardId, approach: 'organisation', at, event: 'agreement_withdrawn', actor: by, ref: agreementId, facts: { succeededBy } }
}

/**
 * A supplier takes an addendum back that it proposed, until it is signed.
 *
 * @throws Refusal `member_role_missing`, `agreement_not_found` also for another supplier's, `addendum_not_found` also for another agreement's
 * @throws Refusal `not_allowed` for what the school drafted, `addendum_not_draft`, `addendum_already_signed`
 */
export async function withdrawAddendum(
  deps: Deps,
  actor: SupplierActor,
  { agreementId, addendumId }: { agreementId: AgreementId; addendumId: AddendumId },
): Promise<void> {
  const at = deps.now()
  await atItsBoard(deps, actor, agreementId, async (tx, boardId) => {
    const proposed = await addendumToChange(tx, boardId, addendumId)
    if (proposed.agreementId !== agreementId) throw new Refusal('addendum_not_found')
    if (!isOfSupplier(proposed.draftedBy)) throw new Refusal('not_allowed')
    const by = actorName(actor)
    const { numUpdatedRows } = await tx
      .updateTable('addenda')
      .set({ withdrawn_at: withdrawnAddendum(proposed, at).withdrawnAt, withdrawn_by: by })
      .where('board_id', '=', boardId)
      .where('addendum_id', '=', addendumId) // addenda_pkey
      .where('signed_at', 'is', null)
      .where('rejected_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('addendum_already_signed')
    const facts = { agreementId }
    await append(tx, { boardId, approach: 'organisation', at, event: 'addendum_withdrawn', actor: by, ref: addendumId, facts })
  })
}

/** Whether the supplier itself proposed it, by its program or in the web app. */
export const isOfSupplier = (draftedBy: string) => draftedBy.startsWith('member:') || draftedBy.startsWith('client:')
