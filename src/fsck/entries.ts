import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'

/** An entry of the ledger, with its facts read. */
export interface Entry {
  approach: Approach
  seq: number
  at: Date
  event: string
  actor: string
  ref: string | null
  facts: Record<string, unknown>
}

const PAGE = 5_000

/** All entries of a board, each chain from its first. What happened in one chain happened in this order. */
export async function* entriesOf(tx: Tx, boardId: BoardId): AsyncGenerator<Entry> {
  for (const approach of ['organisation', 'subject'] as const) {
    let after = 0
    for (;;) {
      const page = await tx
        .selectFrom('ledger')
        .select(['seq', 'at', 'event', 'actor', 'ref', 'body'])
        .where('chain', '=', `${boardId}:${approach}`)
        .where('seq', '>', String(after)) // ledger_pkey
        .orderBy('seq')
        .limit(PAGE)
        .execute()
      for (const { seq, body, ...entry } of page) {
        after = Number(seq)
        yield { ...entry, approach, seq: after, facts: JSON.parse(body) as Record<string, unknown> }
      }
      if (page.length < PAGE) break
    }
  }
}

/** Ids in a list of the facts; an entry without it has none. */
export function idsIn(facts: Record<string, unknown>, member: string): string[] {
  const list = facts[member]
  return Array.isArray(list) ? list.filter((id): id is string => typeof id === 'string') : []
}
