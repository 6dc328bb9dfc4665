import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId, ReceiptId, SupplierId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { inForce } from '../people/interval.ts'
import { subjectFacts } from '../people/store.ts'
import type { GuardianshipKind, SubjectFacts } from '../people/who-may-answer.ts'
import type { Question } from './shown-text.ts'
import type { AnswerMethod, ReceiptAct } from './tables.ts'

/** What somebody is to the one it is about: themselves as a pupil or member of staff, or somebody who speaks for them. */
export type Tie = 'pupil' | 'employee' | GuardianshipKind

/** What one person did, as it is kept. Nothing of anybody else's answer is in it. */
export interface Receipt {
  receiptId: ReceiptId
  boardId: BoardId
  boardOin: string
  consentId: ConsentId
  approach: Approach
  act: ReceiptAct
  method: AnswerMethod
  madeAt: Date
  language: Language
  /** Who acted, and what they are to the subject. */
  personId: PersonId
  personName: string
  tie: Tie
  subjectId: PersonId
  /** The bytes that were shown and their SHA-256, and what they say. */
  body: string
  shownHash: string
  question: Question
  /** Of a yes: which part and until when. */
  datatypes: readonly string[] | null
  untilAt: Date | null
  /** An answer that was taken back at once, as a slip of the thumb. */
  undoneAt: Date | null
  /** By way of the school: whether the supplier works for the school or decides for itself. */
  supplierIs: 'processor' | 'controller' | null
  supplierId: SupplierId | null
  purposeId: string
  startsAt: Date
}

/** A line in the list of receipts. */
export interface ReceiptLine {
  receiptId: ReceiptId
  boardId: BoardId
  consentId: ConsentId
  subjectId: PersonId
  act: ReceiptAct
  madeAt: Date
  undoneAt: Date | null
  question: Question
}

/** The receipts of this person, the newest first; those on one consent when it is named. */
export async function receiptsOf(tx: Tx, boardId: BoardId, personId: PersonId, consentId?: ConsentId): Promise<ReceiptLine[]> {
  const rows = await tx
    .selectFrom('receipts as r')
    .innerJoin('consents as c', (join) => join.onRef('c.board_id', '=', 'r.board_id').onRef('c.consent_id', '=', 'r.consent_id'))
    .innerJoin('shown_texts as s', (join) => join.onRef('s.board_id', '=', 'r.board_id').onRef('s.shown_hash', '=', 'r.shown_hash'))
    .leftJoin('answers as a', (join) => join.onRef('a.board_id', '=', 'r.board_id').onRef('a.answer_id', '=', 'r.answer_id'))
    .select(['r.receipt_id', 'r.consent_id', 'c.subject_id', 'r.act', 'r.made_at', 'a.undone_at', 's.body'])
    .where('r.board_id', '=', boardId)
    .where('r.person_id', '=', personId) // receipts_by_person
    .$if(consentId !== undefined, (query) => query.where('r.consent_id', '=', consentId!))
    .orderBy('r.made_at', 'desc')
    .orderBy('r.receipt_id', 'desc')
    .limit(MOST_RECEIPTS)
    .execute()
  return rows.map((row) => ({
    receiptId: row.receipt_id,
    boardId,
    consentId: row.consent_id,
    subjectId: row.subject_id,
    act: row.act,
    madeAt: row.made_at,
    undoneAt: row.undone_at,
    question: questionIn(row.body),
  }))
}

/** So many are listed of one person. */
export const MOST_RECEIPTS = 500

/** The receipt, for the person it was given to; undefined for anybody else, as when there is none. */
export async function receiptFor(tx: Tx, boardId: BoardId, receiptId: ReceiptId, personId: PersonId): Promise<Receipt | undefined> {
  const row = await tx
    .selectFrom('receipts as r')
    .innerJoin('boards as b', 'b.board_id', 'r.board_id')
    .innerJoin('persons as p', (join) => join.onRef('p.board_id', '=', 'r.board_id').onRef('p.person_id', '=', 'r.person_id'))
    .innerJoin('consents as c', (join) => join.onRef('c.board_id', '=', 'r.board_id').onRef('c.consent_id', '=', 'r.consent_id'))
    .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id'))
    .innerJoin('shown_texts as s', (join) => join.onRef('s.board_id', '=', 'r.board_id').onRef('s.shown_hash', '=', 'r.shown_hash'))
    .leftJoin('answers as a', (join) => join.onRef('a.board_id', '=', 'r.board_id').onRef('a.answer_id', '=', 'r.answer_id'))
    .leftJoin('supplier_agreements as g', (join) =>
      join.onRef('g.board_id', '=', 'i.board_id').onRef('g.agreement_id', '=', 'i.agreement_id'),
    )
    .select([
      'r.receipt_id',
      'r.consent_id',
      'r.approach',
      'r.act',
      'r.method',
      'r.made_at',
      'r.language',
      'r.shown_hash',
      'b.oin',
      'p.given_name',
      'p.family_name',
      'c.subject_id',
      's.body',
      'a.datatypes',
      'a.until_at',
      'a.undone_at',
      'g.kind as supplier_is',
      'i.supplier_id',
      'i.purpose',
      'i.starts_at',
    ])
    .where('r.board_id', '=', boardId)
    .where('r.receipt_id', '=', receiptId) // receipts_pkey
    .where('r.person_id', '=', personId)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    receiptId: row.receipt_id,
    boardId,
    boardOin: row.oin,
    consentId: row.consent_id,
    approach: row.approach,
    act: row.act,
    method: row.method,
    madeAt: row.made_at,
    language: row.language,
    personId,
    personName: `${row.given_name} ${row.family_name}`,
    tie: tieTo((await subjectFacts(tx, boardId, [row.subject_id])).get(row.subject_id), personId, row.made_at),
    subjectId: row.subject_id,
    body: row.body,
    shownHash: Buffer.from(row.shown_hash).toString('hex'),
    question: questionIn(row.body),
    datatypes: row.datatypes,
    untilAt: row.until_at,
    undoneAt: row.undone_at,
    supplierIs: row.supplier_is,
    supplierId: row.supplier_id,
    purposeId: row.purpose,
    startsAt: row.starts_at,
  }
}

/** What somebody was to this subject at a moment; as a pupil's guardian where no tie is known any more. */
export function tieTo(subject: SubjectFacts | undefined, personId: PersonId, at: Date): Tie {
  if (!subject) return 'pupil'
  if (subject.personId === personId) return subject.kind
  const ties = subject.guardianships.filter(({ guardianId }) => guardianId === personId)
  return (ties.find((tie) => inForce(tie, at)) ?? ties[0])?.kind ?? 'guardian'
}

function questionIn(body: string): Question {
  const question = JSON.parse(body) as Question & { endsAt: string }
  return { ...question, endsAt: new Date(question.endsAt) }
}
