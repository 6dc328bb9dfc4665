import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { BoardId, TokenId } from '../ids.ts'
import type { LedgerActor, LedgerEntry } from '../ledger/append.ts'

/**
 * The same tokens apart by approach, for the ledger: the school may not see what was subject-oriented, so those go into
 * the other chain. Sees what the transaction's actor may see: ask as a `job`, a `client` or the operator.
 */
export async function tokensByApproach(tx: Tx, boardId: BoardId, tokenIds: readonly TokenId[]): Promise<Record<Approach, TokenId[]>> {
  const apart: Record<Approach, TokenId[]> = { organisation: [], subject: [] }
  if (tokenIds.length === 0) return apart
  const rows = await tx
    .selectFrom('tokens')
    .select(['token_id', 'approach'])
    .where('board_id', '=', boardId)
    .where('token_id', 'in', tokenIds) // tokens_pkey
    .orderBy('token_id')
    .execute()
  for (const { token_id, approach } of rows) apart[approach].push(token_id)
  return apart
}

/** The ledger's entries for tokens that ended by an act whose own entry stands elsewhere: one for each chain that had any. */
export function tokensEnded(
  boardId: BoardId,
  at: Date,
  actor: LedgerActor,
  ref: string,
  because: string,
  tokens: Partial<Record<Approach, TokenId[]>>,
): LedgerEntry[] {
  return (['organisation', 'subject'] as const).flatMap((approach) => {
    const endedTokens = tokens[approach] ?? []
    return endedTokens.length === 0 ? [] : [{ boardId, approach, at, event: 'tokens_ended', actor, ref, facts: { because, endedTokens } }]
  })
}
