import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'

/** Whether whoever learns at this board is called a student: all its schools are of vocational education (K33). */
export async function hasStudents(tx: Tx, boardId: BoardId): Promise<boolean> {
  const sectors = await tx.selectFrom('schools').select('sector').distinct().where('board_id', '=', boardId).execute() // schools_pkey
  return sectors.length > 0 && sectors.every(({ sector }) => sector === 'mbo')
}
