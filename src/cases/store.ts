import { type Selectable, sql } from 'kysely'
import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { BoardId, CaseId, PersonId, SupplierId } from '../ids.ts'
import type { Right } from './right.ts'
import type { RightsCaseTable } from './tables.ts'

export type Outcome = 'granted' | 'partly' | 'refused' | 'withdrawn'

/**
 * Somebody's request about their data.
 *
 *     open ── taken ── extended ──╮
 *       ╰────────┴────────────────┴──→ closed: granted · partly · refused · withdrawn
 */
export interface RightsCase {
  boardId: BoardId
  caseId: CaseId
  approach: Approach
  kind: Right
  subjectId: PersonId
  madeBy: PersonId
  method: 'web' | 'paper' | 'phone' | 'desk'
  recordedBy: PersonId | null
  /** The company it goes to; null: the school. */
  supplierId: SupplierId | null
  words: string | null
  receivedAt: Date
  dueAt: Date
  revision: number
  taken: { at: Date; by: PersonId } | null
  extended: { at: Date; by: PersonId; because: string } | null
  closed: { at: Date; by: string; outcome: Outcome; closing: string | null } | null
}

/** Does NOT check who asks; staff are shown the organisation-oriented ones only. */
export async function caseById(tx: Tx, boardId: BoardId, caseId: CaseId): Promise<RightsCase | undefined> {
  return (await casesWhere(tx, boardId, sql`case_id = ${caseId}`))[0] // rights_cases_pkey
}

/** The cases somebody made, the newest first. */
export async function casesMadeBy(tx: Tx, boardId: BoardId, personId: PersonId): Promise<RightsCase[]> {
  return (await casesWhere(tx, boardId, sql`made_by = ${personId}`)).toReversed()
}

/** What waits for an answer, the first due first; of the actor's sight. */
export async function openCases(tx: Tx, boardId: BoardId): Promise<RightsCase[]> {
  const open = await casesWhere(tx, boardId, sql`closed_at is null`) // rights_cases_open
  return open.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
}

/** So many answered cases are listed. */
export const MOST_CLOSED = 100

/** What was answered, the newest first: `MOST_CLOSED` at most. */
export async function closedCases(tx: Tx, boardId: BoardId): Promise<RightsCase[]> {
  return (await casesWhere(tx, boardId, sql`closed_at is not null`)).toReversed().slice(0, MOST_CLOSED)
}

/** Takes hold of a case until commit, and reads it as it is then. */
export async function lockCase(tx: Tx, boardId: BoardId, caseId: CaseId): Promise<RightsCase | undefined> {
  const row = await tx
    .selectFrom('rights_cases')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('case_id', '=', caseId) // rights_cases_pkey
    .forUpdate()
    .executeTakeFirst()
  return row && caseOf(row)
}

async function casesWhere(tx: Tx, boardId: BoardId, condition: ReturnType<typeof sql>): Promise<RightsCase[]> {
  const rows = await tx
    .selectFrom('rights_cases')
    .selectAll()
    .where('board_id', '=', boardId)
    .where(sql<boolean>`${condition}`)
    .orderBy('received_at')
    .orderBy('case_id')
    .execute()
  return rows.map(caseOf)
}

function caseOf(row: Selectable<RightsCaseTable>): RightsCase {
  return {
    boardId: row.board_id,
    caseId: row.case_id,
    approach: row.approach,
    kind: row.kind,
    subjectId: row.subject_id,
    madeBy: row.made_by,
    method: row.method,
    recordedBy: row.recorded_by,
    supplierId: row.supplier_id,
    words: row.words,
    receivedAt: row.received_at,
    dueAt: row.due_at,
    revision: row.revision,
    taken: row.taken_at && row.taken_by ? { at: row.taken_at, by: row.taken_by } : null,
    extended:
      row.extended_at && row.extended_by && row.extended_because !== null
        ? { at: row.extended_at, by: row.extended_by, because: row.extended_because }
        : null,
    closed:
      row.closed_at && row.closed_by !== null && row.outcome
        ? { at: row.closed_at, by: row.closed_by, outcome: row.outcome, closing: row.closing }
        : null,
  }
}
