import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type DeletionId, newId, type PersonId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import type { MandateRole } from '../people/mandate.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { erasePersons } from './erase-persons.ts'
import { dueDeletions, type Retained, type RetentionRule } from './retention.ts'

/** Whoever keeps the register for the whole board: deletion is the board's to show. */
export const DELETERS: MandateRole[] = ['administrator', 'school_leader', 'consent_officer']

/**
 * Records that data of these pupils were deleted in the school's systems, and how: the proof (P38). With the administration goes
 * what the broker has about them, and about who stood for nobody else (`erasePersons`).
 *
 * @throws Refusal `mandate_missing`; `deletion_not_due` with how many are not (yet) to be deleted, or were already
 */
export async function deleteData(
  deps: Deps,
  actor: PersonActor,
  { category, subjectIds, how }: { category: Retained; subjectIds: readonly PersonId[]; how: string },
): Promise<DeletionId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const subjects = [...new Set(subjectIds)].toSorted()
  if (subjects.length === 0 || !how.trim()) throw new Refusal('input_invalid', { fields: [how.trim() ? 'subjects' : 'how'] })
  const deletionId = newId<DeletionId>(at)
  await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, DELETERS, at)
    const due = new Set((await dueDeletions(tx, boardId, at)).flatMap((one) => (one.category === category ? [one.subjectId] : [])))
    const notDue = subjects.filter((id) => !due.has(id)).length
    if (notDue > 0) throw new Refusal('deletion_not_due', { notDue })
    await tx
      .insertInto('deletions')
      .values({ board_id: boardId, deletion_id: deletionId, category, deleted_at: at, deleted_by: personId, how: how.trim() })
      .execute()
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('deletion_subjects')
      .values(subjects.map((subject_id) => ({ board_id: boardId, deletion_id: deletionId, subject_id, category })))
      .onConflict((conflict) => conflict.doNothing()) // deletion_subjects_pkey
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== BigInt(subjects.length)) throw new Refusal('deletion_not_due', { notDue: 1 })
    const erased = category === 'administration' ? await erasePersons(tx, boardId, subjects, at) : []
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'data_deleted',
      actor: `person:${personId}`,
      ref: deletionId,
      facts: { category, subjects, erasedHere: category === 'administration', erased, how: sha256(how.trim()).toString('hex') },
    })
  })
  return deletionId
}

/**
 * Sets the least and longest term of a category.
 *
 * @param seen how it was when whoever sets it looked
 * @throws Refusal `mandate_missing`, `input_invalid`; `changed_meanwhile` when it is not as it was seen
 */
export async function setRetention(
  deps: Deps,
  actor: PersonActor,
  { category, minMonths, maxMonths, seen }: RetentionRule & { category: Retained; seen: RetentionRule },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  if (!(minMonths >= 0 && maxMonths >= Math.max(minMonths, 1) && maxMonths <= 600))
    throw new Refusal('input_invalid', { fields: ['maxMonths'] })
  const set = { min_months: minMonths, max_months: maxMonths, set_at: at, set_by: personId }
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('retention_rules')
      .values({ board_id: boardId, category, ...set })
      .onConflict((conflict) =>
        conflict
          .columns(['board_id', 'category']) // retention_rules_pkey
          .doUpdateSet(set)
          .where('retention_rules.min_months', '=', seen.minMonths)
          .where('retention_rules.max_months', '=', seen.maxMonths),
      )
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'retention_set',
      actor: `person:${personId}`,
      ref: boardId,
      facts: { category, minMonths, maxMonths },
    })
  })
}
