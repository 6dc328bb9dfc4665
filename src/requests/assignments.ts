import type { Approach } from '../approach.ts'
import { type Db, inTransaction, type Tx } from '../database.ts'
import type { AssignmentId, BoardId, MemberId, PersonId, SupplierId } from '../ids.ts'

/** A guide at a supplier, assigned to a pupil for a time (K19). */
export interface Assignment {
  assignmentId: AssignmentId
  subjectId: PersonId
  /** The supplier's own pseudonym of the subject. */
  identifier: string
  guide: string
  approach: Approach
  /** One of the supplier's people, who sees the data in the web app; null where a program named the guide. */
  memberId: MemberId | null
  startsAt: Date
  /** Null: until the supplier ends it. */
  endsAt: Date | null
}

export type Guide = Omit<Assignment, 'identifier'>

/** The guides of a supplier that are assigned to these subjects at `at`, whoever came first first. */
export async function runningAssignments(
  tx: Tx,
  boardId: BoardId,
  supplierId: SupplierId,
  subjectIds: readonly PersonId[],
  at: Date,
): Promise<Guide[]> {
  if (subjectIds.length === 0) return []
  const rows = await tx
    .selectFrom('assignments')
    .select(['assignment_id', 'subject_id', 'guide', 'approach', 'member_id', 'starts_at', 'ends_at'])
    .where('board_id', '=', boardId)
    .where('subject_id', 'in', subjectIds) // assignments_by_subject
    .where('supplier_id', '=', supplierId)
    .where('starts_at', '<=', at)
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
    .orderBy('assignment_id')
    .execute()
  return rows.map((row) => ({
    assignmentId: row.assignment_id,
    subjectId: row.subject_id,
    guide: row.guide,
    approach: row.approach,
    memberId: row.member_id,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  }))
}

/** All assignments a supplier ever made, at any board, oldest first, at most `limit` after `after`. */
export async function assignmentsOfSupplier(
  db: Db,
  supplierId: SupplierId,
  { after, limit }: { after?: AssignmentId | undefined; limit: number },
): Promise<{ assignments: Assignment[]; next: AssignmentId | undefined }> {
  const handles = await db
    .selectFrom('handles')
    .select(['handle', 'board_id'])
    .where('kind', '=', 'assignment')
    .where('owner', '=', supplierId)
    .$if(after !== undefined, (query) => query.where('handle', '>', after!)) // handles_pkey
    .orderBy('handle')
    .limit(limit + 1)
    .execute()
  const page = handles.slice(0, limit)
  const ids = page.map(({ handle }) => handle as AssignmentId)
  const boards = [...new Set(page.map(({ board_id }) => board_id))]
  const rows =
    ids.length === 0
      ? []
      : await inTransaction(db, { actor: 'client', boards }, (tx) =>
          tx
            .selectFrom('assignments as a')
            .innerJoin('pseudonyms as p', (join) =>
              join
                .onRef('p.board_id', '=', 'a.board_id')
                .onRef('p.audience_id', '=', 'a.supplier_id')
                .onRef('p.subject_id', '=', 'a.subject_id'),
            )
            .select(['a.assignment_id', 'a.subject_id', 'p.pseudonym', 'a.guide', 'a.approach', 'a.member_id', 'a.starts_at', 'a.ends_at'])
            .where('a.board_id', 'in', boards)
            .where('a.assignment_id', 'in', ids) // assignments_pkey
            .where('a.supplier_id', '=', supplierId)
            .orderBy('a.assignment_id')
            .execute(),
        )
  return {
    assignments: rows.map((row) => ({
      assignmentId: row.assignment_id,
      subjectId: row.subject_id,
      identifier: row.pseudonym,
      guide: row.guide,
      approach: row.approach,
      memberId: row.member_id,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
    })),
    next: handles.length > limit ? ids.at(-1) : undefined,
  }
}
