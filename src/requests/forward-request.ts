import type { PersonActor } from '../actors.ts'
import { openAddenda } from '../agreements/addendum-store.ts'
import { draftAddendumIn } from '../agreements/draft-addendum.ts'
import { agreementInForce } from '../agreements/store.ts'
import { canonical, sha256 } from '../canonical.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import { type AskedConsent, askConsents, askedFacts } from '../consents/ask.ts'
import { createItem, type NewItem } from '../consents/create-item.ts'
import { tellDeciders } from '../consents/notices.ts'
import type { DecisionRule } from '../consents/outcome.ts'
import { consentsAbout, consentsById } from '../consents/store.ts'
import { tooYoungFor } from '../consents/too-young.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ConsentId, ItemId, PersonId, RequestId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { enqueueEvent, type NewEvent } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { mustHaveCouncil } from './council.ts'
import { type Decision, decideSubject } from './decide-subject.ts'
import { heldCoverage, insertRelease } from './releases.ts'
import { requestOfStaff } from './staff.ts'
import { type AccessRequest, holdAsks, type RequestSubject, subjectsOf } from './store.ts'

/** What the school adds to a request that goes out as a question. */
export interface Forwarding {
  requestId: RequestId
  /** What happens when the answer is no. */
  alternative: { nl: string; en?: string }
  /** The basis comes first (K01). On another one than consent people are told, not asked. Absent: consent. */
  legalBasis?: LegalBasis
  /** Why it rests on another basis than consent: needed then, and shown to whoever is told. */
  basisMotivation?: string
  /** K19: only while a guide at the supplier is assigned to the pupil. */
  needsAssignment?: boolean
  /** Absent: the board's own rule. */
  rule?: DecisionRule
  /** The request as it was read (`seenOf`): when a colleague changed it since, nobody is asked. */
  seen?: string
}

/** How many subjects were asked, had answered already, or were not asked. Of staff nobody is told. */
export interface Forwarded {
  asked: number
  covered: number
  leftOut: number
}

export type Decided = { reference: string; subjectId: PersonId; decision: Decision }

/**
 * Step 2 (K09): the school asks. For each subject: an item asked before is about this use, and nobody is asked again; or it
 * is unforeseen, and a supplementary question goes out (K11). Where no agreement in force covers the use an addendum is
 * drafted; nothing can be released before it is signed. Who said no to the same lately is not asked, nor a pupil below the
 * minimum age of the service (P48).
 *
 * Answers of staff pass on to the supplier by themselves (D01): they are released here, for whoever says yes.
 *
 * @throws Refusal as `requestOfStaff`; `request_subject_unmatched`, `nobody_to_ask`, `request_cooling_down`, `request_already_open`,
 *   `below_minimum_age`
 * @throws Refusal `council_approval_missing` for data of staff, `changed_meanwhile` when it is not what was read
 * @throws Refusal `agreement_not_in_force` when there is no agreement with the supplier at all, and as `createItem`
 */
export async function forwardRequest(deps: Deps, actor: PersonActor, forwarding: Forwarding): Promise<Forwarded | undefined> {
  const at = deps.now()
  const { boardId, personId } = actor
  const { requestId } = forwarding
  const by = `person:${personId}` as const
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const request = await requestOfStaff(tx, actor, requestId, 'forward', at)
    if (forwarding.seen !== undefined && forwarding.seen !== seenOf(request, await subjectsOf(tx, boardId, requestId)))
      throw new Refusal('changed_meanwhile')
    await mustHaveCouncil(tx, request)
    await holdAsks(tx, boardId, request.supplierId)
    const decided = await decide(tx, request, at)
    const { numUpdatedRows } = await tx
      .updateTable('access_requests')
      .set({ forwarded_at: at, forwarded_by: personId })
      .where('board_id', '=', boardId)
      .where('request_id', '=', requestId) // access_requests_pkey
      .where('forwarded_at', 'is', null)
      .where('refused_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('request_already_forwarded')

    const { itemId, asked } = await ask(tx, at, request, forwarding, decided)
    const consents = await save(tx, at, request, decided, asked)
    const addendum = await addendumFor(tx, at, request, by)
    const released = request.subjectKind === 'employee' ? await releaseByItself(tx, at, request, consents) : undefined
    const legalBasis = forwarding.legalBasis ?? 'consent'
    const [notice, path] = legalBasis === 'consent' ? (['question', '/questions'] as const) : (['told', '/consents'] as const)
    const subjectIds = asked.map(({ subjectId }) => subjectId)
    await tellDeciders(tx, deps, at, boardId, subjectIds, notice, path)
    await enqueueEvent(tx, ...(released?.events ?? []))

    const count = (how: Decision['how']) => decided.filter(({ decision }) => decision.how === how).length
    const counts: Forwarded = { asked: count('ask'), covered: count('covered'), leftOut: count('left_out') }
    const entries: LedgerEntry[] = []
    const entry = (event: LedgerEntry['event'], ref: string, facts: Record<string, unknown>) =>
      entries.push({ boardId, approach: 'organisation', at, event, actor: by, ref, facts })
    if (itemId) entry('consents_asked', itemId, { requestId, ...askedFacts(asked) })
    if (addendum) entries.push(addendum)
    entry('request_forwarded', requestId, { ...(itemId && { itemId, legalBasis }), ...(request.subjectKind === 'pupil' ? counts : {}) })
    if (released) entries.push(released.entry)
    await append(tx, ...entries)
    return request.subjectKind === 'pupil' ? counts : undefined
  })
}

/** What there is to be asked of whom, as short as a hash: the same for as long as nobody narrows the request or matches it anew. */
export function seenOf({ datatypes, endsAt }: AccessRequest, subjects: readonly RequestSubject[]): string {
  const who = subjects.filter(({ leftOut }) => !leftOut).map(({ reference, subjectId }) => JSON.stringify([reference, subjectId ?? '']))
  return sha256(canonical({ datatypes, endsAt, who: who.toSorted() })).toString('hex')
}

/**
 * What step 2 is for each subject of a request. Does NOT hold anything.
 *
 * @throws Refusal `nobody_to_ask`, `request_subject_unmatched`; of pupils `request_cooling_down`, `request_already_open`,
 *   `below_minimum_age`
 */
export async function decide(tx: Tx, request: AccessRequest, at: Date): Promise<Decided[]> {
  const { boardId } = request
  const subjects = (await subjectsOf(tx, boardId, request.requestId)).filter(({ leftOut }) => !leftOut)
  if (subjects.length === 0) throw new Refusal('nobody_to_ask')
  const matched = subjects.flatMap(({ reference, subjectId }) => (subjectId ? [{ reference, subjectId }] : []))
  if (matched.length < subjects.length) throw new Refusal('request_subject_unmatched')
  const subjectIds = matched.map(({ subjectId }) => subjectId)
  const asked = await consentsAbout(tx, boardId, subjectIds)
  const tooYoung = await tooYoungFor(tx, boardId, request, subjectIds, at)
  const decided = matched.map(({ reference, subjectId }): Decided => {
    if (tooYoung.has(subjectId)) return { reference, subjectId, decision: { how: 'left_out', because: 'too_young' } }
    const about = asked.filter(({ question }) => question.subject.personId === subjectId)
    return { reference, subjectId, decision: decideSubject(request, about, at) }
  })
  // Of staff nobody may learn that they said no before; then the question just never comes.
  if (request.subjectKind === 'pupil' && decided.every(({ decision }) => decision.how === 'left_out')) {
    const because = new Set(decided.map(({ decision }) => decision.how === 'left_out' && decision.because))
    if (because.has('cooling_down')) throw new Refusal('request_cooling_down')
    throw new Refusal(because.has('open') ? 'request_already_open' : 'below_minimum_age')
  }
  return decided
}

/** The supplementary question as it would be asked. */
export function questionOf(
  request: AccessRequest,
  { legalBasis = 'consent', basisMotivation, alternative, needsAssignment, rule }: Omit<Forwarding, 'requestId'>,
): NewItem {
  const { requestId, supplierId, serviceId, partId, leafletId, holderId, datatypes, purpose, occasion, reason, startsAt, endsAt } = request
  return {
    approach: 'organisation',
    requestId,
    legalBasis,
    basisMotivation: basisMotivation ?? null,
    use: { supplierId, serviceId, partId, leafletId, holderId, datatypes },
    purpose,
    occasion,
    reason,
    alternative,
    needsAssignment: needsAssignment ?? false,
    ...(rule ? { rule } : {}),
    startsAt,
    endsAt,
  }
}

/** Asks it of those who need one. */
async function ask(
  tx: Tx,
  at: Date,
  request: AccessRequest,
  forwarding: Forwarding,
  decided: readonly Decided[],
): Promise<{ itemId: ItemId | undefined; asked: AskedConsent[] }> {
  const subjectIds = decided.filter(({ decision }) => decision.how === 'ask').map(({ subjectId }) => subjectId)
  if (subjectIds.length === 0) return { itemId: undefined, asked: [] }
  const item = await createItem(tx, at, request.boardId, questionOf(request, forwarding))
  return { itemId: item.itemId, asked: await askConsents(tx, at, item, subjectIds) }
}

/** Writes with each subject which consent answers for them. */
async function save(
  tx: Tx,
  at: Date,
  { boardId, requestId }: AccessRequest,
  decided: readonly Decided[],
  asked: readonly AskedConsent[],
): Promise<{ reference: string; consentId: ConsentId }[]> {
  const newConsents = new Map(asked.map(({ subjectId, consentId }) => [subjectId, consentId]))
  const answering: { reference: string; consentId: ConsentId }[] = []
  for (const { reference, subjectId, decision } of decided) {
    const consentId = decision.how === 'covered' ? decision.consentId : decision.how === 'ask' ? newConsents.get(subjectId) : undefined
    if (consentId) answering.push({ reference, consentId })
    await tx
      .updateTable('request_subjects')
      .set(
        decision.how === 'left_out'
          ? { left_out_at: at, left_out_because: decision.because }
          : { consent_id: consentId!, covered: decision.how === 'covered' },
      )
      .where('board_id', '=', boardId)
      .where('request_id', '=', requestId)
      .where('reference', '=', reference) // request_subjects_pkey
      .execute()
  }
  return answering
}

/** The contract's side of an unforeseen use (K11): an addendum to the agreement, unless one in force covers it or one lies ready. */
async function addendumFor(tx: Tx, at: Date, request: AccessRequest, by: `person:${string}`): Promise<LedgerEntry | undefined> {
  const { boardId, requestId, supplierId, serviceId, partId, leafletId } = request
  if (await heldCoverage(tx, request, at)) return undefined
  const agreement = await agreementInForce(tx, boardId, supplierId, at)
  if (!agreement) throw new Refusal('agreement_not_in_force')
  const { agreementId } = agreement
  const liesReady = (await openAddenda(tx, boardId)).some(
    ({ content, ...addendum }) =>
      addendum.agreementId === agreementId && content.leafletId === leafletId && (partId === null || content.partIds.includes(partId)),
  )
  if (liesReady) return undefined
  const partIds = partId ? [partId] : []
  return (await draftAddendumIn(tx, by, { boardId, agreementId, serviceId, leafletId, partIds, requestId }, at)).entry
}

/** Answers of staff pass on by themselves, so that no superior has to see them; where no agreement covers it yet, `releaseRequest` does. */
async function releaseByItself(
  tx: Tx,
  at: Date,
  request: AccessRequest,
  answering: readonly { reference: string; consentId: ConsentId }[],
): Promise<{ events: NewEvent[]; entry: LedgerEntry } | undefined> {
  const agreementId = await heldCoverage(tx, request, at)
  if (!agreementId) return undefined
  const consents = await consentsById(
    tx,
    request.boardId,
    answering.map(({ consentId }) => consentId),
  )
  const named = answering.map(({ reference, consentId }) => ({ reference, consent: consents.get(consentId)! }))
  return await insertRelease(tx, at, request, { agreementId, coversLater: true, by: 'job', named })
}
