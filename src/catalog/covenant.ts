import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'

/** From when to when a supplier was a party to the privacy covenant (C30), as YYYY-MM-DD; nulls for who never joined, or never left. */
export interface CovenantDays {
  joinedOn: string | null
  leftOn: string | null
}

/** What a supplier is to the covenant on a day: a party, no party any more, or never one (C29, C30). */
export function covenantOn({ joinedOn, leftOn }: CovenantDays, day: string): 'party' | 'left' | 'never' {
  if (joinedOn === null || joinedOn > day) return 'never'
  return leftOn !== null && leftOn <= day ? 'left' : 'party'
}

/**
 * The operator takes over from the covenant's register when a supplier joined and left. Does NOT look it up there.
 *
 * @throws Refusal `supplier_not_found`; `input_invalid` for who leaves before joining
 */
export async function recordCovenant(
  deps: Deps,
  { supplierId, joinedOn, leftOn }: CovenantDays & { supplierId: SupplierId },
): Promise<void> {
  const at = deps.now()
  if (leftOn !== null && (joinedOn === null || leftOn < joinedOn)) {
    throw new Refusal('input_invalid', { errors: [{ field: 'left', reason: 'lies before joined' }] })
  }
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('suppliers')
      .set({ covenant_joined_on: joinedOn, covenant_left_on: leftOn })
      .where('supplier_id', '=', supplierId) // suppliers_pkey
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('supplier_not_found')
    const facts = { joinedOn, leftOn }
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'supplier_covenant_recorded',
      actor: 'operator',
      ref: supplierId,
      facts,
    })
  })
}
