import type { Agreement } from '../agreements/agreement.ts'
import { agreementsOf, onwardDatatypes, servicesOfAgreement } from '../agreements/store.ts'
import { CATEGORIES, isCategory } from '../catalog/categories.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import { purposeFor } from '../catalog/purposes.ts'
import { type DataSet, dataSetsOf, type Holder, holders, leafletById, serviceById, supplierById } from '../catalog/store.ts'
import type { Tx } from '../database.ts'
import type { BoardId, HolderId, ItemId, LeafletId, ServiceId, SupplierId } from '../ids.ts'
import { type Gate, gateOf } from './gate.ts'
import type { Item } from './item.ts'
import { itemsOfRound, type Round } from './rounds.ts'

/** A use that stands in a contract and can have its place in a round: asked or told, as its gate has it. */
export interface Candidate {
  /** Names it on pages. */
  key: string
  supplierId: SupplierId
  supplier: string
  serviceId: ServiceId
  service: string
  /** Younger pupils are not asked (P48). */
  minimumAge: number | null
  leafletId: LeafletId
  version: number
  /** Null: the service as a whole, with data from a holder. */
  part: LeafletContent['parts'][number] | null
  /** Who hands over the data; null is what the service gathers itself. */
  holder: { holderId: HolderId; name: string } | null
  /** What can be asked, each with why it is needed as the supplier says. */
  data: { datatype: string; category: string; nl: string; en: string; why: string | null }[]
  /** Ids of the closed list that the leaflet names. */
  purposes: string[]
  gate: Gate
  /** The items of the round that it stands in already. */
  itemIds: ItemId[]
}

/**
 * Everything in the board's contracts that a round can ask or tell, of the agreements in force when it begins: each part
 * that was accepted, and the data that a holder may hand over. By supplier, service and part. Does NOT check who asks.
 */
export async function candidatesFor(tx: Tx, boardId: BoardId, round: Round, at: Date): Promise<Candidate[]> {
  const when = round.startsAt > at ? round.startsAt : at
  const items = await itemsOfRound(tx, boardId, round.roundId)
  const found = new Map<string, Candidate>()
  const offers = await offersAt(tx, boardId, when)
  const agreements = (await agreementsOf(tx, boardId, at)).filter((agreement) => holdsAt(agreement, when))
  for (const agreement of agreements) {
    for (const covered of await servicesOfAgreement(tx, boardId, agreement.agreementId)) {
      if (covered.supersededAt && covered.supersededAt <= when) continue
      for (const candidate of await ofService(tx, agreement, covered, offers)) {
        if (!found.has(candidate.key)) found.set(candidate.key, { ...candidate, itemIds: standingIn(items, candidate) })
      }
    }
  }
  return [...found.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'nl'))
}

const nameOf = ({ supplier, service, holder, part }: Candidate) => [supplier, service, holder ? '1' : '0', part?.name ?? ''].join('\n')

function holdsAt(agreement: Agreement, when: Date): boolean {
  return (agreement.state === 'signed' || agreement.state === 'in_force') && agreement.startsAt <= when && agreement.endsAt > when
}

interface Covered {
  serviceId: ServiceId
  leafletId: LeafletId
  parts: string[]
}

async function ofService(tx: Tx, agreement: Agreement, covered: Covered, offers: Offer[]): Promise<Candidate[]> {
  const { supplierId, boardBasis } = agreement
  const service = await serviceById(tx, covered.serviceId)
  const leaflet = await leafletById(tx, covered.leafletId)
  if (!service || !leaflet) return []
  const { parts, data, purposes } = leaflet.content
  const named = [...data.categories, ...data.optional]
  const same = {
    supplierId,
    supplier: (await supplierById(tx, supplierId))?.legalName ?? '',
    serviceId: covered.serviceId,
    service: service.name,
    minimumAge: service.minimumAge,
    leafletId: covered.leafletId,
    version: leaflet.version,
    purposes: [...new Set(purposes.purposes.map((id) => purposeFor(service.kind, id).id))],
    itemIds: [],
  }
  const own = named.flatMap(({ category, why }) => {
    return isCategory(category) ? [{ datatype: category, category, nl: CATEGORIES[category].nl, en: CATEGORIES[category].en, why }] : []
  })
  const ofParts = parts
    .filter(({ partId }) => covered.parts.includes(partId))
    .map(
      (part): Candidate => ({
        ...same,
        key: `part.${covered.serviceId}.${part.partId}`,
        part,
        holder: null,
        data: own,
        gate: gateOf({ boardBasis, part, holderId: null }),
      }),
    )
  const fromHolders = offers.flatMap(({ holder: { holderId, name, supplierId: holderSupplier }, sets }): Candidate[] => {
    const offered = sets.flatMap((set) => {
      const use = named.find(({ category }) => category === set.category)
      return use ? [{ datatype: set.datatype, category: set.category, nl: set.nameNl, en: set.nameEn, why: use.why }] : []
    })
    if (offered.length === 0 || holderSupplier === supplierId) return []
    const gate = gateOf({ boardBasis, part: null, holderId })
    return [{ ...same, key: `data.${covered.serviceId}.${holderId}`, part: null, holder: { holderId, name }, data: offered, gate }]
  })
  return [...ofParts, ...fromHolders]
}

/** What a holder may hand over then. */
interface Offer {
  holder: Holder
  sets: DataSet[]
}

async function offersAt(tx: Tx, boardId: BoardId, when: Date): Promise<Offer[]> {
  const offers: Offer[] = []
  for (const holder of await holders(tx)) {
    const allowed = await onwardDatatypes(tx, boardId, holder.holderId, when)
    const sets = allowed.length === 0 ? [] : await dataSetsOf(tx, holder.holderId)
    offers.push({ holder, sets: sets.filter(({ datatype }) => allowed.includes(datatype)) })
  }
  return offers
}

function standingIn(items: readonly Item[], { serviceId, part, holder }: Candidate): ItemId[] {
  return items
    .filter((item) => item.serviceId === serviceId && item.holderId === (holder?.holderId ?? null))
    .filter((item) => holder !== null || item.partId === (part?.partId ?? null))
    .map(({ itemId }) => itemId)
}
