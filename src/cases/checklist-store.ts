import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, PointId, SchoolId } from '../ids.ts'
import { type ChecklistAnswer, countedOf, type Statement } from './checklist.ts'

/** What one person answered in one school year. */
export interface Sheet {
  handedInAt: Date
  answers: Map<Statement, { answer: ChecklistAnswer; note: string | null }>
}

/** Of one person alone, by school year; nobody else is shown it. Does NOT check who asks. */
export async function sheetsOf(tx: Tx, boardId: BoardId, personId: PersonId): Promise<Map<string, Sheet>> {
  const rows = await tx
    .selectFrom('checklist_answers as a')
    .innerJoin('checklist_sheets as s', (join) =>
      join.onRef('s.board_id', '=', 'a.board_id').onRef('s.person_id', '=', 'a.person_id').onRef('s.year', '=', 'a.year'),
    ) // checklist_sheets_pkey
    .select(['a.year', 's.handed_in_at', 'a.statement', 'a.answer', 'a.note'])
    .where('a.board_id', '=', boardId)
    .where('a.person_id', '=', personId) // checklist_answers_pkey
    .execute()
  const sheets = new Map<string, Sheet>()
  for (const { year, handed_in_at, statement, answer, note } of rows) {
    const sheet = sheets.get(year) ?? { handedInAt: handed_in_at, answers: new Map() }
    sheets.set(year, sheet)
    sheet.answers.set(statement, { answer, note })
  }
  return sheets
}

/** What the staff of one school found in a school year, without names. */
export interface Found {
  handedIn: number
  /** How many of them are in the counts (`countedOf`). */
  counted: number
  counts: Map<Statement, Record<ChecklistAnswer, number>>
  /** Of everybody, once anything is counted; in an order that tells nothing of when. */
  notes: Map<Statement, string[]>
}

/**
 * Counts of one school, or of the board's office (null); there are none over all schools, from which one could be subtracted. Does
 * NOT check who asks.
 */
export async function foundAt(tx: Tx, boardId: BoardId, schoolId: SchoolId | null, year: string): Promise<Found> {
  const { rows: sheets } = await sql<{ person_id: PersonId }>`
    select person_id from checklist_sheets -- checklist_sheets_by_school
    where board_id = ${boardId} and year = ${year} and school_id is not distinct from ${schoolId}
    order by handed_in_at, person_id`.execute(tx)
  const all = sheets.map(({ person_id }) => person_id)
  const first = all.slice(0, countedOf(all.length))
  const found: Found = { handedIn: all.length, counted: first.length, counts: new Map(), notes: new Map() }
  if (first.length === 0) return found
  const { rows: counts } = await sql<{ statement: Statement; answer: ChecklistAnswer; count: number }>`
    select statement, answer, count(*)::int as count from checklist_answers -- checklist_answers_pkey
    where board_id = ${boardId} and year = ${year} and person_id = any(${first}::uuid[]) group by statement, answer`.execute(tx)
  for (const { statement, answer, count } of counts)
    found.counts.set(statement, { ...(found.counts.get(statement) ?? { ok: 0, not_ok: 0, unsure: 0 }), [answer]: count })
  const { rows: notes } = await sql<{ statement: Statement; note: string }>`
    select statement, note from checklist_answers -- checklist_answers_pkey
    where board_id = ${boardId} and year = ${year} and person_id = any(${all}::uuid[]) and note is not null
    order by statement, note`.execute(tx)
  for (const { statement, note } of notes) found.notes.set(statement, [...(found.notes.get(statement) ?? []), note])
  return found
}

/** Something that is not right, and who mends it until when. */
export interface Point {
  pointId: PointId
  schoolId: SchoolId | null
  statement: Statement
  words: string
  ownerId: PersonId
  /** The first moment at which it is late. */
  dueAt: Date
  madeAt: Date
  closed: { at: Date; by: PersonId } | null
}

/** All points of a board: the open ones first, by when they have to be mended, then those closed last. Does NOT check who asks. */
export async function pointsOf(tx: Tx, boardId: BoardId): Promise<Point[]> {
  const rows = await tx
    .selectFrom('checklist_points')
    .selectAll()
    .where('board_id', '=', boardId) // checklist_points_pkey
    .orderBy(sql`closed_at desc nulls first, due_at, point_id`)
    .execute()
  return rows.map((row) => ({
    pointId: row.point_id,
    schoolId: row.school_id,
    statement: row.statement,
    words: row.words,
    ownerId: row.owner_id,
    dueAt: row.due_at,
    madeAt: row.made_at,
    closed: row.closed_at && row.closed_by ? { at: row.closed_at, by: row.closed_by } : null,
  }))
}
