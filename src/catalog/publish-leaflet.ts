import type { SupplierActor } from '../actors.ts'
import { canonical, sha256 } from '../canonical.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type LeafletId, newId, type ServiceId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { readLeaflet } from './leaflet.ts'
import { latestLeaflet, serviceById } from './store.ts'

/**
 * Publishes the next version of a service's leaflet, by the operator or, when `by` is given, by its supplier. It is in
 * force nowhere until a board accepts it (M26), and never changes.
 *
 * @param content sections A-H, not trusted: read by `readLeaflet`
 * @throws Refusal `service_not_found` also for another supplier's, `member_role_missing`
 * @throws Refusal `leaflet_incomplete`, `purpose_unknown`, `purpose_forbidden`
 * @throws Refusal `changed_meanwhile` when another version came out at the same time
 */
export async function publishLeaflet(
  deps: Deps,
  { serviceId, content }: { serviceId: ServiceId; content: unknown },
  by?: SupplierActor,
): Promise<{ leafletId: LeafletId; version: number }> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => await publishIn(tx, at, { serviceId, content }, by))
}

/** As `publishLeaflet`, in the transaction of another act, as its last statement. */
export async function publishIn(
  tx: Tx,
  at: Date,
  { serviceId, content }: { serviceId: ServiceId; content: unknown },
  by: SupplierActor | undefined,
): Promise<{ leafletId: LeafletId; version: number }> {
  const leafletId = newId<LeafletId>(at)
  const service = await serviceById(tx, serviceId)
  if (!service || (by && service.supplierId !== by.supplierId)) throw new Refusal('service_not_found')
  if (by) await mustActFor(tx, by, ['contracts'])
  const bytes = canonical(readLeaflet(service.kind, content))
  const version = ((await latestLeaflet(tx, serviceId))?.version ?? 0) + 1
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('leaflets')
    .values({ leaflet_id: leafletId, service_id: serviceId, version, content: bytes, content_hash: sha256(bytes), published_at: at })
    .onConflict((conflict) => conflict.columns(['service_id', 'version']).doNothing()) // leaflets_once_per_version
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
  await append(tx, {
    boardId: null,
    approach: 'operator',
    at,
    event: 'leaflet_published',
    actor: by ? actorName(by) : 'operator',
    ref: leafletId,
    facts: { serviceId, version, contentHash: sha256(bytes).toString('hex') },
  })
  return { leafletId, version }
}
