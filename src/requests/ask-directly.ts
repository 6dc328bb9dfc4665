import type { SupplierActor } from '../actors.ts'
import { onwardClause } from '../agreements/store.ts'
import { isDemandedByLaw } from '../catalog/purposes.ts'
import { dataSetsOf, holderByResource, latestLeaflet, servicesOf, supplierById } from '../catalog/store.ts'
import { linkSupplierToBoard } from '../catalog/supplier-boards.ts'
import { askConsents, askedFacts } from '../consents/ask.ts'
import { stateOf } from '../consents/consent.ts'
import { createItem, type NewItem } from '../consents/create-item.ts'
import { meaningHash } from '../consents/item.ts'
import { mustBeInCatalog } from '../consents/item-use.ts'
import { tellDeciders } from '../consents/notices.ts'
import { type AskedItem, consentsAbout } from '../consents/store.ts'
import { tooYoungFor } from '../consents/too-young.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type ConsentId, type ItemId, newId, type PersonId, type RequestId, type ServiceId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { CAUSES, type Cause, NOTHING_HAPPENS } from '../messages/questions.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { currentTenure } from '../people/store.ts'
import { wakeSandbox } from '../people/wake-sandbox.ts'
import { Refusal } from '../refusal.ts'
import { mustBeBounded } from './blank-cheque.ts'
import type { Use } from './covered.ts'
import { earlierAsks } from './decide-subject.ts'
import { type DirectHint, type Hinted, hintedSubject } from './direct-hint.ts'
import { mayAsk } from './rationing.ts'
import { askedBy, holdAsks } from './store.ts'
import { readWords, type Words } from './words.ts'

/** What a supplier asks a decider directly (K12), whoever that is. Absent words are those of its leaflet and of how it came to ask. */
export interface Ask {
  /** Absent: the only one it has. */
  serviceId?: ServiceId | undefined
  partId?: string | undefined
  /** The resource of the holder. */
  resource: string
  datatypes: string[]
  purpose?: string | undefined
  /** Absent: now. */
  startsAt?: Date | undefined
  endsAt?: Date | undefined
  occasion?: string | undefined
  reason?: { nl: string; en?: string | undefined } | undefined
}

/** Whom an ask is to come to. */
export interface AimedAt {
  hint: DirectHint
  /** Whom it has to be about, where it is to take the place of something; about anybody else nobody is asked. */
  onlyAbout?: PersonId | undefined
}

export interface DirectlyAsked {
  boardId: BoardId
  requestId: RequestId
  consentId: ConsentId
}

/** Everything about a direct ask that is known before it is known whom it is about. */
export interface ReadAsk {
  use: Use
  words: Words
  /** A yes is to come in the place of what was given before. */
  replacesEarlier?: boolean
}

/** Who of a supplier's people asks. */
const ASKS = ['contracts'] as const

/** Any board's school year would tell which board it is: the direct way goes by the usual one. */
const USUAL_YEAR = { schoolYearStarts: '08-01' }

/**
 * A supplier asks a data subject or guardian directly, per service, purpose and period (K12), what was read before (`readAsk`). The school
 * has no part in it and no sight of it (K14); nothing asked before makes the question needless (K15).
 *
 * Whatever hangs on whom the hint is about is not told: an unknown, used up or cancelled code, somebody else than it is to be about, a
 * pupil below the minimum age of the service (P48), the same being asked, a no that rests, a data set the board does not let go out.
 * Then nothing happens, and the caller answers as if it had been asked.
 *
 * Asking the very same again while nobody has answered gives the same question: a retry does no harm.
 *
 * @param within in the transaction that asks, when somebody is asked
 * @returns undefined where nobody was asked
 * @throws Refusal `member_role_missing`
 */
export async function askHinted(
  deps: Deps,
  supplier: SupplierActor,
  read: ReadAsk,
  { hint, onlyAbout }: AimedAt,
  within: (tx: Tx, at: Date, asked: DirectlyAsked) => Promise<void> = async () => {},
): Promise<DirectlyAsked | undefined> {
  const at = deps.now()
  const hinted = await hintedSubject(deps.db, supplier.supplierId, hint, at)
  if (!hinted || (onlyAbout && onlyAbout !== hinted.subjectId)) return undefined
  try {
    return await inTransaction(deps.db, { actor: 'client', boards: [hinted.boardId] }, async (tx) => {
      await mustActFor(tx, supplier, ASKS)
      const asked = await askWith(tx, deps, at, supplier, hinted, { ...read, replacesEarlier: onlyAbout !== undefined })
      await within(tx, at, asked)
      return asked
    })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'member_role_missing') throw error
    deps.log.info('nobody was asked directly', { by: actorName(supplier), ...hinted.how, code: error.code })
    return undefined
  }
}

/**
 * Reads an ask, and refuses what is wrong with it whoever it is about.
 *
 * @param of.subject how the supplier names the one subject it is about
 * @param of.cause what gave cause to ask, where the supplier does not say
 * @throws Refusal `supplier_not_found` when suspended, `service_not_found`, `leaflet_not_found`, `part_unknown`, `holder_not_found`
 * @throws Refusal `basis_is_not_consent` for what a law demands (C17); `purpose_is_anonymous` (C16)
 * @throws Refusal `blank_cheque_…` (K18), `purpose_unknown`, `purpose_forbidden`, `datatype_unknown`, `leaflet_lacks_data`, `input_invalid`
 */
export async function readAsk(
  db: Db,
  { supplierId }: SupplierActor,
  ask: Ask,
  at: Date,
  { subject, cause }: { subject: string; cause: Cause },
): Promise<ReadAsk> {
  const supplier = await supplierById(db, supplierId)
  if (!supplier || supplier.suspendedAt) throw new Refusal('supplier_not_found')
  const serviceId = ask.serviceId ?? (await onlyService(db, supplier.supplierId))
  const holder = await holderByResource(db, ask.resource)
  if (!holder) throw new Refusal('holder_not_found')
  const leaflet = await latestLeaflet(db, serviceId)
  if (!leaflet) throw new Refusal('service_not_found')
  const startsAt = ask.startsAt ?? at
  const proposal = {
    purpose: ask.purpose,
    datatypes: ask.datatypes,
    offered: (await dataSetsOf(db, holder.holderId)).length,
    startsAt,
    endsAt: ask.endsAt,
    latestEnd: schoolYearOf(USUAL_YEAR, startsAt).endsAt,
    subjects: [subject],
    occasion: ask.occasion ?? CAUSES[cause].nl(supplier.legalName),
    reason: ask.reason?.nl ?? leaflet.content.purposes.plain,
  }
  mustBeBounded(proposal)
  if (proposal.endsAt <= at || proposal.endsAt <= startsAt) {
    throw new Refusal('input_invalid', { errors: [{ field: 'period.until', reason: 'is past, or not after the beginning' }] })
  }
  const words = readWords({ occasion: proposal.occasion, reason: { nl: proposal.reason, en: ask.reason?.en ?? null } })
  const use = {
    supplierId,
    serviceId,
    partId: ask.partId ?? null,
    leafletId: leaflet.leafletId,
    holderId: holder.holderId,
    datatypes: [...new Set(proposal.datatypes)].toSorted(),
    startsAt,
    endsAt: proposal.endsAt,
  }
  // The catalog is of no board; a transaction for none sees it.
  const { purpose } = await inTransaction(db, { actor: 'client', boards: [] }, (tx) => mustBeInCatalog(tx, use, proposal.purpose, false))
  if (isDemandedByLaw({ id: purpose })) throw new Refusal('basis_is_not_consent')
  return { use: { ...use, purpose }, words: ask.occasion === undefined ? { ...words, cause } : words }
}

/** @throws Refusal `service_not_found` when there are several to choose from */
async function onlyService(db: Db, supplierId: SupplierId): Promise<ServiceId> {
  const [only, ...others] = await servicesOf(db, supplierId)
  if (!only || others.length > 0) throw new Refusal('service_not_found')
  return only.serviceId
}

/** @throws Refusal for whatever hangs on whom it is about; the caller keeps it to itself */
async function askWith(
  tx: Tx,
  deps: Deps,
  at: Date,
  supplier: SupplierActor,
  { boardId, subjectId, invitedAt, how }: Hinted,
  read: ReadAsk,
): Promise<DirectlyAsked> {
  const { use } = read
  await holdAsks(tx, boardId, supplier.supplierId)
  const tenure = await currentTenure(tx, boardId, subjectId, at)
  if (!tenure) throw new Refusal('tenure_not_found')
  const asked = await consentsAbout(tx, boardId, [subjectId])
  const waiting = asked.find((consent) => stateOf(consent, at).state === 'unanswered' && isTheSame(consent, read))
  if (waiting) return { boardId, requestId: waiting.item.requestId!, consentId: waiting.consentId }
  mustBeAskable(use, asked, invitedAt, at)
  await mustBeOldEnough(tx, boardId, use, subjectId, at)
  if (!(await onwardClause(tx, boardId, use.holderId, use.datatypes, at))) throw new Refusal('onward_clause_missing')
  const subjectKind = tenure.kind === 'enrolment' ? 'pupil' : 'employee'
  const ids = { boardId, subjectId, subjectKind, requestId: newId<RequestId>(at), itemId: newId<ItemId>(at) } as const
  const consentId = await makeDirectAsk(tx, at, supplier, ids, read, how)
  await wakeSandbox(tx, boardId, ids.requestId, at)
  await tellDeciders(tx, deps, at, boardId, [subjectId], 'direct_question')
  return { boardId, requestId: ids.requestId, consentId }
}

/** The subject of a direct ask, and what it will be known by. */
export interface DirectAskIds {
  boardId: BoardId
  subjectId: PersonId
  subjectKind: 'pupil' | 'employee'
  requestId: RequestId
  itemId: ItemId
}

/** The item of a direct ask, to be made or to be shown beforehand. */
export function directItem({ requestId, itemId }: DirectAskIds, { use, words, replacesEarlier = false }: ReadAsk): NewItem {
  return {
    itemId,
    approach: 'subject',
    requestId,
    legalBasis: 'consent',
    use: { ...use, datatypes: [...use.datatypes] },
    purpose: use.purpose,
    ...words,
    alternative: NOTHING_HAPPENS,
    replacesEarlier,
    startsAt: use.startsAt,
    endsAt: use.endsAt,
  }
}

/**
 * Makes the request, its question and the one consent it asks for. Does NOT look at rationing, nor tell anybody.
 *
 * @param how what else the ledger keeps of how the supplier came to ask
 * @throws Refusal as `createItem`
 */
export async function makeDirectAsk(
  tx: Tx,
  at: Date,
  supplier: SupplierActor,
  ids: DirectAskIds,
  read: ReadAsk,
  how: Record<string, unknown>,
): Promise<ConsentId> {
  const { boardId, subjectId, subjectKind, requestId } = ids
  const { use, words, replacesEarlier } = read
  await tx
    .insertInto('access_requests')
    .values({
      board_id: boardId,
      request_id: requestId,
      approach: 'subject',
      supplier_id: supplier.supplierId,
      ...askedBy(supplier),
      service_id: use.serviceId,
      part_id: use.partId,
      leaflet_id: use.leafletId,
      holder_id: use.holderId,
      datatypes: [...use.datatypes],
      purpose: use.purpose,
      starts_at: use.startsAt,
      ends_at: use.endsAt,
      occasion: words.occasion,
      reason_nl: words.reason.nl,
      reason_en: words.reason.en,
      subject_kind: subjectKind,
      meaning_hash: meaningHash({ ...use, image: null }),
      received_at: at,
    })
    .execute()
  const item = await createItem(tx, at, boardId, directItem(ids, read))
  const questions = await askConsents(tx, at, item, [subjectId])
  const { consentId } = questions[0]!
  await linkSupplierToBoard(tx, supplier.supplierId, boardId, at)
  const entry = { boardId, approach: 'subject', at, actor: actorName(supplier) } as const
  await append(
    tx,
    {
      ...entry,
      event: 'access_requested',
      ref: requestId,
      facts: { ...use, ...(replacesEarlier && { replacesEarlier }), subjectKind, subjectId, ...how },
    },
    { ...entry, event: 'consents_asked', ref: item.itemId, facts: { requestId, consentId, ...askedFacts(questions) } },
  )
  return consentId
}

/** @throws Refusal `below_minimum_age` (P48) */
export async function mustBeOldEnough(tx: Tx, boardId: BoardId, use: Use, subjectId: PersonId, at: Date): Promise<void> {
  if ((await tooYoungFor(tx, boardId, use, [subjectId], at)).size > 0) throw new Refusal('below_minimum_age')
}

/** A question that is, to the letter, this one. */
export function isTheSame(consent: AskedItem, { use, replacesEarlier = false }: ReadAsk): boolean {
  const { item } = consent
  return (
    item.approach === 'subject' &&
    item.replacesEarlier === replacesEarlier &&
    item.supplierId === use.supplierId &&
    item.serviceId === use.serviceId &&
    item.partId === use.partId &&
    item.leafletId === use.leafletId &&
    item.holderId === use.holderId &&
    item.purpose === use.purpose &&
    item.endsAt.getTime() === use.endsAt.getTime() &&
    item.datatypes.length === use.datatypes.length &&
    use.datatypes.every((datatype) => item.datatypes.includes(datatype))
  )
}

/**
 * Rationing (design §6). A code that was made after a no invites the supplier again: then the family itself has lifted the rest.
 *
 * @throws Refusal `request_already_open`, `request_cooling_down`
 */
function mustBeAskable(use: Use, asked: readonly AskedItem[], invitedAt: Date | undefined, at: Date): void {
  const earlier = earlierAsks(asked, at).filter((one) => one.was === 'open' || !invitedAt || one.at >= invitedAt)
  const may = mayAsk(use, earlier, at)
  if (may === 'open') throw new Refusal('request_already_open')
  if (may === 'cooling_down') throw new Refusal('request_cooling_down')
}
