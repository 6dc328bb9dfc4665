import type { LegalBasis } from '../catalog/legal-basis.ts'
import type { SupplierParty } from '../catalog/store.ts'
import type { AgreementId, BoardId, PersonId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/** A deviation from the model agreement, Annex 3 (M25): without its motivation nothing is signed. */
export interface Deviation {
  article: string
  text: string
  motivation: string
}

export interface AgreementTerms {
  boardId: BoardId
  agreementId: AgreementId
  supplierId: SupplierId
  /** `processor`: the model agreement; `controller`: an exchange between two controllers, each on a legal basis of its own. */
  kind: 'processor' | 'controller'
  /** The product or service agreement it follows (M02). */
  productAgreement: string
  supplierBasis: LegalBasis | null
  boardBasis: LegalBasis | null
  /** Why the basis holds, of each of two controllers by itself (D02). */
  supplierArgument: string | null
  boardArgument: string | null
  deviations: Deviation[]
  /** Annex 2: the security measures, by what they concern. */
  security: Record<string, unknown>
  retention: string
  modelVersion: string
  startsAt: Date
  endsAt: Date
  draftedAt: Date
  draftedBy: string
  /** As the supplier named itself when it proposed it; null: as it is named everywhere (`supplierPartyIn`). */
  supplierParty: SupplierParty | null
}

interface Checked {
  checkedAt: Date
  checkedBy: PersonId
}
interface Signed extends Checked {
  signedAt: Date
  signedBy: PersonId
  /** The very bytes that were signed, and their SHA-256. */
  signedText: string
  signedHash: Uint8Array
  /** Somebody of the supplier signed the same: null, not yet. */
  bySupplier: SupplierSignature | null
}

export interface SupplierSignature {
  at: Date
  /** As the ledger names them. */
  by: string
  /** As they were called when they signed. */
  name: string
}

/**
 * A supplier agreement (P19, M28). `signed` has not begun yet; `ended` came about by an act or by the end of its term.
 *
 * ```
 *  draft ──check──▶ checked ──sign──▶ signed ─(startsAt)─▶ in_force ──end, (endsAt)──▶ ended
 *    └────reject─┬─────┘                 └──────────────────end──────────────────────────▲
 *                ▼              the supplier signs the same while it is signed or in force
 *             rejected; withdrawn when who proposed it takes it back
 * ```
 */
export type Agreement = AgreementTerms &
  (
    | { state: 'draft' }
    | ({ state: 'checked' } & Checked)
    | { state: 'rejected'; rejectedAt: Date; rejectedBecause: string }
    | { state: 'withdrawn'; withdrawnAt: Date; succeededBy: AgreementId | null }
    | ({ state: 'signed' | 'in_force' } & Signed)
    | ({ state: 'ended'; endedAt: Date; endedBecause: string } & Signed)
  )

export type AgreementState = Agreement['state']
export type AgreementIn<State extends AgreementState> = Extract<Agreement, { state: State }>

/** @throws Refusal `agreement_not_draft` */
export function check(agreement: Agreement, checkedBy: PersonId, at: Date): AgreementIn<'checked'> {
  if (agreement.state !== 'draft') throw new Refusal('agreement_not_draft', { state: agreement.state })
  return { ...agreement, state: 'checked', checkedAt: at, checkedBy }
}

/** @throws Refusal `agreement_not_draft`, `agreement_already_signed`, `agreement_ended` */
export function reject(agreement: Agreement, rejectedBecause: string, at: Date): AgreementIn<'rejected'> {
  mustBeOpen(agreement)
  return { ...agreement, state: 'rejected', rejectedAt: at, rejectedBecause }
}

/**
 * Takes a proposal back. Does NOT check whose it is.
 *
 * @throws Refusal `agreement_not_draft`, `agreement_already_signed`, `agreement_ended`
 */
export function withdraw(agreement: Agreement, succeededBy: AgreementId | null, at: Date): AgreementIn<'withdrawn'> {
  mustBeOpen(agreement)
  return { ...agreement, state: 'withdrawn', withdrawnAt: at, succeededBy }
}

function mustBeOpen(agreement: Agreement): asserts agreement is AgreementIn<'draft' | 'checked'> {
  const { state } = agreement
  if (state === 'rejected' || state === 'withdrawn') throw new Refusal('agreement_not_draft', { state })
  if (state === 'ended') throw new Refusal('agreement_ended')
  if (state === 'signed' || state === 'in_force') throw new Refusal('agreement_already_signed')
}

/**
 * Signs. Does NOT check that `signedBy` is a signatory: the command has, in the database.
 *
 * @throws Refusal `agreement_not_checked`, `agreement_already_signed`
 * @throws Refusal `agreement_ended` also when its term is over already
 * @throws Refusal `deviation_unmotivated` (M25)
 */
export function sign(
  agreement: Agreement,
  { signedBy, signedText, signedHash }: Pick<Signed, 'signedBy' | 'signedText' | 'signedHash'>,
  at: Date,
): AgreementIn<'signed' | 'in_force'> {
  if (agreement.state === 'draft' || agreement.state === 'rejected' || agreement.state === 'withdrawn') {
    throw new Refusal('agreement_not_checked', { state: agreement.state })
  }
  if (agreement.state === 'ended' || agreement.endsAt <= at) throw new Refusal('agreement_ended')
  if (agreement.state !== 'checked') throw new Refusal('agreement_already_signed')
  mustBeMotivated(agreement.deviations)
  return {
    ...agreement,
    state: at < agreement.startsAt ? 'signed' : 'in_force',
    signedAt: at,
    signedBy,
    signedText,
    signedHash,
    bySupplier: null,
  }
}

/**
 * The supplier signs what the board signed. Does NOT check whose agreement it is.
 *
 * @throws Refusal `agreement_not_in_force` before the board signed, `agreement_ended`, `agreement_already_signed`
 */
export function signAsSupplier(agreement: Agreement, bySupplier: SupplierSignature): AgreementIn<'signed' | 'in_force'> {
  mustBeStanding(agreement)
  if (agreement.bySupplier) throw new Refusal('agreement_already_signed')
  return { ...agreement, bySupplier }
}

/** @throws Refusal `agreement_not_in_force` when it was never signed, `agreement_ended` */
export function end(agreement: Agreement, endedBecause: string, at: Date): AgreementIn<'ended'> {
  if (agreement.state === 'ended') throw new Refusal('agreement_ended')
  if (agreement.state !== 'signed' && agreement.state !== 'in_force') {
    throw new Refusal('agreement_not_in_force', { state: agreement.state })
  }
  return { ...agreement, state: 'ended', endedAt: at, endedBecause }
}

/**
 * Lets an agreement be changed (addendum, leaflet, onward clause) that is signed and has not ended; it may still have to begin.
 *
 * @throws Refusal `agreement_not_in_force`, `agreement_ended`
 */
export function mustBeStanding(agreement: Agreement): asserts agreement is AgreementIn<'signed' | 'in_force'> {
  if (agreement.state === 'ended') throw new Refusal('agreement_ended')
  if (agreement.state !== 'signed' && agreement.state !== 'in_force') {
    throw new Refusal('agreement_not_in_force', { state: agreement.state })
  }
}

/** @throws Refusal `deviation_unmotivated` with the articles' places in the list (M25, C06) */
export function mustBeMotivated(deviations: Deviation[]): void {
  const bare = deviations.flatMap(({ motivation }, nr) => (motivation.trim() === '' ? [nr] : []))
  if (bare.length > 0) throw new Refusal('deviation_unmotivated', { deviations: bare })
}
