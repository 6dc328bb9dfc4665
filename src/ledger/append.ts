import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import { canonical } from '../canonical.ts'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { WITH_COMMIT } from '../postgres-dialect.ts'
import type { LedgerEvent } from './events.ts'

/** Who did it, as the ledger names them: a kind and an opaque id, never a name. */
export type LedgerActor = `person:${string}` | `account:${string}` | `client:${string}` | `member:${string}` | 'operator' | 'job'

export interface LedgerEntry {
  boardId: BoardId | null
  approach: Approach | 'operator'
  at: Date
  event: LedgerEvent
  actor: LedgerActor
  /** The thing it is about. */
  ref?: string
  /** Ids, codes, times and commitments: enough to rebuild the state, and no personal content. */
  facts?: Record<string, unknown>
}

/**
 * Appends entries to the ledger. They are the last statement of their transaction, wherever this is called: the lock on
 * the chain is held until commit, so they wait and are sent together with it. Chains are taken in sorted order, so that
 * two acts that write to the same ones never wait for each other.
 */
export async function append(tx: Tx, ...entries: LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return
  const chainOf = ({ boardId, approach }: LedgerEntry) => `${boardId ?? ''}:${approach}`
  const rows = entries
    .toSorted((a, b) => (chainOf(a) < chainOf(b) ? -1 : chainOf(a) > chainOf(b) ? 1 : 0))
    .map(({ boardId, facts, ...entry }) => ({ ...entry, board_id: boardId, body: canonical(facts ?? {}) }))
  await sql`${sql.raw(WITH_COMMIT)}select ledger_append(${sql.val(rows)}::jsonb)`.execute(tx)
}
