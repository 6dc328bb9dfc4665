import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { refreshTokenOf } from './refresh-token.ts'

/**
 * Ends a refresh token because the client wants it no more, and with it the live access tokens of the same grant (RFC 7009
 * §2.1). The consent stays what it is.
 *
 * @returns whether it was a refresh token of this client
 */
export async function revokeRefreshToken(deps: Deps, clientId: ClientId, token: string): Promise<boolean> {
  const at = deps.now()
  const refresh = await refreshTokenOf(deps.db, clientId, token, at)
  if (!refresh) return false
  const { board_id: boardId, consent_id: consentId } = refresh
  await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('refresh_tokens')
      .set({ ended_at: at })
      .where('token_hash', '=', refresh.token_hash) // refresh_tokens_pkey
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) return
    const ended = await endTokens(tx, boardId, at, { consentIds: [consentId] }, BECAUSE)
    await append(tx, ...tokensEnded(boardId, at, `client:${clientId}`, consentId, BECAUSE, { subject: ended }))
  })
  return true
}

const BECAUSE = 'revoked_by_client'
