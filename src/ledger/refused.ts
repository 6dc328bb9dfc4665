import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import type { RefusalCode } from '../refusal.ts'
import { append, type LedgerActor } from './append.ts'

export interface RefusedAttempt {
  boardId: BoardId | null
  approach: Approach | 'operator'
  actor: LedgerActor
  code: RefusalCode
}

const MINUTE = 60_000

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
