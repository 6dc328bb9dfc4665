import { holderById } from '../catalog/store.ts'
import type { AskedItem } from '../consents/store.ts'
import { consentsById } from '../consents/store.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import { locate } from '../handles.ts'
import type { BoardId, ConsentId, RequestId, ServiceId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { mayBeReleased, mayStillBeReleased } from './may-be-released.ts'
import { requestStateAt, type State } from './request.ts'
import { type AccessRequest, namedConsents, type RequestSubject, requestById, requestsById, subjectsOf } from './store.ts'

/** `covered`: an earlier answer is about this use, so nobody is asked again; what the answer was is told by the release. */
export type SubjectStatus = 'pending' | 'covered' | 'released' | 'not_released'

/** A request as its supplier may see it. Never who answered what or why not, nor who a reference is. */
export interface SupplierView extends SupplierSummary {
  subjects: { reference: string; status: SubjectStatus }[]
}

export interface SupplierSummary {
  requestId: RequestId
  status: State
  addressedTo: { scheme: 'BRIN' | 'OIN'; value: string }
  serviceId: ServiceId
  partId: string | null
  resource: string
  datatypes: string[]
  purpose: string
  startsAt: Date
  endsAt: Date
  /** The school made it smaller: `datatypes`, `endsAt` and `subjects` are what was left. */
  narrowed: boolean
  occasion: string
  reason: { nl: string; en: string | null }
  subjectKind: 'pupil' | 'employee'
  receivedAt: Date
}

/** @throws Refusal `request_not_found` also for another supplier's */
export async function requestOf(db: Db, supplierId: SupplierId, requestId: RequestId, at: Date): Promise<SupplierView> {
  const located = await locate(db, 'request', supplierId, requestId)
  if (!located) throw new Refusal('request_not_found')
  const { boardId } = located
  return await inTransaction(db, { actor: 'client', boards: [boardId] }, (tx) => supplierView(tx, boardId, supplierId, requestId, at))
}

/**
 * A supplier's requests to schools, oldest first, at most `limit` after `after`. Without their subjects: those stand with
 * each request.
 */
export async function requestsOfSupplier(
  db: Db,
  supplierId: SupplierId,
  { after, limit }: { after?: RequestId | undefined; limit: number },
  at: Date,
): Promise<{ requests: SupplierSummary[]; next: RequestId | undefined }> {
  const handles = await db
    .selectFrom('handles')
    .select(['handle', 'board_id'])
    .where('kind', '=', 'request')
    .where('owner', '=', supplierId)
    .$if(after !== undefined, (query) => query.where('handle', '>', after!)) // handles_pkey
    .orderBy('handle')
    .limit(limit + 1)
    .execute()
  const page = handles.slice(0, limit)
  const boards = [...new Set(page.map(({ board_id }) => board_id))]
  const found = await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const summaries: SupplierSummary[] = []
    for (const boardId of boards) {
      const ids = page.filter(({ board_id }) => board_id === boardId).map(({ handle }) => handle as RequestId)
      for (const request of await requestsById(tx, boardId, ids)) {
        if (request.supplierId === supplierId) summaries.push(await summaryOf(tx, request, at))
      }
    }
    return summaries
  })
  return {
    requests: found.toSorted((a, b) => (a.requestId < b.requestId ? -1 : 1)),
    next: handles.length > limit ? (page.at(-1)!.handle as RequestId) : undefined,
  }
}

/** @throws Refusal `request_not_found` also for another supplier's */
export async function supplierView(
  tx: Tx,
  boardId: BoardId,
  supplierId: SupplierId,
  requestId: RequestId,
  at: Date,
): Promise<SupplierView> {
  const request = await requestById(tx, boardId, requestId)
  if (request?.supplierId !== supplierId) throw new Refusal('request_not_found')
  const subjects = await subjectsOf(tx, boardId, requestId)
  const consents = await consentsById(
    tx,
    boardId,
    subjects.flatMap(({ consentId }) => consentId ?? []),
  )
  const named = await namedConsents(tx, request)
  return {
    ...(await summaryOf(tx, request, at)),
    subjects: subjects.map((subject) => ({
      reference: subject.reference,
      status: subjectStatus(subject, request, subject.consentId ? consents.get(subject.consentId) : undefined, named, at),
    })),
  }
}

/**
 * What a supplier is told of one subject. Whether a person said no, said nothing yet or was not asked at all looks the same
 * before the release (`pending`) and after it (`not_released`; `pending` while later answers count).
 */
function subjectStatus(
  subject: RequestSubject,
  request: AccessRequest,
  consent: AskedItem | undefined,
  named: ReadonlyMap<ConsentId, unknown>,
  at: Date,
): SubjectStatus {
  const { state } = requestStateAt(request, at)
  if (state === 'received') return subject.leftOut === 'school' ? 'not_released' : 'pending'
  if (state === 'forwarded') return subject.leftOut === 'school' ? 'not_released' : subject.covered ? 'covered' : 'pending'
  if (state !== 'released' || subject.leftOut === 'school') return 'not_released'
  const isNamed = consent !== undefined && named.has(consent.consentId)
  if (isNamed && mayBeReleased(consent, request.datatypes, at)) return 'released'
  const coversLater = request.releases.some((release) => release.coversLater && !release.withdrawnAt)
  return coversLater && (!consent || (isNamed && mayStillBeReleased(consent, at))) ? 'pending' : 'not_released'
}

async function summaryOf(tx: Tx, request: AccessRequest, at: Date): Promise<SupplierSummary> {
  const holder = await holderById(tx, request.holderId)
  return {
    requestId: request.requestId,
    status: requestStateAt(request, at).state,
    addressedTo: await addressOf(tx, request),
    serviceId: request.serviceId,
    partId: request.partId,
    resource: holder!.resource,
    datatypes: request.datatypes,
    purpose: request.purpose,
    startsAt: request.startsAt,
    endsAt: request.endsAt,
    narrowed: request.narrowedAt !== null,
    occasion: request.occasion,
    reason: request.reason,
    subjectKind: request.subjectKind,
    receivedAt: request.receivedAt,
  }
}

async function addressOf(tx: Tx, { boardId, schoolId }: AccessRequest): Promise<SupplierSummary['addressedTo']> {
  const { scheme, value } = await tx
    .selectFrom('board_directory')
    .select(['scheme', 'value'])
    .where('board_id', '=', boardId)
    .where('school_id', schoolId ? '=' : 'is', schoolId)
    .orderBy('scheme')
    .orderBy('value')
    .executeTakeFirstOrThrow()
  return { scheme, value }
}
