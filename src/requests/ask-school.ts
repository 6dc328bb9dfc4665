import type { SupplierActor } from '../actors.ts'
import { mustBeWithinLimits } from '../catalog/limit-client.ts'
import { dataSetsOf, holderByResource, worldOf } from '../catalog/store.ts'
import { linkSupplierToBoard } from '../catalog/supplier-boards.ts'
import { meaningHash } from '../consents/item.ts'
import { mustBeInCatalog } from '../consents/item-use.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { addHandles } from '../handles.ts'
import { type BoardId, type HolderId, newId, type RequestId, type SchoolId, type ServiceId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { REQUEST_MAIL } from '../messages/supplier-mail.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { boardById } from '../people/store.ts'
import { tellStaff } from '../people/tell-staff.ts'
import { wakeSandbox } from '../people/wake-sandbox.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../worlds.ts'
import { leafletFor } from './accepted-leaflet.ts'
import { mustNotBeAskedLately } from './asked-lately.ts'
import { type Bounded, mustBeBounded } from './blank-cheque.ts'
import { REQUEST_SIDE } from './staff.ts'
import { askedBy, holdAsks } from './store.ts'
import { type SupplierView, supplierView } from './supplier-view.ts'
import { readWords } from './words.ts'

/** How a supplier names a school (BRIN) or a board (OIN). */
export interface Address {
  scheme: 'BRIN' | 'OIN'
  value: string
}

/** Step 1 as a supplier makes it. What K18 asks for may be missing here: each lack has its own refusal. */
export interface SchoolAsk {
  addressedTo: Address
  serviceId: ServiceId
  partId?: string | undefined
  /** The resource of the holder. */
  resource: string
  datatypes: string[]
  purpose?: string | undefined
  startsAt: Date
  endsAt?: Date | undefined
  occasion?: string | undefined
  reason?: { nl?: string | undefined; en?: string | undefined } | undefined
  subjectKind?: 'pupil' | 'employee' | undefined
  subjects: { reference: string; hint?: string | undefined }[] | 'school_picks'
}

/** Most subjects in one request. */
export const MOST_SUBJECTS = 200

/**
 * Step 1 (K09): a supplier asks a school for data about subjects it names by its own references, or lets the school pick.
 * The purpose is one of the list for the kind of service, the data sets are those of one holder, and the leaflet names
 * both. Whoever decides on it at the school is mailed the next morning; nobody else is asked yet. Does NOT check that an agreement or onward clause covers it: `forwardRequest` does.
 *
 * @returns the request as the supplier may see it
 * @throws Refusal `board_not_found`, `holder_not_found`, `service_not_found`, `part_unknown`, `supplier_not_found` when suspended
 * @throws Refusal `blank_cheque_…` (K18), `purpose_unknown`, `purpose_forbidden`, `datatype_unknown`, `leaflet_lacks_data`
 * @throws Refusal `request_already_open`, `request_cooling_down`, `too_many_requests`, `input_invalid`, `member_role_missing`
 * @throws Refusal `not_allowed` outside what the client is limited to
 */
export async function askSchool(deps: Deps, supplier: SupplierActor, ask: SchoolAsk): Promise<SupplierView> {
  return await askSchoolWithin(deps, supplier, ask, async (_tx, _at, work) => await work())
}

/**
 * As `askSchool`, with something around the work that shares its transaction: an Idempotency-Key that is kept with the
 * effect or not at all (INV-15).
 */
export async function askSchoolWithin<Answer>(
  deps: Deps,
  supplier: SupplierActor,
  ask: SchoolAsk,
  around: (tx: Tx, at: Date, work: () => Promise<SupplierView>) => Promise<Answer>,
): Promise<Answer> {
  const { db } = deps
  const at = deps.now()
  const addressed = await boardAt(db, ask.addressedTo, await worldOf(db, supplier.supplierId))
  if (!addressed) throw new Refusal('board_not_found')
  const { boardId, schoolId } = addressed
  const holder = await holderByResource(db, ask.resource)
  if (!holder) throw new Refusal('holder_not_found')
  const offered = (await dataSetsOf(db, holder.holderId)).length
  const scope = { actor: 'client' as const, boards: [boardId] }
  const to = { boardId, schoolId, holderId: holder.holderId, offered }
  return await inTransaction(db, scope, async (tx) => around(tx, at, () => receive(tx, deps, at, supplier, ask, to)))
}

interface Addressee {
  boardId: BoardId
  schoolId: SchoolId | null
  holderId: HolderId
  /** How many data sets the holder offers. */
  offered: number
}

async function receive(
  tx: Tx,
  deps: Deps,
  at: Date,
  supplier: SupplierActor,
  ask: SchoolAsk,
  { boardId, schoolId, holderId, offered }: Addressee,
): Promise<SupplierView> {
  await mustActFor(tx, supplier, ['contracts'])
  const proposal = {
    ...ask,
    offered,
    latestEnd: schoolYearOf(await boardById(tx, boardId), ask.startsAt).endsAt,
    subjects: ask.subjects === 'school_picks' ? ask.subjects : ask.subjects.map(({ reference }) => reference),
    reason: ask.reason?.nl,
  }
  mustBeBounded(proposal)
  if ('clientId' in supplier) await mustBeWithinLimits(tx, supplier.clientId, ask.resource, proposal.datatypes)
  mustBeAhead(proposal, at)
  const words = readWords({ occasion: proposal.occasion, reason: { nl: proposal.reason, en: ask.reason?.en ?? null } })
  const request = await inCatalog(tx, boardId, supplier, { ...proposal, holderId }, at)
  await holdAsks(tx, boardId, supplier.supplierId)
  await mustNotBeAskedLately(tx, boardId, schoolId, request, proposal.subjects, at)

  const requestId = newId<RequestId>(at)
  await tx
    .insertInto('access_requests')
    .values({
      board_id: boardId,
      request_id: requestId,
      approach: 'organisation',
      supplier_id: supplier.supplierId,
      ...askedBy(supplier),
      school_id: schoolId,
      service_id: request.serviceId,
      part_id: request.partId,
      leaflet_id: request.leafletId,
      holder_id: request.holderId,
      datatypes: request.datatypes,
      purpose: request.purpose,
      starts_at: ask.startsAt,
      ends_at: proposal.endsAt,
      occasion: words.occasion,
      reason_nl: words.reason.nl,
      reason_en: words.reason.en,
      subject_kind: ask.subjectKind ?? 'pupil',
      school_picks: ask.subjects === 'school_picks',
      meaning_hash: meaningHash({ ...request, image: null }),
      received_at: at,
    })
    .execute()
  if (ask.subjects !== 'school_picks') await insertSubjects(tx, boardId, requestId, ask.subjects)
  await linkSupplierToBoard(tx, supplier.supplierId, boardId, at)
  await wakeSandbox(tx, boardId, requestId, at)
  await addHandles(tx, 'request', [{ owner: supplier.supplierId, handle: requestId, boardId, ref: requestId }])
  const view = await supplierView(tx, boardId, supplier.supplierId, requestId, at)
  await tellStaff(tx, deps, at, { boardId, schoolId }, { roles: REQUEST_SIDE, mail: REQUEST_MAIL, path: '/school' })
  await append(tx, {
    boardId,
    approach: 'organisation',
    at,
    event: 'access_requested',
    actor: actorName(supplier),
    ref: requestId,
    facts: {
      ...request,
      schoolId,
      subjectKind: ask.subjectKind ?? 'pupil',
      startsAt: ask.startsAt,
      endsAt: proposal.endsAt,
      subjects: proposal.subjects === 'school_picks' ? proposal.subjects : proposal.subjects.length,
    },
  })
  return view
}

/** The board, and the school, that an address is of in a world. */
export async function boardAt(
  db: Db,
  { scheme, value }: Address,
  world: World,
): Promise<{ boardId: BoardId; schoolId: SchoolId | null } | undefined> {
  const row = await db
    .selectFrom('board_directory')
    .select(['board_id', 'school_id'])
    .where('scheme', '=', scheme)
    .where('value', '=', value) // board_directory_pkey
    .where('world', '=', world)
    .executeTakeFirst()
  return row && { boardId: row.board_id, schoolId: row.school_id }
}

/** @throws Refusal `input_invalid` */
function mustBeAhead({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }, at: Date): void {
  if (endsAt <= at) throw new Refusal('input_invalid', { errors: [{ field: 'window.until', reason: 'is past' }] })
  if (endsAt <= startsAt) throw new Refusal('input_invalid', { errors: [{ field: 'window.until', reason: 'is not after the beginning' }] })
}

/** The use as the catalog has it: which leaflet version, the purpose as the list spells it, each data set once. */
async function inCatalog(
  tx: Tx,
  boardId: BoardId,
  { supplierId }: SupplierActor,
  { serviceId, partId, holderId, datatypes, purpose }: Pick<SchoolAsk, 'serviceId' | 'partId'> & Bounded & { holderId: HolderId },
  at: Date,
) {
  const leaflet = await leafletFor(tx, boardId, supplierId, serviceId, at)
  if (!leaflet) throw new Refusal('service_not_found')
  const use = {
    supplierId,
    serviceId,
    partId: partId ?? null,
    leafletId: leaflet.leafletId,
    holderId,
    datatypes: [...new Set(datatypes)].toSorted(),
  }
  return { ...use, purpose: (await mustBeInCatalog(tx, use, purpose, false)).purpose }
}

/** @throws Refusal `input_invalid` when a reference comes twice or there are too many */
async function insertSubjects(
  tx: Tx,
  boardId: BoardId,
  requestId: RequestId,
  subjects: readonly { reference: string; hint?: string | undefined }[],
): Promise<void> {
  const twice = new Set(subjects.map(({ reference }) => reference)).size < subjects.length
  if (twice || subjects.length > MOST_SUBJECTS) {
    throw new Refusal('input_invalid', { errors: [{ field: 'subjects', reason: twice ? 'names somebody twice' : 'are too many' }] })
  }
  await tx
    .insertInto('request_subjects')
    .values(
      subjects.map(({ reference, hint }) => ({
        board_id: boardId,
        request_id: requestId,
        reference,
        approach: 'organisation' as const,
        hint: hint ?? null,
      })),
    )
    .execute()
}
