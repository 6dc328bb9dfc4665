import { sql } from 'kysely'
import { LONG_MINUTES } from './accounts/sign-in.ts'
import type { Db } from './database.ts'
import type { Deps } from './deps.ts'

const DAY = 86_400_000
/**
 * What a supplier signed and somebody was shown, whatever they decided, is evidence of what it asked (RFC 9101): kept for longer
 * than any board keeps the proof of a consent, which is twenty years after a school year.
 */
const EVIDENCE_DAYS = 22 * 366
/** Few enough that no sweep holds up a request. */
const AT_ONCE = 5000

/**
 * Removes what has no use any more: used jtis past their expiry, sign-in codes, sessions, invitations, questions asked
 * directly and who waits for them, forms and what was written in them, rate counters, stored answers to Idempotency-Keys,
 * mails done or given up. Each is kept for longer than anybody can still come with it.
 */
export async function sweep({ db, now }: Deps): Promise<void> {
  const at = now()
  const ago = (days: number) => new Date(at.getTime() - days * DAY)
  await sweepTable(db, 'replay', sql`expires_at < ${at}`)
  // Anybody may ask for as many as they like: they go at once.
  await sweepTable(db, 'sign_in_codes', sql`made_at < ${ago(LONG_MINUTES / (24 * 60))}`)
  await sweepTable(db, 'sessions', sql`expires_at < ${ago(30)}`)
  await sweepTable(db, 'provider_visits', sql`expires_at < ${ago(1)}`)
  await sweepTable(db, 'passkey_challenges', sql`expires_at < ${ago(1)}`)
  await sweepTable(db, 'invitations', sql`expires_at < ${ago(90)}`)
  await sweepTable(db, 'account_releases', sql`released_at < ${ago(365)}`)
  await sweepTable(db, 'ciba_requests', sql`expires_at < ${ago(30)}`)
  await sweepTable(db, 'signals', sql`expires_at < ${at}`)
  // A page can lie open in a browser for a long time, and its form is still taken once.
  await sweepTable(db, 'used_forms', sql`used_at < ${ago(400)}`)
  await sweepTable(db, 'kept_forms', sql`expires_at < ${at}`)
  await sweepTable(db, 'known_browsers', sql`last_seen_at < ${ago(180)}`)
  await sweepTable(db, 'rates', sql`starts_at < ${ago(2)}`)
  await sweepTable(db, 'idempotency_keys', sql`made_at < ${ago(7)}`)
  const unseen = sql`decided_at is null and not exists (select from interactions i where i.request_uri_hash = par_requests.request_uri_hash)`
  await sweepTable(db, 'par_requests', sql`made_at < ${ago(1)} and (request_object is null or ${unseen})`)
  await sweepTable(db, 'par_requests', sql`made_at < ${ago(EVIDENCE_DAYS)}`)
  await sweepTable(db, 'authorization_codes', sql`made_at < ${ago(1)}`)
  await sweepTable(db, 'refresh_tokens', sql`expires_at < ${ago(1)}`)
  await sweepTable(db, 'client_requests', sql`minute < ${ago(14)}`)
  await sweepTable(db, 'stream_events', sql`coalesce(done_at, delivered_at, dead_at, skipped_at) < ${ago(90)}`)
  await sweepTable(db, 'deliveries', sql`coalesce(done_at, dead_at) < ${ago(30)}`)
}

async function sweepTable(db: Db, table: string, condition: ReturnType<typeof sql>): Promise<void> {
  for (;;) {
    const old = sql`select ctid from ${sql.table(table)} where ${condition} limit ${AT_ONCE}`
    const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ctid = any (array(${old}))`.execute(db)
    if ((numAffectedRows ?? 0n) < BigInt(AT_ONCE)) return
  }
}
