import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, ItemId, ObjectionId, PersonId } from '../ids.ts'
import { OBJECTION_DAYS } from './object.ts'

/** An objection that the school has to decide on. */
export interface PendingObjection {
  objectionId: ObjectionId
  consentId: ConsentId
  itemId: ItemId
  subjectId: PersonId
  madeBy: PersonId
  madeAt: Date
  /** P21: within four weeks. */
  decideBy: Date
}

/** What the school decided on the last objection that was made on a consent, in its own words. Does NOT check who asks. */
export async function lastDecision(
  tx: Tx,
  boardId: BoardId,
  consentId: ConsentId,
): Promise<{ granted: boolean; reasons: string } | undefined> {
  const row = await tx
    .selectFrom('objections')
    .select(['granted', 'reasons'])
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // objections_by_consent
    .orderBy('made_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.reasons ? { granted: row.granted === true, reasons: row.reasons } : undefined
}

/** The objections of a board that wait for a decision, the oldest first. Does NOT check who asks. */
export async function pendingObjections(tx: Tx, boardId: BoardId): Promise<PendingObjection[]> {
  const rows = await tx
    .selectFrom('objections as o')
    .innerJoin('consents as c', (join) => join.onRef('c.board_id', '=', 'o.board_id').onRef('c.consent_id', '=', 'o.consent_id')) // consents_pkey
    .select(['o.objection_id', 'o.consent_id', 'c.item_id', 'c.subject_id', 'o.made_by', 'o.made_at'])
    .where('o.board_id', '=', boardId)
    .where('o.decided_at', 'is', null) // objections_one_pending
    .orderBy('o.made_at')
    .orderBy('o.objection_id')
    .execute()
  return rows.map((row) => ({
    objectionId: row.objection_id,
    consentId: row.consent_id,
    itemId: row.item_id,
    subjectId: row.subject_id,
    madeBy: row.made_by,
    madeAt: row.made_at,
    decideBy: new Date(row.made_at.getTime() + OBJECTION_DAYS * 86_400_000),
  }))
}
