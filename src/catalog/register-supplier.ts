import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { REAL_WORLD, type World } from '../worlds.ts'
import type { SupplierKind } from './store.ts'

export interface NewSupplier {
  legalName: string
  kind: SupplierKind
  domain?: string
  /** ISO 3166-1 alpha-2 of its seat (M18). */
  country?: string
  /** Absent: the real one. */
  world?: World
}

/**
 * The operator takes in a supplier under its legal name, which the operator has verified: it is what deciders read first. */
export async function registerSupplier(
  deps: Deps,
  { legalName, kind, domain, country = 'NL', world = REAL_WORLD }: NewSupplier,
): Promise<SupplierId> {
  const at = deps.now()
  const supplierId = newId<SupplierId>(at)
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await tx
      .insertInto('suppliers')
      .values({ supplier_id: supplierId, legal_name: legalName, kind, domain, country, registered_at: at, world })
      .execute()
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'supplier_registered',
      actor: 'operator',
      ref: supplierId,
      facts: { legalName, kind, domain, country, ...(world !== REAL_WORLD && { world }) },
    })
  })
  return supplierId
}
