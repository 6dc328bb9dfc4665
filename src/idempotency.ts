import { sql } from 'kysely'
import { sha256 } from './canonical.ts'
import type { Tx } from './database.ts'
import { Refusal } from './refusal.ts'

export interface Answer {
  status: number
  body: unknown
}

/**
 * Runs `work` once for this owner and Idempotency-Key, and gives its answer again to the same request later (INV-15). The
 * answer is kept in the transaction of the effect: a crash loses both or neither. Without a key it just runs.
 *
 * @param owner whose key it is: a client id
 * @param request what was asked, whole; another request with the same key is refused
 * @throws Refusal `idempotency_key_reused`, `idempotency_in_flight`
 */
export async function oncePerKey(
  tx: Tx,
  { owner, key, request }: { owner: string; key: string | undefined; request: unknown },
  at: Date,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (key === undefined) return await work()
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`idempotency:${owner}:${key}`}, 0)) as mine`.execute(tx)
  if (!rows[0]!.mine) throw new Refusal('idempotency_in_flight')
  const hash = sha256(request)
  const before = await tx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'body'])
    .where('owner', '=', owner)
    .where('key', '=', key) // idempotency_keys_pkey
    .executeTakeFirst()
  if (before && !hash.equals(before.request_hash)) throw new Refusal('idempotency_key_reused')
  if (before) return { status: before.status, body: JSON.parse(before.body) as unknown }
  const answer = await work()
  await tx
    .insertInto('idempotency_keys')
    .values({ owner, key, request_hash: hash, status: answer.status, body: JSON.stringify(answer.body), made_at: at })
    .execute()
  return answer
}
