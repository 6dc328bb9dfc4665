import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { newId, type PersonId, type PointId, type SchoolId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { holdersOf, mailAboutCase } from './case-mails.ts'
import { CHECKLIST_DECIDERS, CHECKLIST_MENDERS, type Statement } from './checklist.ts'

/** What has to be mended, where, by whom and until when. */
export interface NewPoint {
  /** Null: at the board's office, or everywhere. */
  schoolId: SchoolId | null
  statement: Statement
  words: string
  /** Who takes it up: somebody with a task there, and not only that of the data protection officer. */
  ownerId: PersonId
  /** The first moment at which it is late, after now. */
  dueAt: Date
}

/**
 * Makes a point of what is not right (P46). Who takes it up gets a mail, unless they made it.
 *
 * @throws Refusal `mandate_missing` also at another school; `input_invalid` with the fields that do not fit
 */
export async function makeChecklistPoint(deps: Deps, actor: PersonActor, point: NewPoint): Promise<PointId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const { schoolId, statement, ownerId, dueAt } = point
  const words = point.words.trim()
  const pointId = newId<PointId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, CHECKLIST_DECIDERS, at, schoolId ?? undefined)
    const mayTakeUp = await holdersOf(tx, boardId, CHECKLIST_MENDERS, at, schoolId)
    const wrong = [...(words ? [] : ['words']), ...(mayTakeUp.includes(ownerId) ? [] : ['owner']), ...(dueAt > at ? [] : ['due'])]
    if (wrong.length > 0) throw new Refusal('input_invalid', { fields: wrong })
    const told = ownerId === personId ? [] : [ownerId]
    await mailAboutCase(tx, deps, at, boardId, told, { mail: 'checklist_point', path: '/school/checklist', key: pointId })
    await tx
      .insertInto('checklist_points')
      .values({
        board_id: boardId,
        point_id: pointId,
        school_id: schoolId,
        statement,
        words,
        owner_id: ownerId,
        due_at: dueAt,
        made_at: at,
        made_by: personId,
      })
      .execute()
    const facts = { schoolId, statement, ownerId, dueAt, words: await commitment(tx, boardId, personId, words) }
    const by = `person:${personId}` as const
    await append(tx, { boardId, approach: 'organisation', at, event: 'checklist_point_made', actor: by, ref: pointId, facts })
  })
  return pointId
}

/**
 * Says that a point was mended, once: whoever took it up, or whoever makes points there.
 *
 * @throws Refusal `not_found`, `mandate_missing`, `changed_meanwhile` when a colleague said so before
 */
export async function closeChecklistPoint({ db, now }: Deps, actor: PersonActor, pointId: PointId): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const point = await tx
      .selectFrom('checklist_points')
      .select(['school_id', 'owner_id'])
      .where('board_id', '=', boardId)
      .where('point_id', '=', pointId) // checklist_points_pkey
      .executeTakeFirst()
    if (!point) throw new Refusal('not_found')
    if (point.owner_id === personId) await mustHold(tx, actor, CHECKLIST_MENDERS, at, 'any')
    else await mustHold(tx, actor, CHECKLIST_DECIDERS, at, point.school_id ?? undefined)
    const { numUpdatedRows } = await tx
      .updateTable('checklist_points')
      .set({ closed_at: at, closed_by: personId })
      .where('board_id', '=', boardId)
      .where('point_id', '=', pointId) // checklist_points_pkey
      .where('closed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    const by = `person:${personId}` as const
    await append(tx, { boardId, approach: 'organisation', at, event: 'checklist_point_closed', actor: by, ref: pointId })
  })
}
