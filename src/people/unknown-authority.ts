import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, GuardianshipId, PersonId, SchoolId } from '../ids.ts'
import { isUnderSixteen, nobodyMayAnswer, withAuthority } from './nobody-may-answer.ts'
import type { Reach } from './register.ts'
import type { Authority, GuardianshipKind } from './who-may-answer.ts'

/** A group of pupils with guardians of whom nobody knows yet whether they have authority. */
export interface UnknownGroup {
  schoolId: SchoolId
  school: string
  groupName: string | null
  guardians: number
}

export interface UnknownGuardian {
  guardianshipId: GuardianshipId
  guardianId: PersonId
  guardian: string
  kind: GuardianshipKind
  pupilId: PersonId
  pupil: string
}

/** A guardian of whom somebody found it out meanwhile, with how it stands now: null when they stand for the pupil no more. */
export interface KnownGuardian extends Pick<UnknownGuardian, 'guardian' | 'pupilId' | 'pupil'> {
  authority: Authority | null
}

/** A pupil nobody may answer for: what is asked about them stays unanswered until the school finds out. */
export interface Unanswerable {
  personId: PersonId
  name: string
  school: string
  groupName: string | null
  why: 'no_birth_date' | 'nobody'
}

const enrolledNow = (at: Date, reach: Reach) => sql`
  e.starts_at <= ${at}::timestamptz and (e.ends_at is null or e.ends_at > ${at}::timestamptz)
    and (${reach === 'board'} or e.school_id = any(${reach === 'board' ? [] : reach}::uuid[]))`
const openNow = (at: Date) => sql`g.starts_at <= ${at}::timestamptz and (g.ends_at is null or g.ends_at > ${at}::timestamptz)`

/** The groups in which authority is to be found out, of pupils for whom their guardians decide. Does NOT check who asks. */
export async function groupsOfUnknownAuthority(tx: Tx, boardId: BoardId, at: Date, reach: Reach): Promise<UnknownGroup[]> {
  const { rows } = await sql<UnknownGroup>`
    select e.school_id as "schoolId", s.name as school, e.group_name as "groupName", count(distinct g.guardianship_id)::int as guardians
    from guardianships g
    join persons p on p.board_id = g.board_id and p.person_id = g.pupil_id and p.erased_at is null
    join enrolments e on e.board_id = g.board_id and e.person_id = g.pupil_id -- enrolments_by_person
    join schools s on s.board_id = e.board_id and s.school_id = e.school_id
    where g.board_id = ${boardId} and g.authority = 'unknown' and ${openNow(at)} and ${enrolledNow(at, reach)} and ${isYoung(at)}
    group by 1, 2, 3 order by school, "groupName" nulls last`.execute(tx)
  return rows
}

/** Those guardians of one group, or of one school's pupils without a group. Does NOT check who asks. */
export async function unknownGuardians(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  { reach, schoolId, groupName }: { reach: Reach; schoolId: SchoolId; groupName: string | null },
  limit: number,
): Promise<UnknownGuardian[]> {
  const { rows } = await sql<UnknownGuardian>`
    select distinct on (p.family_name, p.given_name, g.guardianship_id)
      g.guardianship_id as "guardianshipId", g.guardian_id as "guardianId", a.given_name || ' ' || a.family_name as guardian, g.kind,
      g.pupil_id as "pupilId", p.given_name || ' ' || p.family_name as pupil
    from guardianships g
    join persons p on p.board_id = g.board_id and p.person_id = g.pupil_id and p.erased_at is null
    join persons a on a.board_id = g.board_id and a.person_id = g.guardian_id and a.erased_at is null
    join enrolments e on e.board_id = g.board_id and e.person_id = g.pupil_id -- enrolments_by_school
    where g.board_id = ${boardId} and g.authority = 'unknown' and ${openNow(at)} and ${enrolledNow(at, reach)} and ${isYoung(at)}
      and e.school_id = ${schoolId} and e.group_name is not distinct from ${groupName}
    order by p.family_name, p.given_name, g.guardianship_id
    limit ${limit}`.execute(tx)
  return rows
}

/** How it stands now with guardians of whom it was unknown, by the guardianships of then. Does NOT check who asks. */
export async function knownMeanwhile(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  reach: Reach,
  guardianshipIds: readonly GuardianshipId[],
): Promise<KnownGuardian[]> {
  const { rows } = await sql<KnownGuardian>`
    select distinct on (p.family_name, p.given_name, b.guardianship_id)
      a.given_name || ' ' || a.family_name as guardian, b.pupil_id as "pupilId", p.given_name || ' ' || p.family_name as pupil, g.authority
    from guardianships b
    join persons p on p.board_id = b.board_id and p.person_id = b.pupil_id and p.erased_at is null
    join persons a on a.board_id = b.board_id and a.person_id = b.guardian_id and a.erased_at is null
    join enrolments e on e.board_id = b.board_id and e.person_id = b.pupil_id -- enrolments_by_person
    left join guardianships g on g.board_id = b.board_id and g.pupil_id = b.pupil_id and g.guardian_id = b.guardian_id and ${openNow(at)}
    where b.board_id = ${boardId} and b.guardianship_id = any(${guardianshipIds}::uuid[]) and ${enrolledNow(at, reach)} -- guardianships_pkey
    order by p.family_name, p.given_name, b.guardianship_id`.execute(tx)
  return rows
}

/** The pupils nobody may answer for, with how many there are in all. Does NOT check who asks. */
export async function unanswerable(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  reach: Reach,
  limit: number,
): Promise<{ count: number; pupils: Unanswerable[] }> {
  const { rows } = await sql<Unanswerable & { count: number }>`
    select p.person_id as "personId", p.given_name || ' ' || p.family_name as name, s.name as school, e.group_name as "groupName",
      case when p.birth_date is null then 'no_birth_date' else 'nobody' end as why, count(*) over ()::int as count
    from enrolments e
    join persons p on p.board_id = e.board_id and p.person_id = e.person_id and p.erased_at is null
    join schools s on s.board_id = e.board_id and s.school_id = e.school_id
    ${withAuthority(boardId, at)}
    where e.board_id = ${boardId} and ${enrolledNow(at, reach)} and ${nobodyMayAnswer(at)} -- enrolments_by_school
    order by school, "groupName" nulls last, p.family_name, p.given_name, p.person_id
    limit ${limit}`.execute(tx)
  return { count: rows[0]?.count ?? 0, pupils: rows }
}

/** Under sixteen today, or nobody knows. */
const isYoung = (at: Date) => sql`(p.birth_date is null or ${isUnderSixteen(at)})`
