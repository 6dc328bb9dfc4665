import { sql } from 'kysely'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { type Db, inTransaction } from '../database.ts'
import type { BoardId, SupplierId } from '../ids.ts'
import type { Address } from './ask-school.ts'

/** A school, or a board as a whole, that a supplier has something to do with already. */
export interface KnownSchool {
  address: Address
  name: string
  board: string
  boardId: BoardId
}

/** Whom a supplier can ask without looking up a number: the schools of the boards it works with, by name. Does NOT check who asks. */
export async function knownSchools(db: Db, supplierId: SupplierId): Promise<KnownSchool[]> {
  const boards = await boardsOfSupplier(db, supplierId)
  if (boards.length === 0) return []
  const { rows } = await inTransaction(
    db,
    { actor: 'client', boards },
    async (tx) =>
      await sql<{ scheme: 'BRIN' | 'OIN'; value: string; name: string; board: string; board_id: BoardId }>`
    select distinct on (d.board_id, d.school_id) d.scheme, d.value, coalesce(s.name, b.name) as name, b.name as board, b.board_id
    from board_directory d
    join boards b on b.board_id = d.board_id
    left join schools s on s.board_id = d.board_id and s.school_id = d.school_id
    where d.board_id = any(${boards}::uuid[])
    order by d.board_id, d.school_id nulls last, d.scheme, d.value`.execute(tx),
  )
  return rows.map(({ scheme, value, name, board, board_id }) => ({ address: { scheme, value }, name, board, boardId: board_id }))
}
