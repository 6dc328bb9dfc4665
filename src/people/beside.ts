import type { Tx } from '../database.ts'

/** What the caller of an act does in its transaction: looks before it, and tells what came of it before the ledger is told. */
export interface Beside {
  before: (tx: Tx, at: Date) => Promise<void>
  after: (tx: Tx, at: Date) => Promise<void>
}
