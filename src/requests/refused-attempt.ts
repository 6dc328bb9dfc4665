import type { ClientActor } from '../actors.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import { recordRefused } from '../ledger/refused.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'

/** A slip of the pen, or of the network, is no attempt at what one may not do. */
const HONEST: ReadonlySet<RefusalCode> = new Set(['input_invalid', 'idempotency_key_reused', 'idempotency_in_flight'])

/**
 * Does what a supplier wants of a school; what is refused is put in the ledger, after the rollback, and then told.
 *
 * @param boardOf whose ledger it goes in; where there is no such board, the operator's
 */
export async function attemptBySupplier<T>(
  deps: Deps,
  { clientId }: ClientActor,
  boardOf: () => Promise<BoardId | undefined>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal && !HONEST.has(error.code)) {
      const boardId = (await boardOf()) ?? null
      const approach = boardId ? 'organisation' : 'operator'
      await recordRefused(deps, { boardId, approach, actor: `client:${clientId}`, code: error.code })
    }
    throw error
  }
}
