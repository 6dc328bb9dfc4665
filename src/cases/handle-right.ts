import type { PersonActor } from '../actors.ts'
import { dutiesOf } from '../agreements/duties.ts'
import { startDuty } from '../agreements/start-duty.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { CaseId, DutyId, SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import { enqueueEvent, type NewEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { familyOf, isSameHuman } from '../people/same-human.ts'
import { currentTenure, subjectFacts } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { mailAboutCase } from './case-mails.ts'
import { HANDLERS } from './handlers.ts'
import { mayHearOf } from './may-hear.ts'
import { extendedDueAt, TASK_OF } from './right.ts'
import { lockCase, type Outcome, type RightsCase } from './store.ts'
import { whoGotData } from './who-got-data.ts'

/** A case as it was on the page from which somebody acts on it. */
export interface SeenCase {
  caseId: CaseId
  revision: number
}

/** From here on this member of staff handles it; whoever had it before is told by the page. @throws Refusal as all of this file */
export async function takeCase(deps: Deps, actor: PersonActor, seen: SeenCase): Promise<void> {
  await actOn(deps, actor, seen, async (_tx, at) => ({
    set: { taken_at: at, taken_by: actor.personId },
    event: 'right_taken',
    facts: {},
  }))
}

/**
 * Takes two months more for a hard request, with a reason, told while the first month still runs (GDPR art. 12(3)).
 *
 * @throws Refusal `extension_too_late`; `extension_not_possible` for an objection (P21) and for a second time
 */
export async function extendCase(deps: Deps, actor: PersonActor, { because, ...seen }: SeenCase & { because: string }): Promise<void> {
  await actOn(deps, actor, seen, async (tx, at, before) => {
    const later = extendedDueAt(before.kind, before.receivedAt)
    if (!later || before.extended) throw new Refusal('extension_not_possible')
    if (at >= before.dueAt) throw new Refusal('extension_too_late')
    if (!because.trim()) throw new Refusal('input_invalid', { errors: [{ field: 'because', reason: 'is empty' }] })
    await mailNews(tx, deps, at, before, 'extended')
    return {
      set: { extended_at: at, extended_by: actor.personId, extended_because: because.trim(), due_at: later },
      event: 'right_extended',
      facts: { dueAt: later, because: await commitment(tx, before.boardId, before.subjectId, because.trim()) },
    }
  })
}

/**
 * Gives each company that got data about this person its part of the case (M17): to tell, correct, destroy, keep apart or
 * stop. The companies come from the real grants, tokens and deliveries; one that has its task in this case already gets no
 * second. Due when the case is.
 *
 * @param instruction what to do, in the school's words; the company reads it
 * @throws Refusal `nobody_got_data`
 */
export async function giveTasks(
  deps: Deps,
  actor: PersonActor,
  { instruction, ...seen }: SeenCase & { instruction: string | null },
): Promise<{ dutyIds: DutyId[] }> {
  const dutyIds: DutyId[] = []
  await actOn(deps, actor, seen, async (tx, at, { boardId, caseId, kind, subjectId, dueAt }) => {
    const given = new Set((await dutiesOf(tx, boardId, { caseId })).map(({ supplierId }) => supplierId))
    const companies = (await whoGotData(tx, boardId, subjectId)).filter(({ supplierId }) => !given.has(supplierId))
    if (companies.length === 0) throw new Refusal('nobody_got_data')
    const events: NewEvent[] = []
    for (const { supplierId, leafletIds } of companies) {
      const duty = { kind: TASK_OF[kind], approach: 'organisation', supplierId, caseId, subjectId, instruction, leafletIds, dueAt } as const
      const dutyId = await startDuty(tx, boardId, duty, at)
      dutyIds.push(dutyId)
      events.push({
        boardId,
        approach: 'organisation',
        receiverId: supplierId,
        event: 'duty_given',
        subjectId,
        ref: dutyId,
        facts: { kind: duty.kind },
        at,
      })
    }
    await enqueueEvent(tx, ...events)
    const said = instruction ? await commitment(tx, boardId, subjectId, instruction) : null
    return {
      set: {},
      event: 'right_tasks_given',
      facts: { dutyIds, suppliers: companies.map((one): SupplierId => one.supplierId), instruction: said },
    }
  })
  return { dutyIds }
}

/**
 * Answers the request: what was done, or why not, in words for the person. What companies have not confirmed yet goes on and
 * stays on the list of duties.
 */
export async function closeCase(
  deps: Deps,
  actor: PersonActor,
  { outcome, closing, ...seen }: SeenCase & { outcome: Exclude<Outcome, 'withdrawn'>; closing: string },
): Promise<void> {
  if (!closing.trim()) throw new Refusal('input_invalid', { errors: [{ field: 'closing', reason: 'is empty' }] })
  await actOn(deps, actor, seen, async (tx, at, before) => {
    await mailNews(tx, deps, at, before, 'closed')
    return {
      set: { closed_at: at, closed_by: `person:${actor.personId}`, outcome, closing: closing.trim() },
      event: 'right_answered',
      facts: { outcome, closing: await commitment(tx, before.boardId, before.subjectId, closing.trim()) },
    }
  })
}

/**
 * Whoever made a request takes it back. What a company was asked to do already, it is not asked back.
 *
 * @throws Refusal `case_not_found` also for another's, `case_closed`
 */
export async function withdrawCase(deps: Deps, { boardId, personId }: PersonActor, caseId: CaseId): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const before = await lockCase(tx, boardId, caseId)
    if (before?.madeBy !== personId) throw new Refusal('case_not_found')
    if (before.closed) throw new Refusal('case_closed')
    await save(tx, before, { closed_at: at, closed_by: `person:${personId}`, outcome: 'withdrawn' })
    const { approach, subjectId } = before
    const facts = { outcome: 'withdrawn', subjectId }
    await append(tx, { boardId, approach, at, event: 'right_answered', actor: `person:${personId}`, ref: caseId, facts })
  })
}

interface Act {
  set: Parameters<typeof save>[2]
  event: LedgerEvent
  facts: Record<string, unknown>
}

/**
 * One act of staff on an open case, as they saw it. Nobody handles one of their own or their family's.
 *
 * @throws Refusal `case_not_found` also for what the school may not see, `mandate_missing`, `not_allowed`, `case_closed`
 * @throws Refusal `changed_meanwhile` when somebody acted on it since that page
 */
async function actOn(
  deps: Deps,
  actor: PersonActor,
  { caseId, revision }: SeenCase,
  act: (tx: Tx, at: Date, before: RightsCase) => Promise<Act>,
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const before = await lockCase(tx, boardId, caseId)
    const tenure = before && (await currentTenure(tx, boardId, before.subjectId, at))
    await mustHold(tx, actor, HANDLERS, at, tenure?.schoolId ?? (before ? undefined : 'any'))
    if (!before) throw new Refusal('case_not_found')
    const subject = (await subjectFacts(tx, boardId, [before.subjectId])).get(before.subjectId)
    if (await isSameHuman(tx, actor, before.madeBy, ...(subject ? familyOf(subject) : []))) throw new Refusal('not_allowed')
    if (before.revision !== revision) throw new Refusal('changed_meanwhile')
    if (before.closed) throw new Refusal('case_closed')
    const { set, event, facts } = await act(tx, at, before)
    await save(tx, before, set)
    const said = { subjectId: before.subjectId, revision: revision + 1, ...facts }
    await append(tx, { boardId, approach: before.approach, at, event, actor: `person:${personId}`, ref: caseId, facts: said })
  })
}

async function save(
  tx: Tx,
  { boardId, caseId, revision }: RightsCase,
  set: Omit<Parameters<ReturnType<typeof updateCase>['set']>[0], 'revision'>,
): Promise<void> {
  const { numUpdatedRows } = await updateCase(tx)
    .set({ ...set, revision: revision + 1 })
    .where('board_id', '=', boardId)
    .where('case_id', '=', caseId) // rights_cases_pkey
    .where('revision', '=', revision)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
}

const updateCase = (tx: Tx) => tx.updateTable('rights_cases')

async function mailNews(tx: Tx, deps: Deps, at: Date, made: RightsCase, step: string): Promise<void> {
  const { boardId, caseId, madeBy } = made
  if (!(await mayHearOf(tx, made))(at)) return
  await mailAboutCase(tx, deps, at, boardId, [madeBy], { mail: 'news', path: `/rights/cases/${caseId}`, key: `${caseId}:${step}` })
}
