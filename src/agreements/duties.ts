import { type Selectable, sql } from 'kysely'
import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { AgreementId, BoardId, CaseId, ConsentId, DutyId, PersonId, SupplierId } from '../ids.ts'
import type { DutyTable } from './tables.ts'

export type DutyKind = 'destroy' | 'take_down' | 'disclose' | 'correct' | 'restrict' | 'stop'

/** What somebody has to do by a day: because standing ended, or because somebody used a right. */
export interface Duty {
  dutyId: DutyId
  boardId: BoardId
  kind: DutyKind
  approach: Approach
  /** Null: the school's own, a picture to take down. */
  supplierId: SupplierId | null
  consentId: ConsentId | null
  agreementId: AgreementId | null
  caseId: CaseId | null
  /** Of a duty about one person that names no consent. */
  subjectId: PersonId | null
  instruction: string | null
  beganAt: Date
  dueAt: Date
  confirmedAt: Date | null
  confirmedBy: string | null
  /** Who else has to have done it: the confirmation names each (M23). */
  subprocessors: string[]
  /** What whoever did it says about it. */
  note: string | null
}

/** Duties of this board, of one supplier, or of one case; those confirmed too, the first due first. Staff see the organisation-oriented ones only. */
export async function dutiesOf(
  tx: Tx,
  boardId: BoardId,
  { supplierId, caseId }: { supplierId?: SupplierId; caseId?: CaseId } = {},
): Promise<Duty[]> {
  const rows = await tx
    .selectFrom('duties')
    .selectAll()
    .where('board_id', '=', boardId) // duties_pkey
    .$if(supplierId !== undefined, (query) => query.where('supplier_id', '=', supplierId!))
    .$if(caseId !== undefined, (query) => query.where('case_id', '=', caseId!)) // duties_by_case
    .orderBy('due_at')
    .orderBy('duty_id')
    .execute()
  return rows.map(dutyOf)
}

/**
 * Everything somebody has to do because of one consent: to destroy what was had on it or take the picture down, also where
 * the whole agreement ended under which its data went out, each with its due date and later its confirmation. Does NOT
 * check who asks.
 */
export async function dutiesAbout(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<Duty[]> {
  const rows = await tx
    .selectFrom('duties')
    .selectAll()
    .where('board_id', '=', boardId)
    .where((where) =>
      where.or([
        where('consent_id', '=', consentId), // duties_by_consent
        where(
          'agreement_id',
          'in',
          where
            .selectFrom('token_supports as s')
            .select('s.agreement_id')
            .where('s.board_id', '=', boardId)
            .where('s.consent_id', '=', consentId) // token_supports_by_consent
            .where('s.agreement_id', 'is not', null)
            .$narrowType<{ agreement_id: AgreementId }>(),
        ),
      ]),
    )
    .orderBy('began_at')
    .orderBy('duty_id')
    .execute()
  return rows.map(dutyOf)
}

/** Duties that were due before `at` and are not confirmed, the oldest first; of the actor's sight. */
export async function overdueDuties(tx: Tx, boardId: BoardId, at: Date): Promise<Duty[]> {
  const rows = await tx
    .selectFrom('duties')
    .selectAll()
    .where('board_id', '=', boardId) // duties_open
    .where('confirmed_at', 'is', null)
    .where('due_at', '<', at)
    .orderBy('due_at')
    .orderBy('duty_id')
    .execute()
  return rows.map(dutyOf)
}

/** Locks one duty until commit. Does NOT check whose it is. */
export async function lockDuty(tx: Tx, boards: readonly BoardId[], dutyId: DutyId): Promise<Duty | undefined> {
  const row = await tx
    .selectFrom('duties')
    .selectAll()
    .where('board_id', '=', sql<BoardId>`any(${boards}::uuid[])`)
    .where('duty_id', '=', dutyId) // duties_pkey
    .forUpdate()
    .executeTakeFirst()
  return row && dutyOf(row)
}

function dutyOf(row: Selectable<DutyTable>): Duty {
  return {
    dutyId: row.duty_id,
    boardId: row.board_id,
    kind: row.kind,
    approach: row.approach,
    supplierId: row.supplier_id,
    consentId: row.consent_id,
    agreementId: row.agreement_id,
    caseId: row.case_id,
    subjectId: row.subject_id,
    instruction: row.instruction,
    beganAt: row.began_at,
    dueAt: row.due_at,
    confirmedAt: row.confirmed_at,
    confirmedBy: row.confirmed_by,
    subprocessors: row.subprocessors,
    note: row.note,
  }
}
