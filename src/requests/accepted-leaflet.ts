import { agreementsOf, servicesOfAgreement } from '../agreements/store.ts'
import { type Leaflet, latestLeaflet, leafletById } from '../catalog/store.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ServiceId, SupplierId } from '../ids.ts'

/**
 * The leaflet version a request by way of the school is about: the newest the board accepted in an agreement in force, so
 * that what was asked under it covers the use (K11); the supplier's newest where the board accepted none.
 */
export async function leafletFor(
  tx: Tx,
  boardId: BoardId,
  supplierId: SupplierId,
  serviceId: ServiceId,
  at: Date,
): Promise<Leaflet | undefined> {
  const accepted: Leaflet[] = []
  for (const { agreementId, state } of await agreementsOf(tx, boardId, at, supplierId)) {
    if (state !== 'in_force') continue
    for (const service of await servicesOfAgreement(tx, boardId, agreementId)) {
      if (service.serviceId !== serviceId || service.supersededAt) continue
      const leaflet = await leafletById(tx, service.leafletId)
      if (leaflet) accepted.push(leaflet)
    }
  }
  return accepted.toSorted((a, b) => b.version - a.version)[0] ?? (await latestLeaflet(tx, serviceId))
}
