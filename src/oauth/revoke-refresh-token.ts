import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ClientId, ConsentId } from '../ids.ts'
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
  const refresh = await refreshTokenOf(deps.db, clientId, token, deps.now())
  if (!refresh) return false
  const { board_id: boardId, consent_id: consentId, token_hash: hash } = refresh
  await endTogether(deps, { clientId, boardId, consentId }, { column: 'token_hash', hash }, 'revoked_by_client')
  return true
}

/**
 * Ends what a code gave, because the code came a second time: somebody has it who should not, and nobody can tell who came
 * first (RFC 6749 §4.1.2, RFC 9700 §4.5.3). The caller has authenticated the client whose code it is.
 */
export async function endWhatCodeGave(
  deps: Deps,
  clientId: ClientId,
  { code_hash: hash, board_id: boardId, consent_id: consentId }: { code_hash: Uint8Array; board_id: BoardId; consent_id: ConsentId },
): Promise<void> {
  await endTogether(deps, { clientId, boardId, consentId }, { column: 'code_hash', hash }, 'code_reused')
}

/** The refresh token first: a refresh that is under way holds it, and what it makes is seen here. */
async function endTogether(
  { db, now }: Deps,
  { clientId, boardId, consentId }: { clientId: ClientId; boardId: BoardId; consentId: ConsentId },
  { column, hash }: { column: 'token_hash' | 'code_hash'; hash: Uint8Array },
  because: string,
): Promise<void> {
  const at = now()
  await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('refresh_tokens')
      .set({ ended_at: at })
      .where(column, '=', hash) // refresh_tokens_pkey, refresh_tokens_by_code
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) return
    const ended = await endTokens(tx, boardId, at, { consentIds: [consentId] }, because)
    await append(tx, ...tokensEnded(boardId, at, `client:${clientId}`, consentId, because, { subject: ended }))
  })
}
