import type { Wish } from '../grants/wish.ts'
import { momentsOf, type RedeemingEntry } from './authorization-details.ts'

/** An `authorization_details` entry as the wish it is. */
export function wishOf({ locations, datatypes, purpose, identifier, identifiers, period }: RedeemingEntry): Wish {
  return {
    resource: locations[0],
    datatypes,
    purpose,
    identifiers: identifiers ?? [identifier!],
    batch: identifiers !== undefined,
    ...(period && { period: { ...period, ...momentsOf(period) } }),
  }
}
