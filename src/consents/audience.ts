import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/** Who is asked: everybody of these schools, of these groups, and these persons. */
export interface Audience {
  schools: SchoolId[]
  groups: { schoolId: SchoolId; groupName: string }[]
  persons: PersonId[]
}

/**
 * The persons of an audience who are pupils (or staff) of the board at `at`, as a subquery with one column `person_id`.
 * Who is named but does not belong there is left out.
 */
export function personsIn(audience: Audience, kind: 'pupil' | 'employee', boardId: BoardId, at: Date): RawBuilder<{ person_id: PersonId }> {
  const tenures = kind === 'pupil' ? sql`enrolments` : sql`employments`
  const groups = kind === 'pupil' ? audience.groups : []
  const inGroup =
    kind === 'pupil'
      ? sql`or (t.school_id, t.group_name) in (select * from unnest(${groups.map(({ schoolId }) => schoolId)}::uuid[], ${groups.map(({ groupName }) => groupName)}::text[]))`
      : sql``
  return sql<{ person_id: PersonId }>`
    select distinct t.person_id from ${tenures} t join persons p on p.board_id = t.board_id and p.person_id = t.person_id
    where t.board_id = ${boardId} and t.starts_at <= ${at} and (t.ends_at is null or t.ends_at > ${at}) and p.erased_at is null
      and (t.school_id = any(${audience.schools}::uuid[]) or t.person_id = any(${audience.persons}::uuid[]) ${inGroup})`
}

/** As `personsIn`, how many they are. */
export async function countIn(tx: Tx, audience: Audience, kind: 'pupil' | 'employee', boardId: BoardId, at: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from (${personsIn(audience, kind, boardId, at)}) p`.execute(
    tx,
  )
  return rows[0]!.count
}

/**
 * A round of one school asks nobody of another.
 *
 * @throws Refusal `not_allowed`
 */
export async function mustBeWithin(
  tx: Tx,
  boardId: BoardId,
  audience: Audience,
  { schoolId, subjectKind }: { schoolId: SchoolId | null; subjectKind: 'pupil' | 'employee' },
  at: Date,
): Promise<void> {
  if (schoolId === null) return
  const elsewhere = [...audience.schools, ...audience.groups.map((group) => group.schoolId)].some((school) => school !== schoolId)
  if (elsewhere) throw new Refusal('not_allowed')
  const named = new Set(audience.persons)
  if (named.size === 0) return
  const here = personsIn({ schools: [schoolId], groups: [], persons: [] }, subjectKind, boardId, at)
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (${here}) p where p.person_id = any(${[...named]}::uuid[])`.execute(tx)
  if (rows[0]!.count !== named.size) throw new Refusal('not_allowed')
}

/** A group of a school with how many pupils are in it now. */
export interface Group {
  schoolId: SchoolId
  school: string
  /** Null: pupils without a group. */
  groupName: string | null
  pupils: number
}

/** The groups of the board, or of one school, by school and name. Does NOT check who asks. */
export async function groupsOf(tx: Tx, boardId: BoardId, at: Date, schoolId: SchoolId | null): Promise<Group[]> {
  const { rows } = await sql<{ school_id: SchoolId; school: string; group_name: string | null; pupils: number }>`
    select s.school_id, s.name as school, e.group_name, count(distinct e.person_id)::int as pupils
    from schools s
    join enrolments e on e.board_id = s.board_id and e.school_id = s.school_id -- enrolments_by_school
      and e.starts_at <= ${at} and (e.ends_at is null or e.ends_at > ${at})
    where s.board_id = ${boardId} and (${schoolId}::uuid is null or s.school_id = ${schoolId}::uuid)
    group by s.school_id, s.name, e.group_name
    order by s.name, s.school_id, e.group_name nulls last`.execute(tx)
  return rows.map((row) => ({ schoolId: row.school_id, school: row.school, groupName: row.group_name, pupils: row.pupils }))
}
