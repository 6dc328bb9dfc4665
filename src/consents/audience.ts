import { type RawBuilder, sql } from 'kysely'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'

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
