import { type Insertable, type Selectable, sql } from 'kysely'
import type { SupplierActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type {
  AgreementId,
  BoardId,
  ConsentId,
  HolderId,
  LeafletId,
  PersonId,
  ReleaseId,
  RequestId,
  SchoolId,
  ServiceId,
  SupplierId,
} from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { RequestFacts } from './request.ts'
import type { AccessRequestTable, LeftOutBecause } from './tables.ts'

/** Step 4, once taken. It can be taken again for who came later, and withdrawn. */
export interface Release {
  releaseId: ReleaseId
  agreementId: AgreementId
  /** Answers given after it count too; else only those it found. */
  coversLater: boolean
  releasedAt: Date
  withdrawnAt: Date | null
}

/** An access request by way of a school, as it stands: `datatypes` and `endsAt` are those it was narrowed to. */
export interface AccessRequest extends RequestFacts {
  releases: readonly Release[]
  boardId: BoardId
  requestId: RequestId
  supplierId: SupplierId
  /** Null: it was addressed to the board. */
  schoolId: SchoolId | null
  serviceId: ServiceId
  partId: string | null
  leafletId: LeafletId
  holderId: HolderId
  datatypes: string[]
  purpose: string
  startsAt: Date
  occasion: string
  reason: { nl: string; en: string | null }
  subjectKind: 'pupil' | 'employee'
  /** The supplier named nobody: the school picks who it is about. */
  schoolPicks: boolean
  narrowedAt: Date | null
}

/** One subject of a request: named by the supplier, known to the school. */
export interface RequestSubject {
  reference: string
  /** What helps the school find the person. Only staff see it; gone once matched. */
  hint: string | null
  subjectId: PersonId | null
  /** The consent that answers it, its own or one that covered it. */
  consentId: ConsentId | null
  covered: boolean
  leftOut: LeftOutBecause | null
}

/** A request to a school of this board. Does NOT check whose it is: name the supplier where one asks. */
export async function requestById(tx: Tx, boardId: BoardId, requestId: RequestId): Promise<AccessRequest | undefined> {
  return (await requestsWhere(tx, boardId, sql`q.request_id = ${requestId}`))[0] // access_requests_pkey
}

/** The requests to schools of this board, newest first. */
export async function requestsOf(tx: Tx, boardId: BoardId): Promise<AccessRequest[]> {
  return await requestsWhere(tx, boardId, sql`true`)
}

/** Several by id, newest first. */
export async function requestsById(tx: Tx, boardId: BoardId, requestIds: readonly RequestId[]): Promise<AccessRequest[]> {
  return await requestsWhere(tx, boardId, sql`q.request_id = any(${requestIds}::uuid[])`) // access_requests_pkey
}

/**
 * A request that is about to change: whoever else changes it waits until this transaction is through, and what it says is
 * read after that. A lock of its own and not the row's: a redemption holds releases before requests, and who changes a
 * request begins with the request, so with the row's lock the two could wait for each other.
 *
 * @throws Refusal `request_not_found`
 */
export async function requestToChange(tx: Tx, boardId: BoardId, requestId: RequestId): Promise<AccessRequest> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`request:${requestId}`}, 0))`.execute(tx)
  const request = await requestById(tx, boardId, requestId)
  if (!request) throw new Refusal('request_not_found')
  return request
}

/** Who asked, as a request keeps it: a client, or one of the supplier's people. */
export function askedBy(actor: SupplierActor): Pick<Insertable<AccessRequestTable>, 'client_id' | 'member_id'> {
  return 'clientId' in actor ? { client_id: actor.clientId } : { member_id: actor.memberId }
}

/**
 * Lets only one ask of a supplier at a board go on at a time, until commit: what was asked before is read after this, so
 * two asks that mean the same cannot both find nothing.
 */
export async function holdAsks(tx: Tx, boardId: BoardId, supplierId: SupplierId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`asks:${boardId}:${supplierId}`}, 0))`.execute(tx)
}

/** The subjects of a request, in the order of their references. For a page of the school: `subjectsForStaff`. */
export async function subjectsOf(tx: Tx, boardId: BoardId, requestId: RequestId): Promise<RequestSubject[]> {
  const rows = await tx
    .selectFrom('request_subjects')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('request_id', '=', requestId) // request_subjects_pkey
    .orderBy('reference')
    .execute()
  return rows.map((row) => ({
    reference: row.reference,
    hint: row.hint,
    subjectId: row.subject_id,
    consentId: row.consent_id,
    covered: row.covered ?? false,
    leftOut: row.left_out_because,
  }))
}

/**
 * The subjects as staff may see them. Of colleagues only who they are: not what they answered, whether they were asked, nor
 * anything else that would tell what they said before (D01).
 */
export async function subjectsForStaff(tx: Tx, { boardId, requestId, subjectKind }: AccessRequest): Promise<RequestSubject[]> {
  const subjects = await subjectsOf(tx, boardId, requestId)
  if (subjectKind === 'pupil') return subjects
  return subjects.map((subject) => ({
    ...subject,
    consentId: null,
    covered: false,
    leftOut: subject.leftOut === 'school' ? 'school' : null,
  }))
}

async function requestsWhere(tx: Tx, boardId: BoardId, condition: ReturnType<typeof sql>): Promise<AccessRequest[]> {
  const rows = await tx
    .selectFrom('access_requests as q')
    .selectAll()
    .where('q.board_id', '=', boardId)
    .where('q.approach', '=', 'organisation')
    .where(sql<boolean>`${condition}`)
    .orderBy('q.received_at', 'desc')
    .orderBy('q.request_id', 'desc')
    .execute()
  const releases = await tx
    .selectFrom('releases')
    .select(['request_id', 'release_id', 'agreement_id', 'covers_later', 'released_at', 'withdrawn_at'])
    .where('board_id', '=', boardId)
    .where('request_id', '=', sql<RequestId>`any(${rows.map(({ request_id }) => request_id)}::uuid[])`) // releases_by_request
    .orderBy('released_at')
    .orderBy('release_id')
    .execute()
  return rows.map((row) =>
    requestOf(
      row,
      releases
        .filter(({ request_id }) => request_id === row.request_id)
        .map((release) => ({
          releaseId: release.release_id,
          agreementId: release.agreement_id,
          coversLater: release.covers_later,
          releasedAt: release.released_at,
          withdrawnAt: release.withdrawn_at,
        })),
    ),
  )
}

function requestOf(row: Selectable<AccessRequestTable>, releases: Release[]): AccessRequest {
  return {
    boardId: row.board_id,
    requestId: row.request_id,
    supplierId: row.supplier_id,
    schoolId: row.school_id,
    serviceId: row.service_id,
    partId: row.part_id,
    leafletId: row.leaflet_id,
    holderId: row.holder_id,
    datatypes: row.datatypes,
    purpose: row.purpose,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    occasion: row.occasion,
    reason: { nl: row.reason_nl, en: row.reason_en },
    subjectKind: row.subject_kind,
    schoolPicks: row.school_picks,
    receivedAt: row.received_at,
    narrowedAt: row.narrowed_at,
    forwardedAt: row.forwarded_at,
    refusedAt: row.refused_at,
    withdrawnAt: row.withdrawn_at,
    releases,
  }
}

/** The consents that the standing releases of a request name. */
export async function namedConsents(tx: Tx, { boardId, releases }: AccessRequest): Promise<Map<ConsentId, Release>> {
  const standing = releases.filter(({ withdrawnAt }) => !withdrawnAt)
  const rows = await tx
    .selectFrom('release_subjects')
    .select(['consent_id', 'release_id'])
    .where('board_id', '=', boardId)
    .where('release_id', '=', sql<ReleaseId>`any(${standing.map(({ releaseId }) => releaseId)}::uuid[])`) // release_subjects_pkey
    .orderBy('consent_id')
    .execute()
  return new Map(rows.map(({ consent_id, release_id }) => [consent_id, standing.find(({ releaseId }) => releaseId === release_id)!]))
}

/** What the school wrote last about a service for who says no: a good beginning for the next question. */
export async function lastAlternative(
  tx: Tx,
  { boardId, supplierId, serviceId }: AccessRequest,
): Promise<{ nl: string; en: string | null } | undefined> {
  const row = await tx
    .selectFrom('items')
    .select(['alternative_nl', 'alternative_en'])
    .where('board_id', '=', boardId)
    .where('supplier_id', '=', supplierId) // items_by_supplier
    .where('service_id', '=', serviceId)
    .where('approach', '=', 'organisation')
    .orderBy('created_at', 'desc')
    .orderBy('item_id')
    .limit(1)
    .executeTakeFirst()
  return row && { nl: row.alternative_nl, en: row.alternative_en }
}
