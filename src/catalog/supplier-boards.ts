import type { Db, Tx } from '../database.ts'
import type { BoardId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/**
 * From now on the supplier, as supplier and as holder, has something to do with this board: its transactions may look there.
 *
 * @throws Refusal `supplier_not_found` as `mustBeOfOneWorld`
 */
export async function linkSupplierToBoard(tx: Tx, supplierId: SupplierId, boardId: BoardId, at: Date): Promise<void> {
  const { world } = await mustBeOfOneWorld(tx, supplierId, boardId)
  await tx
    .insertInto('supplier_boards')
    .values({ supplier_id: supplierId, board_id: boardId, linked_at: at, world })
    .onConflict((conflict) => conflict.columns(['supplier_id', 'board_id']).doNothing())
    .execute()
}

/**
 * A supplier and a board where one is of a sandbox that the other is not of: they do not exist for each other.
 *
 * @throws Refusal `supplier_not_found`
 */
export async function mustBeOfOneWorld(tx: Tx, supplierId: SupplierId, boardId: BoardId) {
  const found = await tx
    .selectFrom('suppliers as s')
    .innerJoin('boards as b', 'b.world', 's.world')
    .select('s.world')
    .where('s.supplier_id', '=', supplierId) // suppliers_pkey
    .where('b.board_id', '=', boardId) // boards_pkey
    .executeTakeFirst()
  if (!found) throw new Refusal('supplier_not_found')
  return found
}

/** The suppliers a board deals with. Does NOT check who asks. */
export async function suppliersOfBoard(db: Db, boardId: BoardId): Promise<SupplierId[]> {
  const rows = await db.selectFrom('supplier_boards').select('supplier_id').where('board_id', '=', boardId).execute() // few: read whole
  return rows.map(({ supplier_id }) => supplier_id)
}

/** The boards a supplier's transactions may look at. A holder's are those of its supplier. */
export async function boardsOfSupplier(db: Db, supplierId: SupplierId): Promise<BoardId[]> {
  const rows = await db.selectFrom('supplier_boards').select('board_id').where('supplier_id', '=', supplierId).orderBy('board_id').execute() // supplier_boards_pkey
  return rows.map(({ board_id }) => board_id)
}
