import type { Approach } from '../approach.ts'
import { sha256 } from '../canonical.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { isDemandedByLaw } from '../catalog/purposes.ts'
import type { AgreementId, BoardId, HolderId, ItemId, LeafletId, RequestId, RoundId, ServiceId, SupplierId } from '../ids.ts'
import type { Cause } from '../messages/questions.ts'
import { Refusal } from '../refusal.ts'
import type { DecisionRule } from './outcome.ts'

export interface Words {
  nl: string
  en: string | null
}

/** One channel, one medium: consent for the website does not cover Facebook (P25). */
export interface ImageUse {
  channel: string
  medium: 'photo' | 'video' | 'sound'
}

/** What is asked, or told: immutable once made (K22). What changes is another item. */
export interface Item {
  boardId: BoardId
  itemId: ItemId
  approach: Approach
  roundId: RoundId | null
  requestId: RequestId | null
  legalBasis: LegalBasis
  basisMotivation: string | null
  supplierId: SupplierId | null
  serviceId: ServiceId | null
  partId: string | null
  leafletId: LeafletId | null
  /** The board's agreement with the supplier; null for the school's own use and in the user-oriented approach. */
  agreementId: AgreementId | null
  holderId: HolderId | null
  /** The board's agreement with the holder, with the onward-supply clause for these data. */
  holderAgreementId: AgreementId | null
  datatypes: string[]
  purpose: string
  occasion: string
  /** Which sentence of ours the occasion is; null where it is somebody's own words. */
  cause: Cause | null
  image: ImageUse | null
  reason: Words
  /** What happens when the answer is no. */
  alternative: Words
  specialCategory: boolean
  /** K19: access holds only while a guide at the supplier is assigned to the pupil. */
  needsAssignment: boolean
  /** A yes comes in the place of what was given to this supplier before. */
  replacesEarlier: boolean
  rule: DecisionRule
  startsAt: Date
  endsAt: Date
  meaningHash: Uint8Array
}

/** What an item means to somebody who is asked, whatever words, version or period it comes in. */
export interface Meaning {
  supplierId: SupplierId | null
  serviceId: ServiceId | null
  partId: string | null
  holderId: HolderId | null
  datatypes: readonly string[]
  purpose: string
  image: ImageUse | null
}

/** For rationing: the same ask has the same hash, however it is worded and for whatever period. */
export function meaningHash({ supplierId, serviceId, partId, holderId, datatypes, purpose, image }: Meaning): Buffer {
  return sha256({ supplierId, serviceId, partId, holderId, datatypes: [...new Set(datatypes)].sort(), purpose, image })
}

/**
 * The legal basis comes first (K01): what rests on another basis is told and not asked, images are only asked, and
 * legitimate interest says how it was weighed. What a supplier asks for on any other basis than consent says why that holds:
 * it would be the way around asking.
 *
 * @throws Refusal `image_needs_consent` (P23), `basis_is_not_consent` for what a law demands (C17), `basis_unmotivated` (K24, P12), `item_without_alternative`
 */
export function mustStandOnItsBasis(item: {
  legalBasis: LegalBasis
  purpose: string
  basisMotivation?: string | null
  image?: ImageUse | null
  requestId?: RequestId | null | undefined
  alternative: { nl: string }
}): void {
  if (item.image && item.legalBasis !== 'consent') throw new Refusal('image_needs_consent')
  if (item.legalBasis === 'consent' && isDemandedByLaw({ id: item.purpose })) throw new Refusal('basis_is_not_consent')
  const isMotivated = item.legalBasis === 'legitimate_interest' || (item.requestId && item.legalBasis !== 'consent')
  if (isMotivated && !item.basisMotivation?.trim()) throw new Refusal('basis_unmotivated')
  if (!item.alternative.nl.trim()) throw new Refusal('item_without_alternative')
}
