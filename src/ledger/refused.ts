import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'
import { append, type LedgerActor } from './append.ts'

export interface RefusedAttempt {
  boardId: BoardId | null
  approach: Approach | 'operator'
  actor: LedgerActor
  code: RefusalCode | OAuthAttempt
}

/** What an OAuth endpoint calls it when a client tries what it may not do. */
export type OAuthAttempt =
  | 'access_denied'
  | 'invalid_authorization_details'
  | 'invalid_grant'
  | 'invalid_grant_id'
  | 'invalid_scope'
  | 'invalid_target'
  | 'temporarily_unavailable'
  | 'unauthorized_client'

/** A slip of the pen or of the network, and what happens to honest people at their own page or too late, is no attempt at what one may not do. */
const HONEST: ReadonlySet<RefusalCode> = new Set([
  'input_invalid',
  'media_type_not_supported',
  'body_too_large',
  'idempotency_key_reused',
  'idempotency_in_flight',
  'sign_in_again',
  'form_used',
  'shown_text_differs',
  'changed_meanwhile',
  'roster_invalid',
  'roster_ends_too_much',
  'visit_over',
  'authorization_over',
])

const MINUTE = 60_000

/** Refusals that are in the ledger: one that passes two edges on its way out is told once. */
const told = new WeakSet<Refusal>()

/**
 * Puts what went wrong in the ledger (`recordRefused`), where it is a refusal of what somebody may not do.
 *
 * @param error whatever was thrown; what is no refusal, or a slip, leaves nothing
 */
export async function recordAttempt(deps: Deps, by: Omit<RefusedAttempt, 'code'>, error: unknown): Promise<void> {
  if (!(error instanceof Refusal) || HONEST.has(error.code) || told.has(error)) return
  told.add(error)
  await recordRefused(deps, { ...by, code: error.code })
}

/**
 * Puts an attempt that was refused in the ledger. The edge calls it after the rollback, for actors it knows. The first
 * of an actor, a code and a minute gets an entry; repeats are counted, and the next entry tells how many there were
 * (`repeatsBefore`), so that hammering at a closed door does not fill the ledger.
 */
export async function recordRefused(deps: Deps, { boardId, approach, actor, code }: RefusedAttempt): Promise<void> {
  const at = deps.now()
  const bucket = `refused:${boardId ?? 'operator'}:${approach}:${actor}:${code}`
  const minute = new Date(Math.floor(at.getTime() / MINUTE) * MINUTE)
  await inTransaction(deps.db, boardId ? { actor: 'job', boards: [boardId] } : { actor: 'operator', boards: [] }, async (tx) => {
    if ((await countIn(tx, bucket, minute)) > 1) return
    const repeatsBefore = await takeRepeats(tx, bucket, minute)
    await append(tx, { boardId, approach, at, event: 'attempt_refused', actor, facts: { code, repeatsBefore } })
  })
}

async function countIn(tx: Tx, bucket: string, minute: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    insert into rates (bucket, starts_at, count) values (${bucket}, ${minute}, 1)
    on conflict (bucket, starts_at) do update set count = rates.count + 1 -- rates_pkey
    returning count`.execute(tx)
  return rows[0]!.count
}

/** The repeats of earlier minutes, which no entry has told yet; told once. */
async function takeRepeats(tx: Tx, bucket: string, before: Date): Promise<number> {
  const earlier = await tx
    .deleteFrom('rates')
    .where('bucket', '=', bucket)
    .where('starts_at', '<', before) // rates_pkey
    .returning('count')
    .execute()
  return earlier.reduce((sum, { count }) => sum + count - 1, 0)
}
