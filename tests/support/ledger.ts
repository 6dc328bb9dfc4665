import { expect } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import type { BoardId } from '../../src/ids.ts'
import { verifyChain } from '../../src/ledger/verify.ts'
import type { TestBroker } from './broker.ts'

export interface Told {
  chain: string
  event: string
  actor: string
  ref: string | null
  facts: Record<string, unknown>
}

/** The entries of all chains that tell of these events, oldest first. */
export async function told(broker: TestBroker, ...events: string[]): Promise<Told[]> {
  const rows = await broker.owner<{ chain: string; event: string; actor: string; ref: string | null; body: string }[]>`
    select chain, event, actor, ref, body from ledger where event = any(${events}) order by at, chain, seq`
  return rows.map(({ body, ...row }) => ({ ...row, facts: JSON.parse(body) as Record<string, unknown> }))
}

/** Recomputes every chain of these boards and the operator's (INV-04). */
export async function expectLedgerWhole(broker: TestBroker, ...boards: BoardId[]): Promise<void> {
  await inTransaction(broker.db, { actor: 'operator', boards }, async (tx) => {
    for (const chain of ['operator', ...boards.flatMap((board) => [`${board}:organisation`, `${board}:subject`])]) {
      expect(await verifyChain(tx, chain), chain).toMatchObject({ whole: true })
    }
  })
}
