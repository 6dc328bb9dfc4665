import type { PersonActor } from '../actors.ts'
import { startDuty } from '../agreements/start-duty.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type CaseId, type ForwardedRightId, newId, type PersonId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { familyOf, isSameHuman } from '../people/same-human.ts'
import { currentTenure, subjectFacts } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'
import { takeForwarded } from './forward-right.ts'
import { HANDLERS } from './handlers.ts'
import { dueAt, mayUseRightsOf, type Right, TASK_OF } from './right.ts'
import { askedDirectly } from './who-got-data.ts'

export interface RightAsked {
  subjectId: PersonId
  kind: Right
  /** A company that asked directly: then the request is its to answer, and the school sees nothing of it. */
  supplierId?: SupplierId | null
  /** What they want, in their own words. */
  words?: string | null
}

/**
 * Somebody uses a right over the web (P20). It goes to the school as a case; or, about what a company asked for directly, to
 * that company as its duty.
 *
 * @throws Refusal `person_not_found` also where they may not use that person's rights; `supplier_not_found` for a company
 *   that got no yes of them directly
 * @throws Refusal `right_without_words` where the school would not know what is meant; `right_already_open`
 */
export async function askRight(deps: Deps, actor: PersonActor, asked: RightAsked): Promise<{ caseId: CaseId; dueAt: Date }> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'account', boards: [actor.boardId] }, async (tx) => {
    await mustBeTheirs(tx, actor.boardId, asked.subjectId, actor.personId, at)
    return await open(tx, deps, at, actor.boardId, asked, { madeBy: actor.personId, method: 'web', recordedBy: null, receivedAt: at })
  })
}

/**
 * A member of staff records a request that came on paper, by phone or at the desk. It weighs the same, and its time runs from
 * the day it came in. Nobody records one of their own family.
 *
 * @param forwardedId what a supplier sent on, which this case is (M16)
 * @throws Refusal as `askRight`; and `mandate_missing`, `not_allowed`, `input_invalid` for a day that is yet to come, `changed_meanwhile` when it was taken up before
 */
export async function recordRight(
  deps: Deps,
  actor: PersonActor,
  {
    madeBy,
    method,
    receivedAt,
    forwardedId,
    ...asked
  }: Omit<RightAsked, 'supplierId'> & {
    madeBy: PersonId
    method: 'paper' | 'phone' | 'desk'
    receivedAt: Date
    forwardedId?: ForwardedRightId
  },
): Promise<{ caseId: CaseId; dueAt: Date }> {
  const at = deps.now()
  const { boardId, personId } = actor
  if (receivedAt > at) throw new Refusal('input_invalid', { errors: [{ field: 'receivedAt', reason: 'is yet to come' }] })
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const tenure = await currentTenure(tx, boardId, asked.subjectId, at)
    await mustHold(tx, actor, HANDLERS, at, tenure?.schoolId ?? undefined)
    const subject = await mustBeTheirs(tx, boardId, asked.subjectId, madeBy, at)
    if (await isSameHuman(tx, actor, madeBy, ...familyOf(subject))) throw new Refusal('not_allowed')
    const opened = await open(tx, deps, at, boardId, asked, { madeBy, method, recordedBy: personId, receivedAt })
    if (forwardedId) await takeForwarded(tx, at, actor, forwardedId, opened.caseId)
    return opened
  })
}

/** @throws Refusal `person_not_found` */
async function mustBeTheirs(tx: Tx, boardId: BoardId, subjectId: PersonId, by: PersonId, at: Date) {
  const subject = (await subjectFacts(tx, boardId, [subjectId])).get(subjectId)
  if (!subject || !mayUseRightsOf(subject, by, await everEnrolled(tx, boardId, subjectId), at)) throw new Refusal('person_not_found')
  return subject
}

/** Whether somebody is or was a pupil here. */
export async function everEnrolled(tx: Tx, boardId: BoardId, personId: PersonId): Promise<boolean> {
  const row = await tx
    .selectFrom('enrolments')
    .select('enrolment_id')
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // enrolments_by_person
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function open(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  { subjectId, kind, supplierId = null, words = null }: RightAsked,
  {
    madeBy,
    method,
    recordedBy,
    receivedAt,
  }: { madeBy: PersonId; method: 'web' | 'paper' | 'phone' | 'desk'; recordedBy: PersonId | null; receivedAt: Date },
): Promise<{ caseId: CaseId; dueAt: Date }> {
  if (NEEDS_WORDS.has(kind) && !words?.trim()) throw new Refusal('right_without_words')
  const company = supplierId && (await askedDirectly(tx, boardId, subjectId)).find((one) => one.supplierId === supplierId)
  if (supplierId && !company) throw new Refusal('supplier_not_found')
  const caseId = newId<CaseId>(at)
  const due = dueAt(kind, receivedAt)
  const approach = company ? 'subject' : 'organisation'
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('rights_cases')
    .values({
      board_id: boardId,
      case_id: caseId,
      approach,
      kind,
      subject_id: subjectId,
      made_by: madeBy,
      method,
      recorded_by: recordedBy,
      supplier_id: supplierId,
      words: words?.trim() || null,
      received_at: receivedAt,
      due_at: due,
    })
    .onConflict((conflict) => conflict.doNothing()) // rights_cases_one_open
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('right_already_open')
  const said = words ? await commitment(tx, boardId, subjectId, words) : null
  const dutyId =
    company &&
    (await startDuty(
      tx,
      boardId,
      {
        kind: TASK_OF[kind],
        approach,
        supplierId,
        caseId,
        subjectId,
        instruction: words?.trim() || null,
        leafletIds: company.leafletIds,
        dueAt: due,
      },
      at,
    ))
  await mailAboutCase(tx, deps, at, boardId, [madeBy], { mail: 'received', path: `/rights/cases/${caseId}`, key: `${caseId}:received` })
  if (!company) {
    const tenure = await currentTenure(tx, boardId, subjectId, at)
    const staff = await holdersOf(tx, boardId, HANDLERS, at, tenure?.schoolId)
    await mailAboutCase(tx, deps, at, boardId, staff, { mail: 'to_handle', path: `/school/cases/${caseId}`, key: `${caseId}:handle` })
  }
  if (dutyId && supplierId) {
    await enqueueEvent(tx, {
      boardId,
      approach,
      receiverId: supplierId,
      event: 'duty_given',
      subjectId,
      ref: dutyId,
      facts: { kind: TASK_OF[kind] },
      at,
    })
  }
  await append(tx, {
    boardId,
    approach,
    at,
    event: 'right_used',
    actor: `person:${recordedBy ?? madeBy}`,
    ref: caseId,
    facts: { kind, subjectId, madeBy, method, supplierId, words: said, receivedAt, dueAt: due, ...(dutyId ? { dutyIds: [dutyId] } : {}) },
  })
  return { caseId, dueAt: due }
}

/** To see or carry along is clear by itself; what has to change the person says. */
export const NEEDS_WORDS: ReadonlySet<Right> = new Set(['rectification', 'erasure', 'objection', 'restriction'])
