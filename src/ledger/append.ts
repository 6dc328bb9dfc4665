import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import { canonical } from '../canonical.ts'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import type { LedgerEvent } from './events.ts'

/** Who did it, as the ledger names them: a kind and an opaque id, never a name. */
export type LedgerActor = `person:${string}` | `client:${string}` | 'operator' | 'job'

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
 * Appends entries to the ledger. Always the last statement of its transaction: the lock on the chain is held until
 * commit, so whatever came after would hold up everybody else of the board.
 */
export async function append(tx: Tx, ...entries: LedgerEntry[]): Promise<void> {
  for (const { boardId, approach, at, event, actor, ref, facts } of entries) {
    await sql`select ledger_append(${boardId}::uuid, ${approach}, ${at}, ${event}, ${actor}, ${ref ?? null}::uuid, ${canonical(facts ?? {})})`.execute(
      tx,
    )
  }
}
