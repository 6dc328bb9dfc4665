import { randomBytes, randomInt } from 'node:crypto'

/** A string that is only good for one kind of thing: a `GrantId` where a `ConsentId` goes does not compile. */
type Id<Kind extends string> = string & { readonly __kind: Kind }

export type AccountId = Id<'account'>
export type AddendumId = Id<'addendum'>
export type AgreementId = Id<'agreement'>
export type AnswerId = Id<'answer'>
export type ApprovalId = Id<'approval'>
export type AssignmentId = Id<'assignment'>
export type BoardId = Id<'board'>
export type CaseId = Id<'case'>
export type ClauseId = Id<'clause'>
export type ClientId = Id<'client'>
export type ConsentId = Id<'consent'>
export type DeletionId = Id<'deletion'>
export type DeliveryId = Id<'delivery'>
/** Of data, by law. */
export type DemandId = Id<'demand'>
export type DisclosureId = Id<'disclosure'>
export type DutyId = Id<'duty'>
export type EventId = Id<'event'>
export type GrantId = Id<'grant'>
export type GuardianshipId = Id<'guardianship'>
export type HolderId = Id<'holder'>
export type IncidentId = Id<'incident'>
export type IncidentMessageId = Id<'incident_message'>
export type ImportId = Id<'import'>
export type InquiryId = Id<'inquiry'>
export type InteractionId = Id<'interaction'>
export type ItemId = Id<'item'>
export type JobId = Id<'job'>
export type LeafletId = Id<'leaflet'>
export type LinkCodeId = Id<'link_code'>
export type ForwardedRightId = Id<'forwarded_right'>
export type AgreementMessageId = Id<'agreement_message'>
export type PreparedAskId = Id<'prepared_ask'>
export type MandateId = Id<'mandate'>
export type MappingId = Id<'mapping'>
export type MemberId = Id<'member'>
export type ObjectionId = Id<'objection'>
export type PersonId = Id<'person'>
/** Of the yearly checklist: something to mend. */
export type PointId = Id<'point'>
export type ProposalId = Id<'proposal'>
export type NominationId = Id<'nomination'>
export type ReceiptId = Id<'receipt'>
export type ReleaseId = Id<'release'>
export type RequestId = Id<'request'>
export type RoundId = Id<'round'>
export type SchoolId = Id<'school'>
export type ServiceId = Id<'service'>
export type SessionId = Id<'session'>
export type SignalId = Id<'signal'>
export type ShareId = Id<'share'>
export type SignInCodeId = Id<'sign_in_code'>
export type StatusListId = Id<'status_list'>
export type StreamId = Id<'stream'>
export type SuggestionId = Id<'suggestion'>
export type SupplierId = Id<'supplier'>
/** On a supplier's calendar. */
export type TickId = Id<'tick'>
/** An enrolment or an employment: what ties a subject to a board. */
export type TenureId = Id<'tenure'>
export type TokenId = Id<'token'>
export type InspectionId = Id<'inspection'>
export type TransferId = Id<'transfer'>
export type UploadId = Id<'upload'>
export type ExportId = Id<'export'>
export type LetterRunId = Id<'letter run'>
export type FigureShareId = Id<'figure share'>
export type UseId = Id<'use'>
export type ViewId = Id<'view'>
/** One way to an identity provider and back. */
export type VisitId = Id<'visit'>

/**
 * A new UUID of version 7 (RFC 9562): ids sort by the time they were made, so indexes grow at one end; those of one process
 * and one millisecond by the order they were made in (section 6.2, a counter of 26 bits that begins anywhere).
 * Made here and not in the database, which may be older than PostgreSQL 18. An id is not a secret.
 */
export function newId<I extends Id<string>>(at: Date): I {
  return newIds<I>(at, 1)[0]!
}

/** As `newId`, many at once. */
export function newIds<I extends Id<string>>(at: Date, count: number): I[] {
  const bytes = randomBytes(count * 16)
  for (let from = 0; from < bytes.length; from += 16) {
    const nr = nextAt(at.getTime())
    bytes.writeUIntBE(at.getTime(), from, 6)
    bytes.writeUInt16BE(0x7000 | (nr >> 14), from + 6)
    bytes.writeUInt16BE(0x8000 | (nr & 0x3fff), from + 8)
  }
  const hex = bytes.toString('hex')
  return Array.from({ length: count }, (_, nr) => {
    const from = nr * 32
    const part = (start: number, end: number) => hex.slice(from + start, from + end)
    return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20, 32)}` as I
  })
}

let counting = { ms: -1, next: 0 }

function nextAt(ms: number): number {
  if (ms !== counting.ms) counting = { ms, next: randomInt(2 ** 25) }
  return counting.next++ % 2 ** 26
}

/** 32 random bytes as 43 characters of base64url: for links, codes and handles. Keep only its hash. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
