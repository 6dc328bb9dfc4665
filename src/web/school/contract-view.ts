import type { Context } from 'hono'
import type { Addendum } from '../../agreements/addendum.ts'
import { addendaOf } from '../../agreements/addendum-store.ts'
import type { Agreement } from '../../agreements/agreement.ts'
import { type DeclinedLeaflet, declinedLeaflets } from '../../agreements/decline-leaflet.ts'
import { type MissingOfParty, missingOfParties } from '../../agreements/parties.ts'
import { agreementById, leafletsToAccept, onwardDatatypes, servicesOfAgreement } from '../../agreements/store.ts'
import { agreementText } from '../../agreements/text.ts'
import type { CovenantDays } from '../../catalog/covenant.ts'
import {
  type DataSet,
  dataSetsOf,
  type Holder,
  holders,
  type Leaflet,
  leafletById,
  type Service,
  serviceById,
  supplierById,
} from '../../catalog/store.ts'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { AgreementId, PersonId } from '../../ids.ts'
import { boardById, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import type { PageEnv } from '../page.tsx'
import { nameOf } from './case-view.ts'
import { atDesk, type Desk, desksOf } from './desk.ts'

/** The bytes that are signed, as a file. */
export function textFile(c: Context<PageEnv>, name: string, text: string): Response {
  return c.body(text, 200, {
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.txt"`,
  })
}

/** A service in a contract: the leaflet that holds, the parts that are on, and a newer version if there is one. */
export interface SeenService {
  service: Service
  leaflet: Leaflet
  on: string[]
  newer: { leaflet: Leaflet; declined: DeclinedLeaflet | undefined } | undefined
}

export interface ContractView {
  agreement: Agreement
  supplier: string
  covenant: CovenantDays
  text: string
  hash: string
  /** What of its parties is not said yet, of one that waits to be checked or signed (M01). */
  missing: MissingOfParty[]
  services: SeenService[]
  checkedBy: string | null
  signedBy: string | null
  /** What was brought in afterwards, with who signed it for the board. */
  addenda: { addendum: Addendum; signedBy: string }[]
  /** What the holder is, if the supplier holds data: each data set, and whether it may go out on consent. */
  onward: { holder: Holder; set: DataSet; on: boolean }[]
}

/**
 * The contract of the path, at the desk that may look at it.
 *
 * @throws Refusal `agreement_not_found`
 */
export async function contractAtDesk(c: Context<PageEnv>): Promise<{ desk: Desk; view: ContractView }> {
  const id = idOf<AgreementId>().safeParse(c.req.param('agreementId'))
  if (!id.success) throw new Refusal('agreement_not_found')
  for (const desk of desksOf(c)) {
    const view = await atDesk(c, desk, (tx) => contractView(tx, desk, id.data, c.var.deps.now()))
    if (view) return { desk, view }
  }
  throw new Refusal('agreement_not_found')
}

async function contractView(tx: Tx, desk: Desk, agreementId: AgreementId, at: Date): Promise<ContractView | undefined> {
  const { boardId } = desk.around.actor
  const agreement = await agreementById(tx, boardId, agreementId, at)
  if (!agreement) return undefined
  const onward: ContractView['onward'] = []
  for (const holder of await holders(tx, agreement.supplierId)) {
    const on = new Set(await onwardDatatypes(tx, boardId, holder.holderId, at))
    for (const set of await dataSetsOf(tx, holder.holderId)) onward.push({ holder, set, on: on.has(set.datatype) })
  }
  const addenda = (await addendaOf(tx, boardId, { agreementId })).filter(({ state }) => state === 'signed')
  const acted = ['checkedBy' in agreement ? agreement.checkedBy : null, 'signedBy' in agreement ? agreement.signedBy : null]
  const persons = await personsById(
    tx,
    boardId,
    [...acted, ...addenda.map((one) => ('signedBy' in one ? one.signedBy : null))].filter((id): id is PersonId => id !== null),
  )
  const [checkedBy, signedBy] = acted.map((id) => (id ? nameOf(persons.get(id)) : null))
  const supplier = await supplierById(tx, agreement.supplierId)
  const isOpen = agreement.state === 'draft' || agreement.state === 'checked'
  const services = await servicesIn(tx, agreement, at)
  return {
    agreement,
    supplier: supplier?.legalName ?? '',
    covenant: supplier?.covenant ?? { joinedOn: null, leftOn: null },
    ...(await agreementText(tx, agreement)),
    missing: isOpen && supplier ? missingOfParties(agreement, await boardById(tx, boardId), supplier) : [],
    services,
    checkedBy: checkedBy ?? null,
    signedBy: signedBy ?? null,
    addenda: addenda.map((addendum) => ({ addendum, signedBy: 'signedBy' in addendum ? nameOf(persons.get(addendum.signedBy)) : '' })),
    onward,
  }
}

async function servicesIn(tx: Tx, { boardId, agreementId }: Agreement, at: Date): Promise<SeenService[]> {
  const newer = (await leafletsToAccept(tx, boardId, at)).filter((one) => one.agreementId === agreementId)
  const declined = (await declinedLeaflets(tx, boardId)).filter((one) => one.agreementId === agreementId)
  const found = new Map<string, SeenService>()
  for (const covered of (await servicesOfAgreement(tx, boardId, agreementId)).filter(({ supersededAt }) => !supersededAt)) {
    const service = await serviceById(tx, covered.serviceId)
    const leaflet = await leafletById(tx, covered.leafletId)
    const known = found.get(covered.serviceId)
    if (!service || !leaflet || (known && known.leaflet.version > leaflet.version)) continue
    const next = newer.find(({ serviceId }) => serviceId === covered.serviceId)
    const newest = next && (await leafletById(tx, next.newestLeafletId))
    const decision = declined.find(({ leafletId }) => leafletId === next?.newestLeafletId)
    found.set(covered.serviceId, {
      service,
      leaflet,
      on: covered.parts,
      newer: newest && { leaflet: newest, declined: decision },
    })
  }
  return [...found.values()]
}
