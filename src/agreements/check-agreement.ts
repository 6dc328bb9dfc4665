import type { PersonActor } from '../actors.ts'
import { partsOn } from '../catalog/leaflet.ts'
import { leafletById } from '../catalog/store.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, ServiceId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { check } from './agreement.ts'
import { SCHOOL_SIDE } from './mandates.ts'
import { mustNameParties } from './parties.ts'
import { lockAgreement, servicesOfAgreement } from './store.ts'
import { supplierOf } from './text.ts'

/**
 * The school found a draft in order, and chooses the optional parts it wants, one by one; what it does not name stays
 * off (M03, P19). Signing comes after, by a signatory.
 *
 * @throws Refusal `mandate_missing`, `agreement_not_found`, `agreement_not_draft`
 * @throws Refusal `service_not_found`, `part_unknown`, `parties_incomplete` (M01)
 */
export async function checkAgreement(
  deps: Deps,
  actor: PersonActor,
  { agreementId, optionalParts = [] }: { agreementId: AgreementId; optionalParts?: { serviceId: ServiceId; partIds: string[] }[] },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const agreement = await lockAgreement(tx, boardId, agreementId, at)
    const checked = check(agreement, actor.personId, at)
    mustNameParties(agreement, await boardById(tx, boardId), await supplierOf(tx, agreement))
    const services = await servicesOfAgreement(tx, boardId, agreementId)
    for (const { serviceId, partIds } of optionalParts) {
      const service = services.find((covered) => covered.serviceId === serviceId)
      const leaflet = service && (await leafletById(tx, service.leafletId))
      if (!service || !leaflet) throw new Refusal('service_not_found')
      service.parts = partsOn(leaflet.content, partIds)
      await tx
        .updateTable('agreement_services')
        .set({ parts: service.parts })
        .where('board_id', '=', boardId)
        .where('agreement_id', '=', agreementId)
        .where('service_id', '=', serviceId)
        .where('leaflet_id', '=', service.leafletId) // agreement_services_pkey
        .execute()
    }
    const { numUpdatedRows } = await tx
      .updateTable('supplier_agreements')
      .set({ checked_at: checked.checkedAt, checked_by: checked.checkedBy })
      .where('board_id', '=', boardId)
      .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
      .where('checked_at', 'is', null)
      .where('rejected_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .where('signed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('agreement_not_draft')
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'agreement_checked',
      actor: `person:${actor.personId}`,
      ref: agreementId,
      facts: { services: services.map(({ serviceId, leafletId, parts }) => ({ serviceId, leafletId, parts })) },
    })
  })
}
