import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { schoolYearOf } from '../people/school-year.ts'
import { boardById, currentTenure } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { CHECKLIST_WALKERS, type ChecklistAnswer, STATEMENTS, type Statement } from './checklist.ts'

/** A note is about how things go, and may stay away. */
export type ChecklistAnswers = Record<Statement, { answer: ChecklistAnswer; note: string | null }>

/**
 * Somebody on the staff hands in the checklist, once a school year and for good: counts of five sheets would say who changed
 * what if they could change (P46). It counts for the school they work at. The ledger says that they did, and nothing of what.
 *
 * @throws Refusal `mandate_missing`, `input_invalid` with the statements that are not answered, `changed_meanwhile` when they did already
 */
export async function handInChecklist({ db, now }: Deps, actor: PersonActor, answers: Partial<ChecklistAnswers>): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  const open = STATEMENTS.filter((statement) => !answers[statement])
  if (open.length > 0) throw new Refusal('input_invalid', { fields: open })
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, CHECKLIST_WALKERS, at, 'any')
    const { name: year } = schoolYearOf(await boardById(tx, boardId), at)
    const schoolId = (await currentTenure(tx, boardId, personId, at))?.schoolId ?? null
    const mine = { board_id: boardId, person_id: personId, year }
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('checklist_sheets')
      .values({ ...mine, school_id: schoolId, handed_in_at: at })
      .onConflict((conflict) => conflict.doNothing()) // checklist_sheets_pkey
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    await tx
      .insertInto('checklist_answers')
      .values(STATEMENTS.map((statement) => ({ ...mine, statement, answer: answers[statement]!.answer, note: answers[statement]!.note })))
      .execute()
    const by = `person:${personId}` as const
    await append(tx, { boardId, approach: 'organisation', at, event: 'checklist_handed_in', actor: by, ref: personId, facts: { year } })
  })
}
