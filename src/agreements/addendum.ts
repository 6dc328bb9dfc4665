import type { AddendumId, AgreementId, BoardId, LeafletId, PersonId, RequestId, ServiceId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/** What an addendum brings into an agreement. */
export interface AddendumContent {
  serviceId: ServiceId
  leafletId: LeafletId
  /** Optional parts that go on besides those that are. */
  partIds: string[]
}

interface AddendumTerms {
  boardId: BoardId
  addendumId: AddendumId
  agreementId: AgreementId
  /** The access request that made it needed, if one did (K11). */
  requestId: RequestId | null
  /** The bytes that are signed, as a person reads them (`addendumText`). */
  text: string
  content: AddendumContent
  draftedAt: Date
  draftedBy: string
}

interface Checked {
  checkedAt: Date
  checkedBy: PersonId
}

/**
 * An addendum to a supplier agreement: what a use that was not foreseen brings in (K11). It is checked and signed as the
 * agreement was; what it brings in is covered from its signature.
 *
 * ```
 *  draft ──check──▶ checked ──sign──▶ signed
 *    └────reject─────┴─────▶ rejected; withdrawn when who proposed it takes it back
 * ```
 */
export type Addendum = AddendumTerms &
  (
    | { state: 'draft' }
    | ({ state: 'checked' } & Checked)
    | { state: 'rejected'; rejectedAt: Date; rejectedBecause: string }
    | { state: 'withdrawn'; withdrawnAt: Date }
    | ({ state: 'signed'; signedAt: Date; signedBy: PersonId; signedHash: Uint8Array } & Checked)
  )

export type AddendumState = Addendum['state']
export type AddendumIn<State extends AddendumState> = Extract<Addendum, { state: State }>

/**
 * By which act the supplier agreed to what an addendum brings in: it asked the school for exactly that, or it proposed the
 * addendum itself, in person, by its program or by way of the operator. Null: the school drafted it, and the supplier has said
 * nothing of it yet.
 */
export function agreedBySupplier({ requestId, draftedBy }: Pick<Addendum, 'requestId' | 'draftedBy'>): 'request' | 'proposal' | null {
  if (requestId) return 'request'
  return draftedBy.startsWith('person:') ? null : 'proposal'
}

/** @throws Refusal `addendum_not_draft` */
export function checkedAddendum(addendum: Addendum, checkedBy: PersonId, at: Date): AddendumIn<'checked'> {
  if (addendum.state !== 'draft') throw new Refusal('addendum_not_draft', { state: addendum.state })
  return { ...addendum, state: 'checked', checkedAt: at, checkedBy }
}

/** @throws Refusal `addendum_not_draft`, `addendum_already_signed` */
export function rejectedAddendum(addendum: Addendum, rejectedBecause: string, at: Date): AddendumIn<'rejected'> {
  mustBeOpen(addendum)
  return { ...addendum, state: 'rejected', rejectedAt: at, rejectedBecause }
}

/**
 * Takes a proposal back. Does NOT check whose it is.
 *
 * @throws Refusal `addendum_not_draft`, `addendum_already_signed`
 */
export function withdrawnAddendum(addendum: Addendum, at: Date): AddendumIn<'withdrawn'> {
  mustBeOpen(addendum)
  return { ...addendum, state: 'withdrawn', withdrawnAt: at }
}

function mustBeOpen(addendum: Addendum): asserts addendum is AddendumIn<'draft' | 'checked'> {
  const { state } = addendum
  if (state === 'rejected' || state === 'withdrawn') throw new Refusal('addendum_not_draft', { state })
  if (state === 'signed') throw new Refusal('addendum_already_signed')
}

/**
 * Signs. Does NOT check that `signedBy` is a signatory or that the agreement stands: the command has.
 *
 * @throws Refusal `addendum_not_checked`, `addendum_already_signed`
 */
export function signedAddendum(addendum: Addendum, signedBy: PersonId, signedHash: Uint8Array, at: Date): AddendumIn<'signed'> {
  if (addendum.state === 'signed') throw new Refusal('addendum_already_signed')
  if (addendum.state !== 'checked') throw new Refusal('addendum_not_checked', { state: addendum.state })
  return { ...addendum, state: 'signed', signedAt: at, signedBy, signedHash }
}
