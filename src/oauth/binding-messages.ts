import type { Tx } from '../database.ts'
import type { BoardId, ConsentId } from '../ids.ts'

/**
 * What programs that wait for the answer to a question show beside it, each once: whoever answers compares them (CIBA Core
 * §7.1). None of what was collected or is over. Does NOT check who looks.
 */
export async function bindingMessages(tx: Tx, boardId: BoardId, consentId: ConsentId, at: Date): Promise<string[]> {
  const rows = await tx
    .selectFrom('ciba_requests')
    .select('binding_message as message')
    .distinct()
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // ciba_requests_by_consent
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .where('binding_message', '<>', '')
    .orderBy('message')
    .execute()
  return rows.map(({ message }) => message!)
}
