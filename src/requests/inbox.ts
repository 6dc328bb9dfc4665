import { type Addendum } from '../agreements/addendum.ts'
import { addendaOf } from '../agreements/addendum-store.ts'
import { councilApprovals } from '../agreements/council-approval.ts'
import { coverageOf, onwardClause } from '../agreements/store.ts'
import { type DataSet, dataSetsOf, holderById, leafletById, serviceById, suppliers } from '../catalog/store.ts'
import type { State as ConsentState } from '../consents/consent.ts'
import { factsOf } from '../consents/facts.ts'
import { consentsById } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId, RequestId, SchoolId } from '../ids.ts'
import { type Person, personsById } from '../people/store.ts'
import { possibleForStaff, requestStateAt, type State, type Verb } from './request.ts'
import { type AccessRequest, namedConsents, type RequestSubject, requestById, requestsOf, subjectsOf, subjectsOfAll } from './store.ts'
import type { LeftOutBecause } from './tables.ts'

/** A request as it stands in the school's inbox. */
export interface InboxEntry {
  request: AccessRequest
  state: State
  supplierName: string
  serviceName: string
  /** How many subjects it is about, without those the school left out. */
  subjects: number
  /** How many of them the school has yet to match. */
  unmatched: number
}

/** What staff see of a subject. Of a colleague never what they answered, nor anything it could be told from (D01). */
export interface SubjectForStaff {
  reference: string
  hint: string | null
  /** Who the hint says it is, when it is a number that one pupil has. */
  candidate: Person | null
  person: Person | null
  /** Of pupils only, once the question is out. */
  answer: { consentId: ConsentId; state: ConsentState; covered: boolean; released: boolean } | null
  leftOut: LeftOutBecause | null
}

export interface RequestForStaff extends InboxEntry {
  holderName: string
  dataSets: DataSet[]
  partName: string | null
  people: SubjectForStaff[]
  possible: Verb[]
  /** What release waits for beside the answers. */
  missing: { agreement: boolean; onwardClause: boolean; council: boolean }
  /** The addenda that this request made needed. */
  addenda: Addendum[]
}

/**
 * The requests to schools of a board, newest first. Does NOT check who looks: the page shows it to whom `requestOfStaff` would let act.
 *
 * @param schoolIds only those to these schools; absent: all, those to the board too
 */
export async function inboxOf(tx: Tx, boardId: BoardId, at: Date, schoolIds?: readonly SchoolId[]): Promise<InboxEntry[]> {
  const all = await requestsOf(tx, boardId)
  const requests = schoolIds ? all.filter(({ schoolId }) => schoolId !== null && schoolIds.includes(schoolId)) : all
  const subjects = await subjectsOfAll(
    tx,
    boardId,
    requests.map(({ requestId }) => requestId),
  )
  const entries: InboxEntry[] = []
  for (const request of requests) entries.push(await entryOf(tx, request, subjects.get(request.requestId) ?? [], at))
  return entries
}

/** One request with everything staff decide by. Does NOT check who looks. */
export async function requestForStaff(tx: Tx, boardId: BoardId, requestId: RequestId, at: Date): Promise<RequestForStaff | undefined> {
  const request = await requestById(tx, boardId, requestId)
  if (!request) return undefined
  const subjects = await subjectsOf(tx, boardId, requestId)
  const leaflet = await leafletById(tx, request.leafletId)
  const ofStaff = request.subjectKind === 'employee'
  const approvals = ofStaff ? await councilApprovals(tx, boardId) : []
  return {
    ...(await entryOf(tx, request, subjects, at)),
    holderName: (await holderById(tx, request.holderId))!.name,
    dataSets: (await dataSetsOf(tx, request.holderId)).filter(({ datatype }) => request.datatypes.includes(datatype)),
    partName: leaflet?.content.parts.find(({ partId }) => partId === request.partId)?.name ?? null,
    people: await peopleOf(tx, request, subjects, at),
    possible: possibleForStaff(requestStateAt(request, at)),
    missing: {
      agreement: (await coverageOf(tx, boardId, request, at)) === undefined,
      onwardClause: (await onwardClause(tx, boardId, request.holderId, request.datatypes, at)) === undefined,
      council: ofStaff && !approvals.some(({ council, ref }) => council === 'PMR' && (ref === requestId || ref === request.serviceId)),
    },
    addenda: await addendaOf(tx, boardId, { requestId }),
  }
}

async function entryOf(tx: Tx, request: AccessRequest, subjects: readonly RequestSubject[], at: Date): Promise<InboxEntry> {
  const [supplier] = await suppliers(tx, [request.supplierId])
  const service = await serviceById(tx, request.serviceId)
  const asked = subjects.filter(({ leftOut }) => leftOut !== 'school')
  return {
    request,
    state: requestStateAt(request, at).state,
    supplierName: supplier!.legalName,
    serviceName: service!.name,
    subjects: asked.length,
    unmatched: asked.filter(({ subjectId }) => !subjectId).length,
  }
}

async function peopleOf(tx: Tx, request: AccessRequest, subjects: readonly RequestSubject[], at: Date): Promise<SubjectForStaff[]> {
  const { boardId } = request
  const persons = await personsById(
    tx,
    boardId,
    subjects.flatMap(({ subjectId }) => subjectId ?? []),
  )
  const candidates = await byEckId(tx, boardId, subjects)
  const mayShow = request.subjectKind === 'pupil'
  const consentIds = mayShow ? subjects.flatMap(({ consentId }) => consentId ?? []) : []
  const consents = await consentsById(tx, boardId, consentIds)
  const named = await namedConsents(tx, request)
  return subjects.map(({ reference, hint, subjectId, consentId, covered, leftOut }) => {
    const consent = consentId && consents.get(consentId)
    return {
      reference,
      hint,
      candidate: (hint !== null && candidates.get(hint)) || null,
      person: (subjectId && persons.get(subjectId)) || null,
      answer: consent
        ? { consentId: consent.consentId, state: factsOf(consent, at).state.state, covered, released: named.has(consent.consentId) }
        : null,
      leftOut: mayShow || leftOut === 'school' ? leftOut : null,
    }
  })
}

/** Whom the hints name that are an ECK iD of somebody of this board. */
async function byEckId(tx: Tx, boardId: BoardId, subjects: readonly RequestSubject[]): Promise<Map<string, Person>> {
  const hints = subjects.flatMap(({ hint }) => (hint?.startsWith('https://ketenid.nl/') ? hint : []))
  if (hints.length === 0) return new Map()
  const rows = await tx
    .selectFrom('persons')
    .select(['person_id', 'eck_id'])
    .where('board_id', '=', boardId)
    .where('eck_id', 'in', hints) // persons_by_eck_id
    .where('erased_at', 'is', null)
    .execute()
  const perHint = Map.groupBy(rows, ({ eck_id }) => eck_id!)
  const alone = [...perHint.values()].flatMap((those) => (those.length === 1 ? those : []))
  const persons = await personsById(
    tx,
    boardId,
    alone.map(({ person_id }): PersonId => person_id),
  )
  return new Map(alone.flatMap(({ eck_id, person_id }) => (persons.has(person_id) ? [[eck_id!, persons.get(person_id)!] as const] : [])))
}
