import type { MemberActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type ServiceId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { mustNotAdvertise } from './screening.ts'
import { supplierById } from './store.ts'

/**
 * The operator, or the supplier itself (`by`), registers a service of a supplier. Its kind decides which purposes it can have (C10, M06) and never changes.
 *
 * @throws Refusal `supplier_not_found` also for another's, `purpose_forbidden`, `member_role_missing`
 */
export async function registerService(
  deps: Deps,
  { supplierId, name, kind, minimumAge }: { supplierId: SupplierId; name: string; kind: 'I' | 'II'; minimumAge?: number },
  by?: MemberActor,
): Promise<ServiceId> {
  const at = deps.now()
  mustNotAdvertise({ name })
  const serviceId = newId<ServiceId>(at)
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    if (!(await supplierById(tx, supplierId)) || (by && by.supplierId !== supplierId)) throw new Refusal('supplier_not_found')
    if (by) await mustActFor(tx, by, ['contracts'])
    await tx
      .insertInto('services')
      .values({ service_id: serviceId, supplier_id: supplierId, name, kind, minimum_age: minimumAge, created_at: at })
      .execute()
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'service_registered',
      actor: by ? actorName(by) : 'operator',
      ref: serviceId,
      facts: { supplierId, name, kind, minimumAge },
    })
  })
  return serviceId
}
