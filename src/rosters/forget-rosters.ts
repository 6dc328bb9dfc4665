import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'

/** A list that nobody looked at for so long is older than the school. */
const WAITS_DAYS = 14
/** Long enough to ask what that list did. */
const SHOWN_DAYS = 30
/** A job's key keeps the same thing from being asked for twice; within a school year it may be. */
const JOBS_DAYS = 400

/**
 * Lets go of what came in and was never confirmed, of the names in previews of lists that are over, and of jobs nobody asks
 * after any more. A job of the board.
 *
 * @returns how many lists were let go of, or lost their names
 */
export async function forgetRosters({ db, now }: Deps, boardId: BoardId): Promise<number> {
  const at = now()
  const ago = (days: number) => new Date(at.getTime() - days * 86_400_000)
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const unconfirmed = await sql`
      update roster_uploads set over_at = ${at}, over_as = 'cancelled', content = null, preview = null, to_map = null
      where board_id = ${boardId} and over_at is null and confirmed_at is null and made_at < ${ago(WAITS_DAYS)} -- roster_uploads_newest
    `.execute(tx)
    const named = await sql`
      update roster_uploads set preview = null, errors = null
      where board_id = ${boardId} and over_at < ${ago(SHOWN_DAYS)} and (preview is not null or errors is not null)`.execute(tx)
    await tx.deleteFrom('jobs').where('board_id', '=', boardId).where('ended_at', '<', ago(JOBS_DAYS)).execute() // jobs_newest
    return Number((unconfirmed.numAffectedRows ?? 0n) + (named.numAffectedRows ?? 0n))
  })
}
