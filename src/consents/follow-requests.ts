import type { Tx } from '../database.ts'
import type { BoardId, ConsentId } from '../ids.ts'

/**
 * Lets the requests that waited on a consent wait on the one that takes its place. A release that names the old one does
 * not go over: what was released was that answer.
 */
export async function followRequests(tx: Tx, boardId: BoardId, from: ConsentId, to: ConsentId): Promise<void> {
  await tx
    .updateTable('request_subjects')
    .set({ consent_id: to })
    .where('board_id', '=', boardId)
    .where('consent_id', '=', from) // request_subjects_by_consent
    .execute()
}
