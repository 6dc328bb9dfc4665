import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, InquiryId } from '../ids.ts'
import { append } from '../ledger/append.ts'

/** So long after the question is over, and after the last word, nobody comes back to it. */
export const INQUIRY_DAYS = 90

/**
 * Erases the words of what was asked about questions that have long been over, and of the answers. The ledger keeps its
 * commitments, and that something was asked and answered (INV-16). A job; run it any time.
 *
 * @returns how many were erased
 */
export async function eraseInquiries({ db, now }: Deps, boardId: BoardId): Promise<number> {
  const at = now()
  const since = new Date(at.getTime() - INQUIRY_DAYS * 86_400_000)
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const { rows } = await sql<{ inquiry_id: InquiryId }>`
      update inquiries q set question = null, answer = null, erased_at = ${at}
      from consents c join items i on i.board_id = c.board_id and i.item_id = c.item_id
      where q.board_id = ${boardId} and q.erased_at is null -- inquiries_in_words
        and c.board_id = q.board_id and c.consent_id = q.consent_id
        and least(i.ends_at, c.ended_at) <= ${since} and coalesce(q.answered_at, q.asked_at) <= ${since}
      returning q.inquiry_id`.execute(tx)
    const inquiryIds = rows.map(({ inquiry_id }) => inquiry_id)
    if (inquiryIds.length > 0) {
      const facts = { inquiryIds }
      await append(tx, { boardId, approach: 'organisation', at, event: 'inquiries_erased', actor: 'job', ref: boardId, facts })
    }
    return inquiryIds.length
  })
}
