import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, TokenId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'

/**
 * Ends a live token because the client it was issued to wants it no more. Anybody else's token, one that ended before and
 * one that never was are left as they are, and look the same.
 */
export async function revokeToken(deps: Deps, clientId: ClientId, tokenId: TokenId): Promise<void> {
  const at = deps.now()
  const place = await deps.db.selectFrom('status_entries').select('board_id').where('token_id', '=', tokenId).executeTakeFirst() // status_entries_by_token
  if (!place) return
  const boardId = place.board_id
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const ended = await endTokens(tx, boardId, at, { ofClient: { clientId, tokenId } }, BECAUSE)
    const apart = await tokensByApproach(tx, boardId, ended)
    await append(tx, ...tokensEnded(boardId, at, `client:${clientId}`, tokenId, BECAUSE, apart))
  })
}

const BECAUSE = 'revoked_by_client'
