import { randomInt } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { type HolderId, newId, type StatusListId } from '../ids.ts'

/** Entries of one list: large enough that an index tells nothing (design §5, ≥ 2^17). */
export const LIST_SIZE = 2 ** 17

/** One in so many indexes is counted, for all of them: a counter per token would make all issuers of a holder wait for one row. */
export const COUNTED = 64

const BUCKET_MS = 3_600_000
const CLOCK_DIFFERENCE_MS = 120_000

/** The hour in which a token expires: tokens of one holder and one hour share a list. */
export function bucketOf(expiresAt: Date): Date {
  return new Date(Math.floor(expiresAt.getTime() / BUCKET_MS) * BUCKET_MS)
}

/** A random place in a list. Whether it is free the list tells. */
export function drawIndex(): number {
  return randomInt(LIST_SIZE)
}

/** Where a token's status goes. */
export interface StatusPlace {
  listId: StatusListId
  index: number
}

/** Whether somebody has that place, as a scalar subquery. Between asking and taking somebody may take it. */
export function isTaken(listId: RawBuilder<unknown>, index: number): RawBuilder<boolean> {
  return sql`exists (select from status_entries e where e.list_id = ${listId} and e.index = ${index})` // status_entries_pkey
}

/** A free place for a new token of a holder, in a list of its own hour; opens a list when there is none. */
export async function statusPlace(db: Db, holderId: HolderId, expiresAt: Date, at: Date): Promise<StatusPlace> {
  for (;;) {
    const listId = await openStatusList(db, holderId, expiresAt, at)
    const index = drawIndex()
    const { rows } = await sql<{ taken: boolean }>`select ${isTaken(sql`${listId}::uuid`, index)} as taken`.execute(db)
    if (!rows[0]!.taken) return { listId, index }
  }
}

/**
 * The list that takes new tokens of a holder with this expiry. A list takes half its size, then a further one opens.
 * Committed by itself, before the transaction that issues: an opened list that stays empty harms nobody.
 */
export async function openStatusList(db: Db, holderId: HolderId, expiresAt: Date, at: Date): Promise<StatusListId> {
  const bucket = bucketOf(expiresAt)
  for (;;) {
    const last = await db
      .selectFrom('status_lists')
      .select(['list_id', 'number', 'taken', 'size'])
      .where('holder_id', '=', holderId) // status_lists_once
      .where('bucket', '=', bucket)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (last && last.taken < last.size / 2) return last.list_id
    await db
      .insertInto('status_lists')
      .values({ list_id: newId(at), holder_id: holderId, bucket, number: (last?.number ?? 0) + 1, size: LIST_SIZE, opened_at: at })
      .onConflict((conflict) => conflict.columns(['holder_id', 'bucket', 'number']).doNothing())
      .execute()
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
