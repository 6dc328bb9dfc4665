import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, SchoolId, TenureId } from '../ids.ts'
import type { Reach } from './register.ts'

export type TenureKind = 'enrolment' | 'employment'

/** A pupil or a member of staff of whom the school itself recorded that they left. */
export interface Departure {
  kind: TenureKind
  tenureId: TenureId
  personId: PersonId
  name: string
  schoolId: SchoolId | null
  /** Null is the board's own office. */
  school: string | null
  groupName: string | null
  leftAt: Date
  recordedBy: string
  /** The last roster that still named them as if nobody had left; nobody knows who is right. */
  stillListedAt: Date | null
}

/** So long it is shown after it was recorded; what a roster still contradicts is shown until that is over. */
const SHOWN_DAYS = 60
/** So many are listed. */
export const MOST_DEPARTURES = 200

/**
 * Who left, as the school recorded it, and is not back: whom a roster contradicts first, then the latest. Does NOT check who asks.
 *
 * @param only whom a roster contradicts
 */
export async function departures(
  tx: Tx,
  boardId: BoardId,
  { reach, at, only }: { reach: Reach; at: Date; only?: 'stillListed' },
): Promise<Departure[]> {
  const schools = reach === 'board' ? null : reach
  const shownFrom = new Date(at.getTime() - SHOWN_DAYS * 86_400_000)
  const { rows } = await sql<Departure>`
    select t.kind, t.tenure_id as "tenureId", t.person_id as "personId", p.given_name || ' ' || p.family_name as name,
      t.school_id as "schoolId", s.name as school, t.group_name as "groupName", t.ends_at as "leftAt",
      b.given_name || ' ' || b.family_name as "recordedBy", t.still_listed_at as "stillListedAt"
    from (
      select 'enrolment' as kind, e.enrolment_id as tenure_id, e.person_id, e.school_id, e.group_name, e.ends_at, e.ended_by, e.still_listed_at
      from enrolments e where e.board_id = ${boardId} and e.ended_by is not null -- enrolments_ended_by_hand
      union all
      select 'employment', e.employment_id, e.person_id, e.school_id, null, e.ends_at, e.ended_by, e.still_listed_at
      from employments e where e.board_id = ${boardId} and e.ended_by is not null -- employments_ended_by_hand
    ) t
    join persons p on p.board_id = ${boardId} and p.person_id = t.person_id and p.erased_at is null
    join persons b on b.board_id = ${boardId} and b.person_id = t.ended_by
    left join schools s on s.board_id = ${boardId} and s.school_id = t.school_id
    where (t.still_listed_at is not null or (${only === undefined} and t.ends_at > ${shownFrom}))
      and (${schools}::uuid[] is null or t.school_id = any(${schools}::uuid[]))
      and not exists (select from enrolments o where o.board_id = ${boardId} and o.person_id = t.person_id -- enrolments_by_person
        and t.kind = 'enrolment' and o.school_id = t.school_id and (o.ends_at is null or o.ends_at > ${at}))
      and not exists (select from employments o where o.board_id = ${boardId} and o.person_id = t.person_id -- employments_by_person
        and t.kind = 'employment' and o.school_id is not distinct from t.school_id and (o.ends_at is null or o.ends_at > ${at}))
    order by t.still_listed_at is null, t.ends_at desc, t.tenure_id limit ${MOST_DEPARTURES}`.execute(tx)
  return rows
}

/** The open enrolments and employments of somebody, by the name of the school. Does NOT check who asks. */
export async function openTenures(
  tx: Tx,
  boardId: BoardId,
  personId: PersonId,
  at: Date,
): Promise<Pick<Departure, 'kind' | 'tenureId' | 'schoolId' | 'school' | 'groupName'>[]> {
  const { rows } = await sql<Pick<Departure, 'kind' | 'tenureId' | 'schoolId' | 'school' | 'groupName'>>`
    select t.kind, t.tenure_id as "tenureId", t.school_id as "schoolId", s.name as school, t.group_name as "groupName"
    from (
      select 'enrolment' as kind, e.enrolment_id as tenure_id, e.school_id, e.group_name, e.ends_at
      from enrolments e where e.board_id = ${boardId} and e.person_id = ${personId} -- enrolments_by_person
      union all
      select 'employment', e.employment_id, e.school_id, null, e.ends_at
      from employments e where e.board_id = ${boardId} and e.person_id = ${personId} -- employments_by_person
    ) t
    left join schools s on s.board_id = ${boardId} and s.school_id = t.school_id
    where t.ends_at is null or t.ends_at > ${at}
    order by s.name nulls first, t.tenure_id`.execute(tx)
  return rows
}
