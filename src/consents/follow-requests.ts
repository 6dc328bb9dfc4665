import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ReleaseId } from '../ids.ts'
import type { LedgerActor, LedgerEntry } from '../ledger/append.ts'

/**
 * Lets the requests that waited on a consent wait on the one that takes its place. A release that named the old one does
 * not go over: what was released was that answer. One that covers later answers does: the new answer is a later one.
 *
 * @returns an entry for each release that the new consent joined, for the caller to append with its own
 */
export async function followRequests(
  tx: Tx,
  at: Date,
  { boardId, consentId: from }: { boardId: BoardId; consentId: ConsentId },
  to: ConsentId,
  by: LedgerActor,
): Promise<LedgerEntry[]> {
  await tx
    .updateTable('request_subjects')
    .set({ consent_id: to })
    .where('board_id', '=', boardId)
    .where('consent_id', '=', from) // request_subjects_by_consent
    .execute()
  const { rows: joined } = await sql<{ release_id: ReleaseId }>`
    insert into release_subjects (board_id, release_id, consent_id, reference, joined_at)
    select rs.board_id, r.release_id, ${to}::uuid, rs.reference, ${at}
    from release_subjects rs join releases r on r.board_id = rs.board_id and r.release_id = rs.release_id
    where rs.board_id = ${boardId} and rs.consent_id = ${from} and r.covers_later and r.withdrawn_at is null -- release_subjects_by_consent
    returning release_id`.execute(tx)
  return joined.map(({ release_id }) => ({
    boardId,
    approach: 'organisation',
    at,
    event: 'release_joined',
    actor: by,
    ref: release_id,
    facts: { consentId: to, insteadOf: from },
  }))
}
