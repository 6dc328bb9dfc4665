import type { Tx } from '../database.ts'
import type { BoardId, RequestId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import { REAL_WORLD } from '../worlds.ts'

/** Something was asked of a board: where it is a sandbox, nobody is there to see it, so its people take their turn by themselves. */
export async function wakeSandbox(tx: Tx, boardId: BoardId, requestId: RequestId, at: Date): Promise<void> {
  const board = await tx
    .selectFrom('boards')
    .select('board_id')
    .where('board_id', '=', boardId) // boards_pkey
    .where('world', '<>', REAL_WORLD)
    .executeTakeFirst()
  if (board) await enqueueJob(tx, { boardId, kind: 'sandbox_turn', payload: { requestId }, askedBy: 'job', at })
}
