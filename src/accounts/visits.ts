import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { AccountId, BoardId } from '../ids.ts'

/** Whoever comes back after so long makes a new visit: what was new before was seen. */
const PAUSE_MINUTES = 30
/** Within a visit the moment is not written again and again. */
const TOUCH_SECONDS = 60

/**
 * Notes that somebody looks now, and says since when they have not: the end of their visit before this one, by board. A
 * board they never looked at before is not in the answer: there everything is new.
 */
export async function noteVisit(db: Db, accountId: AccountId, boards: readonly BoardId[], at: Date): Promise<Map<BoardId, Date>> {
  if (boards.length === 0) return new Map()
  const known = await db
    .selectFrom('visits')
    .select(['board_id', 'seen_at', 'before_at'])
    .where('account_id', '=', accountId) // visits_pkey
    .execute()
  const isFresh = (boardId: BoardId) =>
    known.some(({ board_id, seen_at }) => board_id === boardId && at.getTime() - seen_at.getTime() < TOUCH_SECONDS * 1000)
  const stale = boards.filter((boardId) => !isFresh(boardId))
  const { rows } =
    stale.length === 0
      ? { rows: [] }
      : await sql<{ board_id: BoardId; before_at: Date | null }>`
    insert into visits (account_id, board_id, seen_at) select ${accountId}, unnest(${stale}::uuid[]), ${at}
    on conflict (account_id, board_id) do update set seen_at = greatest(visits.seen_at, excluded.seen_at), before_at = case
      when excluded.seen_at - visits.seen_at > make_interval(mins => ${PAUSE_MINUTES}) then visits.seen_at else visits.before_at end
    returning board_id, before_at`.execute(db)
  const since = new Map(known.map(({ board_id, before_at }) => [board_id, before_at]))
  for (const { board_id, before_at } of rows) since.set(board_id, before_at)
  return new Map([...since].flatMap(([boardId, before]) => (before && boards.includes(boardId) ? [[boardId, before]] : [])))
}
