import type { Deps } from '../deps.ts'
import type { NotGranted, Redeemer } from '../grants/wish.ts'
import { recordRefused } from '../ledger/refused.ts'

/** Logs why there was no token, which nobody outside hears, and puts the refused attempt in the ledger when the board is known. */
export async function notGranted(deps: Deps, { clientId, txn }: Redeemer, { why, boardId, approach, code }: NotGranted): Promise<void> {
  deps.log.info('not_granted', { clientId, why, boardId, txn })
  if (boardId) await recordRefused(deps, { boardId, approach, actor: `client:${clientId}`, code })
}
