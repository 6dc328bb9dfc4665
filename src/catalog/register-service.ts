import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type ServiceId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { mustNotAdvertise } from './screening.ts'
import { supplierById } from './store.ts'

/**
 * The operator takes in a service of a supplier. Its kind decides which purposes it can have (C10, M06) and never changes.
 *
 * @throws Refusal `supplier_not_found`, `purpose_forbidden`
 */
export async function registerService(
  deps: Deps,
  { supplierId, name, kind, minimumAge }: { supplierId: SupplierId; name: string; kind: 'I' | 'II'; minimumAge?: number },
): Promise<ServiceId> {
  const at = deps.now()
  mustNotAdvertise({ name })
  const serviceId = newId<ServiceId>(at)
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    if (!(await supplierById(tx, supplierId))) throw new Refusal('supplier_not_found')
    await tx
      .insertInto('services')
      .values({ service_id: serviceId, supplier_id: supplierId, name, kind, minimum_age: minimumAge, created_at: at })
      .execute()
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'service_registered',
      actor: 'operator',
      ref: serviceId,
      facts: { supplierId, name, kind, minimumAge },
    })
  })
  return serviceId
}
