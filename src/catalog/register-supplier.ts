import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type SupplierId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { REAL_WORLD, type World } from '../worlds.ts'
import type { SupplierKind } from './supplier-kind.ts'

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
 * The operator takes in a supplier under its legal name, which the operator has verified: it is what deciders read first.
 */
export async function registerSupplier(deps: Deps, supplier: NewSupplier): Promise<SupplierId> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const { supplierId, entry } = await registerSupplierIn(tx, supplier, at)
    await append(tx, entry)
    return supplierId
  })
}

/**
 * As `registerSupplier`, in the transaction of another act of the operator.
 *
 * @returns the supplier, and what the caller appends to the ledger
 */
export async function registerSupplierIn(
  tx: Tx,
  { legalName, kind, domain, country = 'NL', world = REAL_WORLD }: NewSupplier,
  at: Date,
): Promise<{ supplierId: SupplierId; entry: LedgerEntry }> {
  const supplierId = newId<SupplierId>(at)
  await tx
    .insertInto('suppliers')
    .values({ supplier_id: supplierId, legal_name: legalName, kind, domain, country, registered_at: at, world })
    .execute()
  const facts = { legalName, kind, domain, country, ...(world !== REAL_WORLD && { world }) }
  const entry = {
    boardId: null,
    approach: 'operator',
    at,
    event: 'supplier_registered',
    actor: 'operator',
    ref: supplierId,
    facts,
  } as const
  return { supplierId, entry }
}
