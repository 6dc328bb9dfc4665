import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, LeafletId, ServiceId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { mustBeStanding } from './agreement.ts'
import { mustBeSignatory, SCHOOL_SIDE } from './mandates.ts'
import { bringIn, serviceWithLeaflet } from './services.ts'
import { lockAgreement, servicesOfAgreement } from './store.ts'

/**
 * The board accepts a newer leaflet version of a service in its agreement; until then it is not in force (M26). Optional
 * parts that were chosen stay on, new ones are off. Where it says something else to people than the old version, only a
 * signatory accepts, the old version covers nothing from now on, tokens under it end, and what rests on consent must be
 * asked again.
 *
 * @returns `asksAgain`: whether that is so
 * @throws Refusal `mandate_missing`, `signatory_only`, `agreement_not_found`, `agreement_not_in_force`, `agreement_ended`
 * @throws Refusal `service_not_found` also for one not in this agreement, `leaflet_not_found`, `leaflet_superseded`
 */
export async function acceptLeaflet(
  deps: Deps,
  actor: PersonActor,
  { agreementId, serviceId, leafletId }: { agreementId: AgreementId; serviceId: ServiceId; leafletId: LeafletId },
): Promise<{ asksAgain: boolean }> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const agreement = await lockAgreement(tx, boardId, agreementId, at)
    mustBeStanding(agreement)
    const covered = await servicesOfAgreement(tx, boardId, agreementId)
    if (!covered.some((service) => service.serviceId === serviceId)) throw new Refusal('service_not_found')
    const { leaflet } = await serviceWithLeaflet(tx, agreement.supplierId, serviceId, leafletId)
    if (covered.some((service) => service.leafletId === leafletId && service.supersededAt === null)) return { asksAgain: false }
    const { superseded, parts } = await bringIn(tx, agreement, leaflet, [], null, at)
    if (superseded.length > 0) await mustBeSignatory(tx, actor, at)
    const endedTokens = superseded.length > 0 ? await endTokens(tx, boardId, at, { agreementId }, 'leaflet_superseded') : []
    await enqueueEvent(tx, {
      boardId,
      approach: 'organisation',
      receiverId: agreement.supplierId,
      event: 'leaflet_accepted',
      ref: leafletId,
      facts: { agreementId, serviceId },
      at,
    })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'leaflet_accepted',
      actor: `person:${actor.personId}`,
      ref: agreementId,
      facts: { serviceId, leafletId, parts, superseded, endedTokens },
    })
    return { asksAgain: superseded.length > 0 }
  })
}
