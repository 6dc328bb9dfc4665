import { canonical, sha256 } from '../canonical.ts'
import { type Tie, tieTo } from '../consents/receipt.ts'
import type { Tx } from '../database.ts'
import type { BoardId, InspectionId, PersonId, TransferId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { subjectFacts } from '../people/store.ts'
import type { Transfer } from './transfer.ts'

/** What somebody said of a dossier that goes to another school; `looked` where the board asks no consent, `withdrawn` after an earlier yes. */
export type TransferAct = 'looked' | 'agreed' | 'disagreed' | 'withdrawn'

/** What one person said of it, as it is kept. Nothing of what anybody else said is in it. */
export interface TransferReceipt {
  inspectionId: InspectionId
  transferId: TransferId
  boardId: BoardId
  boardName: string
  boardOin: string
  subjectId: PersonId
  personId: PersonId
  personName: string
  tie: Tie
  act: TransferAct
  remarks: string | null
  madeAt: Date
  language: Language
  receiver: Omit<Transfer['receiver'], 'special'>
  contents: string
  /** The bytes that were shown, and their SHA-256. */
  body: string
  shownHash: string
}

/**
 * The receipts on transfers of this person, the newest first. Of a pupil whose data were erased there are none: what was shown is
 * gone with them. Does NOT find what somebody else said.
 */
export async function transferReceiptsOf(tx: Tx, boardId: BoardId, personId: PersonId): Promise<TransferReceipt[]> {
  const rows = await tx
    .selectFrom('transfer_inspections as i')
    .innerJoin('transfers as t', (join) => join.onRef('t.board_id', '=', 'i.board_id').onRef('t.transfer_id', '=', 'i.transfer_id'))
    .innerJoin('persons as s', (join) => join.onRef('s.board_id', '=', 't.board_id').onRef('s.person_id', '=', 't.subject_id'))
    .innerJoin('boards as b', 'b.board_id', 'i.board_id')
    .innerJoin('persons as p', (join) => join.onRef('p.board_id', '=', 'i.board_id').onRef('p.person_id', '=', 'i.person_id'))
    .selectAll('i')
    .select(['t.subject_id', 't.receiver_scheme', 't.receiver', 't.receiver_name', 't.contents', 't.asks_consent'])
    .select(['b.name', 'b.oin', 'p.given_name', 'p.family_name'])
    .where('i.board_id', '=', boardId)
    .where('i.person_id', '=', personId) // transfer_inspections_by_person
    .where('s.erased_at', 'is', null)
    .orderBy('i.inspected_at')
    .orderBy('i.inspection_id')
    .execute()
  const facts = await subjectFacts(
    tx,
    boardId,
    rows.map(({ subject_id }) => subject_id),
  )
  const agreedTo = new Set<string>()
  const oldestFirst = rows.map((row): TransferReceipt => {
    const { subject_id, asks_consent, agrees, contents } = row
    const receiver = { scheme: row.receiver_scheme, value: row.receiver, name: row.receiver_name }
    const body = canonical({ asksConsent: asks_consent, contents, receiver, subjectId: subject_id })
    const hadAgreed = agreedTo.has(row.transfer_id)
    if (agrees) agreedTo.add(row.transfer_id)
    else agreedTo.delete(row.transfer_id)
    return {
      inspectionId: row.inspection_id,
      transferId: row.transfer_id,
      boardId,
      boardName: row.name,
      boardOin: row.oin,
      subjectId: subject_id,
      personId,
      personName: `${row.given_name} ${row.family_name}`,
      tie: tieTo(facts.get(subject_id), personId, row.inspected_at),
      act: agrees === null ? 'looked' : agrees ? 'agreed' : hadAgreed ? 'withdrawn' : 'disagreed',
      remarks: row.remarks,
      madeAt: row.inspected_at,
      language: row.language,
      receiver,
      contents,
      body,
      shownHash: sha256(body).toString('hex'),
    }
  })
  return oldestFirst.toReversed()
}
