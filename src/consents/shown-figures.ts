import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ItemId, SchoolId } from '../ids.ts'
import { type Counted, type DoneBefore, succeeds } from './small-groups.ts'

/** The answers to one question at one school; of staff and whoever has no school, at none. */
export interface CountedAt extends Counted {
  itemId: ItemId
  schoolId: SchoolId | null
}

/** As it is shown, with what was done with it before. */
export type ShownCount = CountedAt & DoneBefore

/**
 * The counts as they are shown (`succeeds`): what was shown last where what was counted now differs from it by a few, and what
 * was counted now, which then was shown last, where it differs by more. The caller lets one look at a time.
 */
export async function shownCounts(tx: Tx, boardId: BoardId, counted: readonly CountedAt[], at: Date): Promise<ShownCount[]> {
  const placeOf = ({ schoolId }: Pick<CountedAt, 'schoolId'>) => schoolId ?? boardId
  const keyOf = (one: Pick<CountedAt, 'itemId' | 'schoolId'>) => `${one.itemId} ${placeOf(one)}`
  const rows = await tx
    .selectFrom('shown_figures')
    .select(['item_id', 'place_id', 'answered', 'yes', 'was_shown as wasShown', 'hidden_with as hiddenWith'])
    .where('board_id', '=', boardId)
    .where('item_id', '=', sql<ItemId>`any(${counted.map(({ itemId }) => itemId)}::uuid[])`) // shown_figures_pkey
    .execute()
  const before = new Map(rows.map(({ item_id, place_id, ...one }) => [`${item_id} ${place_id}`, one]))
  const next = counted.filter((one) => {
    const last = before.get(keyOf(one))
    return !last || succeeds(last, one)
  })
  if (next.length > 0) {
    await tx
      .insertInto('shown_figures')
      .values(
        next.map((one) => ({
          board_id: boardId,
          item_id: one.itemId,
          place_id: placeOf(one),
          answered: one.answered,
          yes: one.yes,
          counted_at: at,
        })),
      )
      .onConflict((conflict) =>
        conflict.constraint('shown_figures_pkey').doUpdateSet((set) => ({
          answered: set.ref('excluded.answered'),
          yes: set.ref('excluded.yes'),
          counted_at: set.ref('excluded.counted_at'),
          was_shown: false,
          hidden_with: null,
        })),
      )
      .execute()
  }
  const isNext = new Set(next.map(keyOf))
  const anew = { wasShown: false, hiddenWith: null }
  return counted.map((one) => ({ ...one, ...(isNext.has(keyOf(one)) ? anew : before.get(keyOf(one))!) }))
}

/** Writes down what was done with a count, for who looks again later. */
export async function keepWhatWasDone(
  tx: Tx,
  boardId: BoardId,
  itemId: ItemId,
  { schoolId, wasShown, hiddenWith }: DoneBefore & Pick<CountedAt, 'schoolId'>,
): Promise<void> {
  await tx
    .updateTable('shown_figures')
    .set({ ...(wasShown && { was_shown: true }), ...(hiddenWith !== null && { hidden_with: hiddenWith }) })
    .where('board_id', '=', boardId)
    .where('item_id', '=', itemId)
    .where('place_id', '=', schoolId ?? boardId) // shown_figures_pkey
    .execute()
}
