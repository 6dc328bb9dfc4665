import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId, LeafletId, PersonId, ServiceId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { mustBeStanding } from './agreement.ts'
import { SCHOOL_SIDE } from './mandates.ts'
import { serviceWithLeaflet } from './services.ts'
import { lockAgreement, servicesOfAgreement } from './store.ts'

/** A newer leaflet version that the board does not accept: what it accepted before goes on holding (M26). */
export interface DeclinedLeaflet {
  agreementId: AgreementId
  serviceId: ServiceId
  leafletId: LeafletId
  at: Date
  by: PersonId
  because: string
}

/**
 * The board does not accept a newer leaflet version, and says why: the version it accepted stays in force and the supplier is
 * told. It may still accept it later.
 *
 * @param because words for the supplier; no personal content
 * @throws Refusal `mandate_missing`, `agreement_not_found`, `agreement_not_in_force`, `agreement_ended`
 * @throws Refusal `service_not_found`, `leaflet_not_found`, `changed_meanwhile` when it was accepted or declined already
 */
export async function declineLeaflet(
  deps: Deps,
  actor: PersonActor,
  { agreementId, serviceId, leafletId, because }: { agreementId: AgreementId; serviceId: ServiceId; leafletId: LeafletId; because: string },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const agreement = await lockAgreement(tx, boardId, agreementId, at)
    mustBeStanding(agreement)
    const covered = (await servicesOfAgreement(tx, boardId, agreementId)).filter((service) => service.serviceId === serviceId)
    if (covered.length === 0) throw new Refusal('service_not_found')
    await serviceWithLeaflet(tx, agreement.supplierId, serviceId, leafletId)
    if (covered.some((service) => service.leafletId === leafletId)) throw new Refusal('changed_meanwhile')
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('declined_leaflets')
      .values({
        board_id: boardId,
        agreement_id: agreementId,
        service_id: serviceId,
        leaflet_id: leafletId,
        declined_at: at,
        declined_by: personId,
        because: because.trim(),
      })
      .onConflict((conflict) => conflict.doNothing()) // declined_leaflets_pkey
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    await enqueueEvent(tx, {
      boardId,
      approach: 'organisation',
      receiverId: agreement.supplierId,
      event: 'leaflet_declined',
      ref: leafletId,
      facts: { agreementId, serviceId },
      at,
    })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'leaflet_declined',
      actor: `person:${personId}`,
      ref: agreementId,
      facts: { serviceId, leafletId, because: because.trim() },
    })
  })
}

/** Does NOT check who asks. */
export async function declinedLeaflets(tx: Tx, boardId: BoardId): Promise<DeclinedLeaflet[]> {
  const rows = await tx.selectFrom('declined_leaflets').selectAll().where('board_id', '=', boardId).execute() // declined_leaflets_pkey
  return rows.map((row) => ({
    agreementId: row.agreement_id,
    serviceId: row.service_id,
    leafletId: row.leaflet_id,
    at: row.declined_at,
    by: row.declined_by,
    because: row.because,
  }))
}
