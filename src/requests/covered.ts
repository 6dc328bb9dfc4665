import type { HolderId, LeafletId, ServiceId, SupplierId } from '../ids.ts'

/** What a use of data is, as far as it decides whether an earlier answer was about it. */
export interface Use {
  supplierId: SupplierId
  serviceId: ServiceId
  partId: string | null
  leafletId: LeafletId
  purpose: string
  holderId: HolderId
  datatypes: readonly string[]
  startsAt: Date
  endsAt: Date
}

/**
 * Whether an item that was asked already is about a use (K11, design §3): the same supplier, service part, leaflet
 * version, purpose and holder, with the data and the window within what was asked.
 *
 * A question per subject: the item says what was asked of whom. A refusal is an answer too, so an item that was refused
 * covers the use just as well; nobody is asked again as if it had not been foreseen. Does NOT say that a yes stands.
 */
export function covers(asked: Use, use: Use): boolean {
  return (
    asked.supplierId === use.supplierId &&
    asked.serviceId === use.serviceId &&
    asked.partId === use.partId &&
    asked.leafletId === use.leafletId &&
    asked.purpose === use.purpose &&
    asked.holderId === use.holderId &&
    use.datatypes.every((datatype) => asked.datatypes.includes(datatype)) &&
    use.startsAt >= asked.startsAt &&
    use.endsAt <= asked.endsAt
  )
}
