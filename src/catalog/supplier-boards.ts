import type { Db, Tx } from '../database.ts'
import type { BoardId, SupplierId } from '../ids.ts'

/** From now on the supplier, as supplier and as holder, has something to do with this board: its transactions may look there. */
export async function linkSupplierToBoard(tx: Tx, supplierId: SupplierId, boardId: BoardId, at: Date): Promise<void> {
  await tx
    .insertInto('supplier_boards')
    .values({ supplier_id: supplierId, board_id: boardId, linked_at: at })
    .onConflict((conflict) => conflict.columns(['supplier_id', 'board_id']).doNothing())
    .execute()
}

/** The boards a supplier's transactions may look at. A holder's are those of its supplier. */
export async function boardsOfSupplier(db: Db, supplierId: SupplierId): Promise<BoardId[]> {
  const rows = await db.selectFrom('supplier_boards').select('board_id').where('supplier_id', '=', supplierId).orderBy('board_id').execute() // supplier_boards_pkey
  return rows.map(({ board_id }) => board_id)
}
