import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'

/**
 * Erases what suppliers gave to find somebody by, of requests whose window went by before the school looked. Matching,
 * refusing and taking back erase it at once; this is for what nobody touched. A job; run it any time.
 *
 * @returns how many hints were erased
 */
export async function eraseHints({ db, now }: Deps, boardId: BoardId): Promise<number> {
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('request_subjects as rs')
      .set({ hint: null })
      .where('rs.board_id', '=', boardId) // request_subjects_pkey
      .where('rs.hint', 'is not', null)
      .where((where) =>
        where.exists(
          where
            .selectFrom('access_requests as q')
            .select('q.request_id')
            .whereRef('q.board_id', '=', 'rs.board_id')
            .whereRef('q.request_id', '=', 'rs.request_id') // access_requests_pkey
            .where('q.ends_at', '<=', now()),
        ),
      )
      .executeTakeFirst()
    return Number(numUpdatedRows)
  })
}
