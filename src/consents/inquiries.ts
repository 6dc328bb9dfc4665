import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, InquiryId, ItemId, PersonId } from '../ids.ts'

/** What somebody asked the school about a question, and what the school said; until it is erased. */
export interface Inquiry {
  inquiryId: InquiryId
  consentId: ConsentId
  askedAt: Date
  question: string
  answered: { at: Date; answer: string } | null
}

/** What this person asked about a consent, oldest first: nobody sees what the other parent asked. Does NOT check who looks. */
export async function inquiriesOf(tx: Tx, boardId: BoardId, consentId: ConsentId, personId: PersonId): Promise<Inquiry[]> {
  const rows = await tx
    .selectFrom('inquiries')
    .select(['inquiry_id', 'consent_id', 'asked_at', 'answered_at', 'answer'])
    .select((column) => column.ref('question').$notNull().as('question'))
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // inquiries_by_consent
    .where('asked_by', '=', personId)
    .where('erased_at', 'is', null)
    .orderBy('asked_at')
    .orderBy('inquiry_id')
    .execute()
  return rows.map((row) => ({
    inquiryId: row.inquiry_id,
    consentId: row.consent_id,
    askedAt: row.asked_at,
    question: row.question,
    answered: row.answered_at && row.answer !== null ? { at: row.answered_at, answer: row.answer } : null,
  }))
}

/** As it stands at the desk: with who asked and about whom. */
export interface WaitingInquiry extends Omit<Inquiry, 'answered'> {
  itemId: ItemId
  subjectId: PersonId
  askedBy: PersonId
}

/** What waits for an answer of the school, oldest first. Does NOT check who looks. */
export async function waitingInquiries(tx: Tx, boardId: BoardId): Promise<WaitingInquiry[]> {
  const rows = await tx
    .selectFrom('inquiries as q')
    .innerJoin('consents as c', (join) => join.onRef('c.board_id', '=', 'q.board_id').onRef('c.consent_id', '=', 'q.consent_id')) // consents_pkey
    .select(['q.inquiry_id', 'q.consent_id', 'q.asked_at', 'q.asked_by', 'c.item_id', 'c.subject_id'])
    .select((column) => column.ref('q.question').$notNull().as('question'))
    .where('q.board_id', '=', boardId)
    .where('q.answered_at', 'is', null) // inquiries_waiting
    .where('q.erased_at', 'is', null)
    .orderBy('q.asked_at')
    .orderBy('q.inquiry_id')
    .execute()
  return rows.map((row) => ({
    inquiryId: row.inquiry_id,
    consentId: row.consent_id,
    itemId: row.item_id,
    subjectId: row.subject_id,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    question: row.question,
  }))
}
