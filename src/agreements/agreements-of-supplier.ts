import type { SupplierActor } from '../actors.ts'
import { type Leaflet, leafletById, type Service, serviceById } from '../catalog/store.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction } from '../database.ts'
import { locate } from '../handles.ts'
import type { AgreementId } from '../ids.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import type { Addendum } from './addendum.ts'
import { addendaOf } from './addendum-store.ts'
import type { Agreement } from './agreement.ts'
import { type AgreementMessage, agreementMessagesOf } from './agreement-messages.ts'
import { agreementById, agreementsOf, type CoveredService, servicesOfAgreement } from './store.ts'
import { agreementText } from './text.ts'

/** An agreement as its supplier sees it in a list. */
export interface SupplierAgreement {
  agreement: Agreement
  board: string
  /** With the leaflet version that holds, the newest of each service. */
  services: (CoveredService & { service: Service; leaflet: Leaflet })[]
}

/** With everything its page shows. */
export interface WholeAgreement extends SupplierAgreement {
  text: string
  hash: string
  addenda: Addendum[]
  messages: AgreementMessage[]
}

/** All agreements of a supplier, at every board, the newest first. Does NOT check who asks. */
export async function agreementsOfSupplier(db: Db, supplierId: SupplierActor['supplierId'], at: Date): Promise<SupplierAgreement[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return []
  return await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const found: SupplierAgreement[] = []
    for (const boardId of boards) {
      const board = (await boardById(tx, boardId)).name
      for (const agreement of await agreementsOf(tx, boardId, at, supplierId)) {
        found.push({ agreement, board, services: await held(tx, agreement) })
      }
    }
    return found.toSorted((a, b) => b.agreement.draftedAt.getTime() - a.agreement.draftedAt.getTime())
  })
}

/** @throws Refusal `agreement_not_found` also for another supplier's */
export async function agreementOfSupplier(
  db: Db,
  supplierId: SupplierActor['supplierId'],
  agreementId: AgreementId,
  at: Date,
): Promise<WholeAgreement> {
  const located = await locate(db, 'agreement', supplierId, agreementId)
  if (!located) throw new Refusal('agreement_not_found')
  const { boardId } = located
  return await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const agreement = await agreementById(tx, boardId, agreementId, at)
    if (agreement?.supplierId !== supplierId) throw new Refusal('agreement_not_found')
    return {
      agreement,
      board: (await boardById(tx, boardId)).name,
      services: await held(tx, agreement),
      ...(await agreementText(tx, agreement)),
      addenda: await addendaOf(tx, boardId, { agreementId }),
      messages: await agreementMessagesOf(tx, boardId, agreementId),
    }
  })
}

async function held(
  tx: Parameters<typeof servicesOfAgreement>[0],
  { boardId, agreementId }: Agreement,
): Promise<SupplierAgreement['services']> {
  const services: SupplierAgreement['services'] = []
  for (const covered of (await servicesOfAgreement(tx, boardId, agreementId)).filter(({ supersededAt }) => !supersededAt)) {
    const [service, leaflet] = [await serviceById(tx, covered.serviceId), await leafletById(tx, covered.leafletId)]
    if (service && leaflet) services.push({ ...covered, service, leaflet })
  }
  return services
}
