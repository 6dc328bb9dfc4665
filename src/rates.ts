import { sql } from 'kysely'
import type { Db } from './database.ts'

/** How often something may be done in one window of time. */
export interface Rate {
  most: number
  seconds: number
}

/**
 * Counts one try in `bucket` and says whether it is still within the rate. Given the pool, so that the count is committed
 * on its own: what is refused afterwards does not give the try back.
 *
 * @param bucket what is counted and for whom; a secret or an address goes in hashed
 */
export async function withinRate(db: Db, at: Date, bucket: string, { most, seconds }: Rate): Promise<boolean> {
  const startsAt = new Date(Math.floor(at.getTime() / (seconds * 1000)) * seconds * 1000)
  const { count } = await db
    .insertInto('rates')
    .values({ bucket, starts_at: startsAt, count: 1 })
    .onConflict((conflict) => conflict.columns(['bucket', 'starts_at']).doUpdateSet({ count: sql`rates.count + 1` })) // rates_pkey
    .returning('count')
    .executeTakeFirstOrThrow()
  return count <= most
}
