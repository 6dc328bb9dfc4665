import { randomInt } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { type HolderId, newId, type StatusListId } from '../ids.ts'

/** Entries of one list: large enough that an index tells nothing (design §5, ≥ 2^17). */
export const LIST_SIZE = 2 ** 17

/** One in so many indexes is counted, for all of them: a counter per token would make all issuers of a holder wait for one row. */
export const COUNTED = 64

/** So many draws find a free place in a list that is not half full, but for one time in a thousand. */
const DRAWS = 10

const BUCKET_MS = 3_600_000
const CLOCK_DIFFERENCE_MS = 120_000

/** The hour in which a token expires: tokens of one holder and one hour share a list. */
export function bucketOf(expiresAt: Date): Date {
  return new Date(Math.floor(expiresAt.getTime() / BUCKET_MS) * BUCKET_MS)
}

/** A token's place in a status list, used once, for ever. */
export interface StatusPlace {
  listId: StatusListId
  index: number
}

/** Random indexes, of which `freePlace` takes the first that is free. */
export const drawIndexes = () => Array.from({ length: DRAWS }, () => randomInt(LIST_SIZE))

/**
 * SQL: a random free place for a token of `holder`, as jsonb, or null when `statusPlace` must make room. Whether it is
 * still free when the token is made, the primary key of `status_entries` says (INV-14).
 *
 * @param draws what `drawIndexes` gave, as integer[]; another for each token
 */
export function freePlace(holder: RawBuilder<unknown>, expiresAt: Date, draws: RawBuilder<unknown>): RawBuilder<StatusPlace | null> {
  return sql`(
    select jsonb_build_object('listId', l.list_id, 'index', drawn.index)
    from (
      select s.list_id, s.taken, s.size from status_lists s
      where s.holder_id = ${holder} and s.bucket = ${bucketOf(expiresAt)} -- status_lists_once
      order by s.number desc limit 1
    ) l, unnest(${draws}) as drawn (index)
    where l.taken < l.size / 2
      -- One look by key for each draw, until one is free; an anti-join would rather read the list whole.
      and (select e.index from status_entries e where e.list_id = l.list_id and e.index = drawn.index) is null -- status_entries_pkey
    limit 1
  )`
}

/**
 * A random free place for a token of a holder. A list takes half its size, then a further one opens. Committed by itself,
 * before the transaction that issues: an opened list that stays empty harms nobody.
 */
export async function statusPlace(db: Db, holderId: HolderId, expiresAt: Date, at: Date): Promise<StatusPlace> {
  const bucket = bucketOf(expiresAt)
  for (;;) {
    const { rows } = await sql<{
      place: StatusPlace | null
    }>`select ${freePlace(sql`${holderId}::uuid`, expiresAt, sql`${drawIndexes()}::int[]`)} as place`.execute(db)
    if (rows[0]!.place) return rows[0]!.place
    await sql`
      insert into status_lists (list_id, holder_id, bucket, number, size, opened_at)
      select ${newId(at)}::uuid, ${holderId}::uuid, ${bucket}::timestamptz, coalesce(max(number), 0) + 1, ${LIST_SIZE}::int, ${at}::timestamptz
      from status_lists where holder_id = ${holderId} and bucket = ${bucket}
      having coalesce(bool_and(taken >= size / 2), true)
      on conflict (holder_id, bucket, number) do nothing`.execute(db)
  }
}

/** The lists that live tokens are in: those of this hour and later, and of the last while some clock may still be there. */
export async function liveStatusLists(db: Db, at: Date): Promise<StatusListId[]> {
  const rows = await db
    .selectFrom('status_lists')
    .select('list_id')
    .where('bucket', '>', new Date(at.getTime() - BUCKET_MS - CLOCK_DIFFERENCE_MS)) // status_lists_by_bucket
    .orderBy('list_id')
    .execute()
  return rows.map(({ list_id }) => list_id)
}
