import { sql } from 'kysely'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction } from '../database.ts'
import type { HolderId, SupplierId } from '../ids.ts'
import { FEWEST_SHOWN } from './small-groups.ts'

/** What would stop at one board if its holder handed a data set over no more. */
export interface DataSetEffect {
  board: string
  /** How many people there have a question about it that is open or answered; null for fewer than five, and not for none. */
  people: number | null
}

/** At which boards something stops when this data set leaves the list of its holder: where the board instructed it. Does NOT check who asks. */
export async function dataSetEffects(
  db: Db,
  supplierId: SupplierId,
  { holderId, datatype }: { holderId: HolderId; datatype: string },
  at: Date,
): Promise<DataSetEffect[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return []
  return await inTransaction(db, { actor: 'client', boards }, async (tx) => {
    const { rows } = await sql<{ board: string; people: number }>`
      select b.name as board, (
        select count(distinct c.subject_id)::int from items i
        join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null -- consents_one_open
        where i.board_id = b.board_id and i.holder_id = ${holderId} and ${datatype} = any(i.datatypes) and i.ends_at > ${at}
      ) as people
      from boards b where exists (
        select from onward_clauses o -- onward_clauses_one_standing
        where o.board_id = b.board_id and o.holder_id = ${holderId} and o.datatype = ${datatype} and o.ended_at is null
      ) and b.board_id = any(${boards}::uuid[]) order by b.name`.execute(tx)
    return rows.map(({ board, people }) => ({ board, people: people > 0 && people < FEWEST_SHOWN ? null : people }))
  })
}
