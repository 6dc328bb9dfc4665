import type { SupplierActor } from '../actors.ts'
import type { Deps } from '../deps.ts'
import { recordRefused } from '../ledger/refused.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'
import type { Address } from './ask-school.ts'

/** A slip of the pen, or of the network, is no attempt at what one may not do. */
const HONEST: ReadonlySet<RefusalCode> = new Set(['input_invalid', 'idempotency_key_reused', 'idempotency_in_flight'])

/** Does what a supplier asks of a school; what is refused is put in the ledger of its board, after the rollback, and then told. */
export async function attemptAtSchool<T>(
  deps: Deps,
  { clientId }: SupplierActor,
  { scheme, value }: Address,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal && !HONEST.has(error.code)) {
      const board = await deps.db
        .selectFrom('board_directory')
        .select('board_id')
        .where('scheme', '=', scheme)
        .where('value', '=', value) // board_directory_pkey
        .executeTakeFirst()
      const actor = `client:${clientId}` as const
      if (board) await recordRefused(deps, { boardId: board.board_id, approach: 'organisation', actor, code: error.code })
    }
    throw error
  }
}
