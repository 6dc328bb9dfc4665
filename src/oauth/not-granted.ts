import type { Deps } from '../deps.ts'
import type { NotGranted, Redeemer } from '../grants/wish.ts'
import { recordRefused } from '../ledger/refused.ts'

/**
 * Logs why there was no token, which nobody outside hears, and puts the refused attempt in the ledger: the board's, or the
 * operator's where no one board is known.
 */
export async function notGranted(deps: Deps, { clientId, txn }: Redeemer, { why, boardId, approach, code }: NotGranted): Promise<void> {
  deps.log.info('not_granted', { clientId, why, boardId, txn })
  const ledger = boardId ? { boardId, approach } : { boardId: null, approach: 'operator' as const }
  await recordRefused(deps, { ...ledger, actor: `client:${clientId}`, code })
}
