import type { SupplierActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { locate } from '../handles.ts'
import type { AgreementId, BoardId, SupplierId } from '../ids.ts'
import { mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'

/**
 * With which board a supplier has this agreement. Does NOT check who acts for the supplier.
 *
 * @throws Refusal `agreement_not_found` also for another supplier's
 */
export async function boardOfAgreement(deps: Deps, supplierId: SupplierId, agreementId: AgreementId): Promise<BoardId> {
  const located = await locate(deps.db, 'agreement', supplierId, agreementId)
  if (!located) throw new Refusal('agreement_not_found')
  return located.boardId
}

/**
 * Lets a supplier act on its agreement, in one transaction for the board it has it with.
 *
 * @throws Refusal `member_role_missing`, `agreement_not_found` also for another supplier's
 */
export async function atItsBoard(
  deps: Deps,
  actor: SupplierActor,
  agreementId: AgreementId,
  work: (tx: Tx, boardId: BoardId) => Promise<void>,
): Promise<void> {
  const boardId = await boardOfAgreement(deps, actor.supplierId, agreementId)
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await mustActFor(tx, actor, ['contracts'])
    await work(tx, boardId)
  })
}
