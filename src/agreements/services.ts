import { partsOn } from '../catalog/leaflet.ts'
import { asksAgain } from '../catalog/leaflet-changes.ts'
import { type Leaflet, latestLeaflet, leafletById, type Service, serviceById } from '../catalog/store.ts'
import type { Tx } from '../database.ts'
import type { AddendumId, AgreementId, BoardId, LeafletId, ServiceId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { servicesOfAgreement } from './store.ts'

/**
 * A service of this supplier with a leaflet version of it, the newest when none is named.
 *
 * @throws Refusal `service_not_found` also for another supplier's, `leaflet_not_found` also for another service's
 */
export async function serviceWithLeaflet(
  tx: Tx,
  supplierId: SupplierId,
  serviceId: ServiceId,
  leafletId?: LeafletId,
): Promise<{ service: Service; leaflet: Leaflet }> {
  const service = await serviceById(tx, serviceId)
  if (service?.supplierId !== supplierId) throw new Refusal('service_not_found')
  const leaflet = leafletId ? await leafletById(tx, leafletId) : await latestLeaflet(tx, serviceId)
  if (leaflet?.serviceId !== serviceId) throw new Refusal('leaflet_not_found')
  return { service, leaflet }
}

/**
 * Brings a leaflet version of a service, or more of its parts, into an agreement. An older version that says something
 * else to people covers nothing from now on; one that differs in formalities keeps covering what was answered on it (M26).
 *
 * The agreement's row is locked by the caller (`lockAgreement`), who ends its tokens when `superseded` comes back true.
 *
 * @param chosen optional parts, besides those chosen before
 * @throws Refusal `part_unknown`, `leaflet_superseded`
 */
export async function bringIn(
  tx: Tx,
  { boardId, agreementId }: { boardId: BoardId; agreementId: AgreementId },
  leaflet: Leaflet,
  chosen: readonly string[],
  addendumId: AddendumId | null,
  at: Date,
): Promise<{ superseded: LeafletId[]; parts: string[] }> {
  const standing: { leaflet: Leaflet; parts: string[] }[] = []
  for (const { serviceId, leafletId, parts, supersededAt } of await servicesOfAgreement(tx, boardId, agreementId)) {
    if (serviceId !== leaflet.serviceId || supersededAt) continue
    const other = await leafletById(tx, leafletId)
    if (!other || other.version > leaflet.version) throw new Refusal('leaflet_superseded')
    standing.push({ leaflet: other, parts })
  }
  const chosenBefore = standing.flatMap((old) =>
    old.parts.filter((partId) => isOptional(old.leaflet, partId) && isOptional(leaflet, partId)),
  )
  const parts = partsOn(leaflet.content, [...chosenBefore, ...chosen])
  if (standing.some((old) => old.leaflet.leafletId === leaflet.leafletId)) {
    await tx
      .updateTable('agreement_services')
      .set({ parts })
      .where('board_id', '=', boardId)
      .where('agreement_id', '=', agreementId)
      .where('service_id', '=', leaflet.serviceId)
      .where('leaflet_id', '=', leaflet.leafletId) // agreement_services_pkey
      .execute()
    return { superseded: [], parts }
  }
  const superseded = standing.flatMap((old) => (asksAgain(old.leaflet.content, leaflet.content) ? [old.leaflet.leafletId] : []))
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('agreement_services')
    .values({
      board_id: boardId,
      agreement_id: agreementId,
      service_id: leaflet.serviceId,
      leaflet_id: leaflet.leafletId,
      parts,
      addendum_id: addendumId,
      accepted_at: at,
    })
    .onConflict((conflict) => conflict.columns(['board_id', 'agreement_id', 'service_id', 'leaflet_id']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('leaflet_superseded') // it was in the agreement once, and was superseded
  if (superseded.length > 0) {
    await tx
      .updateTable('agreement_services')
      .set({ superseded_at: at })
      .where('board_id', '=', boardId)
      .where('agreement_id', '=', agreementId)
      .where('service_id', '=', leaflet.serviceId)
      .where('leaflet_id', 'in', superseded) // agreement_services_pkey
      .execute()
  }
  return { superseded, parts }
}

const isOptional = ({ content }: Leaflet, partId: string) => content.parts.some((part) => part.partId === partId && part.optional)
