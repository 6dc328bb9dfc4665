import type { Tx } from '../../src/database.ts'
import { type BoardId, newId } from '../../src/ids.ts'

/** Something that can be counted afterwards. */
export async function effect(tx: Tx, boardId: BoardId, at: Date): Promise<void> {
  await tx
    .insertInto('roster_imports')
    .values({
      board_id: boardId,
      import_id: newId(at),
      imported_at: at,
      imported_by: 'job',
      persons: 0,
      content_hash: Buffer.alloc(32),
    })
    .execute()
}
