import type { PersonActor, SupplierActor } from '../actors.ts'
import type { Scope, Tx } from '../database.ts'
import type { BoardId, SupplierId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { SCHOOL_SIDE } from './mandates.ts'

/** Who puts an agreement or addendum on the table: usually the supplier (P17), also the school or the operator for it. */
export type Drafter = PersonActor | SupplierActor | 'operator'

export const isSupplier = (drafter: Drafter): drafter is SupplierActor => drafter !== 'operator' && 'supplierId' in drafter

export function ledgerActorOf(drafter: Drafter): LedgerActor {
  if (drafter === 'operator') return 'operator'
  return 'personId' in drafter ? `person:${drafter.personId}` : actorName(drafter)
}

export function scopeOf(drafter: Drafter, boardId: BoardId): Scope {
  if (drafter === 'operator') return { actor: 'operator', boards: [boardId] }
  return 'personId' in drafter ? { actor: 'staff', boards: [boardId] } : { actor: 'client', boards: [boardId] }
}

/**
 * Lets a supplier draft for itself, staff for their own board, the operator for anybody.
 *
 * @throws Refusal `mandate_missing`, `board_not_found`, `supplier_not_found`, `member_role_missing`
 */
export async function mustMayDraft(tx: Tx, drafter: Drafter, boardId: BoardId, supplierId: SupplierId, at: Date): Promise<void> {
  if (drafter === 'operator') return
  if ('personId' in drafter) {
    if (drafter.boardId !== boardId) throw new Refusal('board_not_found')
    await mustHold(tx, drafter, SCHOOL_SIDE, at)
    return
  }
  if (drafter.supplierId !== supplierId) throw new Refusal('supplier_not_found')
  await mustActFor(tx, drafter, ['contracts'])
}
