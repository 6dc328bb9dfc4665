import { allGoodUntil } from '../catalog/certificates.ts'
import { type Leaflet, leafletById } from '../catalog/store.ts'
import { addDays, amsterdamDay, startOfAmsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, ServiceId, SupplierId } from '../ids.ts'
import { declinedLeaflets } from './decline-leaflet.ts'
import { agreementsOf, leafletsToAccept, servicesOfAgreement } from './store.ts'

/** So long before its end a contract is on the work list: time for a new one to be checked and signed. */
export const NEAR_END_DAYS = 60
/** A leaflet is looked at every year, with the list of learning material (M09). */
export const REVIEW_DAYS = 365

/** Something about a contract that waits for the school, or will. */
export interface ContractWork {
  what: 'check' | 'sign' | 'ends' | 'new_leaflet' | 'review'
  agreementId: AgreementId
  supplierId: SupplierId
  serviceId: ServiceId | null
  /** Of `ends`: when; of `review`: until when the leaflet was fresh. */
  at: Date | null
}

/**
 * What contracts ask of the school: to be checked, to be signed, near their end, a newer leaflet to accept or not, a leaflet
 * nobody looked at for a year or with a certificate that is over (M13). Does NOT check who asks.
 */
export async function contractWorkOf(tx: Tx, boardId: BoardId, at: Date): Promise<ContractWork[]> {
  const work: ContractWork[] = []
  const agreements = await agreementsOf(tx, boardId, at)
  const declined = new Set((await declinedLeaflets(tx, boardId)).map(({ agreementId, leafletId }) => `${agreementId}:${leafletId}`))
  const newer = (await leafletsToAccept(tx, boardId, at)).filter((one) => !declined.has(`${one.agreementId}:${one.newestLeafletId}`))
  for (const { agreementId, supplierId, state, endsAt } of agreements) {
    const one = { agreementId, supplierId, serviceId: null }
    if (state === 'draft') work.push({ ...one, what: 'check', at: null })
    if (state === 'checked') work.push({ ...one, what: 'sign', at: null })
    if (state !== 'in_force' && state !== 'signed') continue
    const isFollowed = agreements.some((next) => next.supplierId === supplierId && next.state === 'signed' && next.startsAt <= endsAt)
    if (endsAt.getTime() - at.getTime() <= NEAR_END_DAYS * 86_400_000 && !isFollowed) work.push({ ...one, what: 'ends', at: endsAt })
    for (const { serviceId } of newer.filter((next) => next.agreementId === agreementId))
      work.push({ ...one, serviceId, what: 'new_leaflet', at: null })
    for (const leaflet of await leafletsHeld(tx, boardId, agreementId)) {
      const freshUntil = freshUntilOf(leaflet)
      const isReplaced = newer.some((next) => next.agreementId === agreementId && next.serviceId === leaflet.serviceId)
      if (freshUntil < amsterdamDay(at) && !isReplaced)
        work.push({ ...one, serviceId: leaflet.serviceId, what: 'review', at: startOfAmsterdamDay(freshUntil) })
    }
  }
  return work
}

/** The last day on which nobody has to look at a leaflet again. */
function freshUntilOf({ content: { changed, security } }: Leaflet): string {
  const year = addDays(changed, REVIEW_DAYS)
  const certificates = allGoodUntil(security.certificates)
  return certificates !== undefined && certificates < year ? certificates : year
}

/** Of each service in an agreement the newest leaflet that holds. */
async function leafletsHeld(tx: Tx, boardId: BoardId, agreementId: AgreementId): Promise<Leaflet[]> {
  const newest = new Map<ServiceId, Leaflet>()
  for (const { serviceId, leafletId, supersededAt } of await servicesOfAgreement(tx, boardId, agreementId)) {
    const leaflet = supersededAt ? undefined : await leafletById(tx, leafletId)
    if (leaflet && (newest.get(serviceId)?.version ?? 0) < leaflet.version) newest.set(serviceId, leaflet)
  }
  return [...newest.values()]
}
