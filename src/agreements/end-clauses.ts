import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, HolderId } from '../ids.ts'
import type { LedgerActor, LedgerEntry } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'

/**
 * Ends the instructions under an agreement to hand these data sets over, with the live tokens that lean on it, and tells the
 * holder. Lock the agreement first. Does NOT check who ends them; sees what the transaction sees: staff see no subject-oriented token.
 *
 * @returns what the caller appends to the ledger; nothing when none of them stood
 */
export async function endClauses(
  tx: Tx,
  { boardId, agreementId, holderId, datatypes }: { boardId: BoardId; agreementId: AgreementId; holderId: HolderId; datatypes: string[] },
  by: LedgerActor,
  at: Date,
): Promise<LedgerEntry[]> {
  const rows = await tx
    .updateTable('onward_clauses')
    .set({ ended_at: at })
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId)
    .where('holder_id', '=', holderId)
    .where('datatype', 'in', datatypes)
    .where('ended_at', 'is', null) // onward_clauses_one_standing
    .returning(['clause_id', 'datatype'])
    .execute()
  if (rows.length === 0) return []
  const clauses = rows.map(({ clause_id: clauseId, datatype }) => ({ clauseId, datatype }))
  const tokens = await endTokens(tx, boardId, at, { holderAgreementId: agreementId }, 'onward_clause_ended')
  const ended = await tokensByApproach(tx, boardId, tokens)
  const about = { boardId, approach: 'organisation', at, event: 'onward_clause_ended', ref: agreementId } as const
  await enqueueEvent(tx, { ...about, receiverId: holderId, facts: { datatypes: clauses.map(({ datatype }) => datatype) } })
  return [
    { ...about, actor: by, facts: { holderId, clauses, endedTokens: ended.organisation } },
    ...tokensEnded(boardId, at, by, agreementId, 'onward_clause_ended', { subject: ended.subject }),
  ]
}
