import type { SupplierActor } from '../actors.ts'
import { type Leaflet, leafletById, type Service, serviceById } from '../catalog/store.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import { locate } from '../handles.ts'
import type { AgreementId, ServiceId, TickId } from '../ids.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import type { Addendum } from './addendum.ts'
import { addendaOf } from './addendum-store.ts'
import type { Agreement } from './agreement.ts'
import { type AgreementMessage, agreementMessagesOf } from './agreement-messages.ts'
import { declinedLeaflets } from './decline-leaflet.ts'
import { agreementById, agreementsOf, type CoveredService, servicesOfAgreement } from './store.ts'
import { agreementText } from './text.ts'

/** An agreement as its supplier sees it in a list. */
export interface SupplierAgreement {
  agreement: Agreement
  board: string
  /** With the leaflet version that holds, the newest of each service. */
  services: (CoveredService & { service: Service; leaflet: Leaflet })[]
  /** What was done of its calendar, the newest first. */
  ticks: Tick[]
}

/** Something of the calendar that was done, on the day under which it stood there. */
export interface Tick {
  tickId: TickId
  what: 'report' | 'review' | 'renew'
  serviceId: ServiceId | null
  /** YYYY-MM-DD. */
  on: string
  doneAt: Date
}

/** With everything its page shows. */
export interface WholeAgreement extends SupplierAgreement {
  text: string
  hash: string
  addenda: Addendum[]
  messages: AgreementMessage[]
  declined: DeclinedVersion[]
}

/** A newer leaflet version that the board did not accept, and why. Who of the board said so stays the board's. */
export interface DeclinedVersion {
  service: string
  version: number
  at: Date
  because: string
}

/** All agreements of a supplier, at every board, the newest first. Does NOT check who asks. */
export async function agreementsOfSupplier(db: Db, supplierId: SupplierActor['supplierId'], at: Date): Promise<SupplierAgreement[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return []
  return await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const found: SupplierAgreement[] = []
    for (const boardId of boards) {
      for (const agreement of await agreementsOf(tx, boardId, at, supplierId)) found.push(await asItsSupplierSees(tx, agreement))
    }
    return found.toSorted((a, b) => b.agreement.draftedAt.getTime() - a.agreement.draftedAt.getTime())
  })
}

/** Does NOT check who asks. */
export async function asItsSupplierSees(tx: Tx, agreement: Agreement): Promise<SupplierAgreement> {
  const board = (await boardById(tx, agreement.boardId)).name
  return { agreement, board, services: await held(tx, agreement), ticks: await ticksOf(tx, agreement) }
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
      ...(await asItsSupplierSees(tx, agreement)),
      ...(await agreementText(tx, agreement)),
      addenda: await addendaOf(tx, boardId, { agreementId }),
      messages: await agreementMessagesOf(tx, boardId, agreementId),
      declined: await declinedIn(tx, agreement),
    }
  })
}

async function ticksOf(tx: Tx, { boardId, agreementId }: Agreement): Promise<Tick[]> {
  const rows = await tx
    .selectFrom('calendar_ticks')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId)
    .where('undone_at', 'is', null) // calendar_ticks_once
    .orderBy('done_at', 'desc')
    .orderBy('tick_id')
    .execute()
  return rows.map((row) => ({ tickId: row.tick_id, what: row.what, serviceId: row.service_id, on: row.on_day, doneAt: row.done_at }))
}

/** Without what it accepted after all. */
async function declinedIn(tx: Tx, { boardId, agreementId }: Agreement): Promise<DeclinedVersion[]> {
  const accepted = new Set((await servicesOfAgreement(tx, boardId, agreementId)).map(({ leafletId }) => leafletId))
  const declined: DeclinedVersion[] = []
  for (const { leafletId, serviceId, at, because, ...of } of await declinedLeaflets(tx, boardId)) {
    if (of.agreementId !== agreementId || accepted.has(leafletId)) continue
    const [service, leaflet] = [await serviceById(tx, serviceId), await leafletById(tx, leafletId)]
    if (service && leaflet) declined.push({ service: service.name, version: leaflet.version, at, because })
  }
  return declined.toSorted((a, b) => b.at.getTime() - a.at.getTime())
}

async function held(tx: Tx, { boardId, agreementId }: Agreement): Promise<SupplierAgreement['services']> {
  const services: SupplierAgreement['services'] = []
  for (const covered of (await servicesOfAgreement(tx, boardId, agreementId)).filter(({ supersededAt }) => !supersededAt)) {
    const [service, leaflet] = [await serviceById(tx, covered.serviceId), await leafletById(tx, covered.leafletId)]
    if (service && leaflet) services.push({ ...covered, service, leaflet })
  }
  return services
}
