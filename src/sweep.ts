import { sql } from 'kysely'
import { sweepSignInCodes } from './accounts/sign-in.ts'
import type { Db } from './database.ts'
import type { Deps } from './deps.ts'
import { sweepRates } from './rates.ts'

const DAY = 86_400_000
/** Few enough that no sweep holds up a request. */
const AT_ONCE = 5000

/**
 * Removes what has no use any more: used jtis past their expiry, sign-in codes, forms, rate counters, stored answers to
 * Idempotency-Keys, mails done or given up. Each is kept for longer than anybody can still come with it.
 */
export async function sweep({ db, now }: Deps): Promise<void> {
  const at = now()
  const ago = (days: number) => new Date(at.getTime() - days * DAY)
  await sweepTable(db, 'replay', sql`expires_at < ${at}`)
  await sweepSignInCodes(db, at)
  // A page can lie open in a browser for a long time, and its form is still taken once.
  await sweepTable(db, 'used_forms', sql`used_at < ${ago(400)}`)
  await sweepTable(db, 'sessions', sql`expires_at < ${ago(30)}`)
  await sweepRates(db, ago(7))
  await sweepTable(db, 'idempotency_keys', sql`made_at < ${ago(7)}`)
  await sweepTable(db, 'deliveries', sql`coalesce(done_at, dead_at) < ${ago(30)}`)
}

async function sweepTable(db: Db, table: string, condition: ReturnType<typeof sql>): Promise<void> {
  for (;;) {
    const old = sql`select ctid from ${sql.table(table)} where ${condition} limit ${AT_ONCE}`
    const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ctid = any (array(${old}))`.execute(db)
    if ((numAffectedRows ?? 0n) < BigInt(AT_ONCE)) return
  }
}
