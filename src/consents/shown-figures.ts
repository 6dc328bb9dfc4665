import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ItemId, SchoolId } from '../ids.ts'
import { type Counted, succeeds } from './small-groups.ts'

/** The answers to one question at one school; of staff and whoever has no school, at none. */
export interface CountedAt extends Counted {
  itemId: ItemId
  schoolId: SchoolId | null
}

/**
 * The counts as they are shown (`succeeds`): what was shown last where what was counted now differs from it by a few, and what
 * was counted now, which then was shown last, where it differs by more. The caller lets one look at a time.
 */
export async function shownCounts(tx: Tx, boardId: BoardId, counted: readonly CountedAt[], at: Date): Promise<CountedAt[]> {
  const placeOf = ({ schoolId }: CountedAt) => schoolId ?? boardId
  const keyOf = (one: CountedAt) => `${one.itemId} ${placeOf(one)}`
  const rows = await tx
    .selectFrom('shown_figures')
    .select(['item_id', 'place_id', 'answered', 'yes'])
    .where('board_id', '=', boardId)
    .where('item_id', '=', sql<ItemId>`any(${counted.map(({ itemId }) => itemId)}::uuid[])`) // shown_figures_pkey
    .execute()
  const before = new Map(rows.map(({ item_id, place_id, answered, yes }) => [`${item_id} ${place_id}`, { answered, yes }]))
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
        })),
      )
      .execute()
  }
  const isNext = new Set(next.map(keyOf))
  return counted.map((one) => (isNext.has(keyOf(one)) ? one : { ...one, ...before.get(keyOf(one))! }))
}
