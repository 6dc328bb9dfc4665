import postgres from 'postgres'
import type { Approach } from '../../src/approach.ts'
import type { BoardId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'

/**
 * Runs `lock` (a statement that locks rows) in a transaction of its own, starts the acts, and lets go only when as many
 * backends wait for a lock as was told: only then do the acts really race. An act that does not wait makes this fail.
 *
 * @returns how each act ended, in the order given
 */
export async function whileHeld<T>(
  broker: TestBroker,
  lock: Lock,
  acts: (() => Promise<T>)[],
  waiting = acts.length,
): Promise<PromiseSettledResult<T>[]> {
  const holder = postgres(broker.ownerUrl, { max: 1, onnotice: () => {} })
  try {
    await holder`begin`
    await lock(holder)
    const running = Promise.allSettled(acts.map((act) => act()))
    await untilWaiting(broker, waiting)
    await holder`rollback`
    return await running
  } finally {
    await holder.end({ timeout: 5 })
  }
}

/** Holds a chain of a board's ledger, or the operator's, the last thing every act does: whoever is not stopped before stops there. */
export const ledgerOf =
  (boardId: BoardId | null, approach: Approach = 'organisation') =>
  (sql: postgres.Sql) =>
    sql`select pg_advisory_xact_lock(hashtextextended(${boardId ? `ledger:${boardId}:${approach}` : 'ledger:operator'}, 0))`

/** What a test holds while acts race. */
export type Lock = (sql: postgres.Sql) => Promise<unknown>

/** Two acts that both stand still at what is held; the first was there first, so it goes first. Gives `done` or the code of the refusal. */
export async function inOrder(
  broker: TestBroker,
  held: Lock,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<string[]> {
  const later = async () => {
    await untilWaiting(broker, 1)
    return await second()
  }
  const ends = await whileHeld(broker, held, [first, later], 2)
  return ends.map((end) => (end.status === 'fulfilled' ? 'done' : ((end.reason as { code?: string }).code ?? String(end.reason))))
}

/** Resolves once exactly `count` backends of this broker's database wait for a lock. */
export async function untilWaiting(broker: TestBroker, count: number): Promise<void> {
  let seen = 0
  // Sabotaged code is not waited for that long: where nobody waits, nobody will.
  const patience = broker.rewrite ? 50 : 200
  for (let tries = 0; tries < patience; tries += 1) {
    const [row] = await broker.owner<{ count: number }[]>`
      select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    seen = row!.count
    if (seen === count) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new NotWaiting(`${seen} backends wait for a lock, not ${count}`)
}

/** The acts did not stand still where they were to race. */
class NotWaiting extends Error {
  override name = 'NotWaiting'
}
