import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ItemId } from '../ids.ts'
import { FEWEST_SHOWN } from './small-groups.ts'

/**
 * Whether one of these items is asked of so few that who answers may be known again from what is made of it (D08). Counts who
 * was asked by way of the school: of whom a company asked besides nobody here knows. Does NOT check who asks.
 */
export async function isAskedOfFew(tx: Tx, boardId: BoardId, itemIds: readonly ItemId[]): Promise<boolean> {
  const { rows } = await sql<{ few: boolean }>`
    select exists (
      select from consents -- consents_one_open
      where board_id = ${boardId} and item_id = any(${itemIds}::uuid[]) and approach = 'organisation' and ended_at is null
      group by item_id having count(distinct subject_id) < ${FEWEST_SHOWN}
    ) as few`.execute(tx)
  return rows[0]!.few
}
