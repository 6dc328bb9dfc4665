import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, GuardianshipId, MandateId, PersonId, SchoolId } from '../ids.ts'
import { MOST_FOUND, patternsOf } from './find-persons.ts'
import type { MandateRole } from './mandate.ts'
import type { Authority, GuardianshipKind } from './who-may-answer.ts'

/** Of whom the register may be read: everybody of the board, or who has to do with one of these schools. */
export type Reach = 'board' | SchoolId[]

/** Anybody the register knows: pupils, guardians, staff, and whom staff entered. */
export interface Registered {
  personId: PersonId
  name: string
  groupName: string | null
  /** At the board's own office or at a school. */
  employed: boolean
}

/**
 * Persons of whom every word is found in their name or mail address. Within the reach of schools come their pupils, those
 * pupils' guardians, their staff, and whom no school has to do with yet (somebody just entered). Does NOT check who asks.
 *
 * @param personId only this one, for whoever opens their page
 */
export async function registered(
  tx: Tx,
  boardId: BoardId,
  { words = '', personId = null, reach, at }: { words?: string; personId?: PersonId | null; reach: Reach; at: Date },
): Promise<Registered[]> {
  const patterns = patternsOf(words)
  const schools = reach === 'board' ? null : reach
  const { rows } = await sql<{
    person_id: PersonId
    given_name: string
    family_name: string
    group_name: string | null
    employed: boolean
  }>`
    select p.person_id, p.given_name, p.family_name,
      (select e.group_name from enrolments e where e.board_id = p.board_id and e.person_id = p.person_id -- enrolments_by_person
        and e.starts_at <= ${at} and (e.ends_at is null or e.ends_at > ${at}) order by e.starts_at desc limit 1) as group_name,
      exists (select from employments e where e.board_id = p.board_id and e.person_id = p.person_id -- employments_by_person
        and (e.ends_at is null or e.ends_at > ${at})) as employed
    from persons p
    where p.board_id = ${boardId} and p.erased_at is null -- persons_pkey
      and (${personId}::uuid is null or p.person_id = ${personId}::uuid)
      and p.given_name || ' ' || p.family_name || ' ' || coalesce(p.email, '') ilike all (${patterns}::text[])
      and (
        ${schools}::uuid[] is null
        or exists (
          select from enrolments e -- enrolments_by_person
          where e.board_id = p.board_id and e.school_id = any(${schools}::uuid[]) and (e.ends_at is null or e.ends_at > ${at})
            and (e.person_id = p.person_id or e.person_id in (
              select g.pupil_id from guardianships g -- guardianships_by_guardian
              where g.board_id = p.board_id and g.guardian_id = p.person_id and (g.ends_at is null or g.ends_at > ${at})
            ))
        )
        or exists (
          select from employments e where e.board_id = p.board_id and e.person_id = p.person_id -- employments_by_person
            and e.school_id = any(${schools}::uuid[]) and (e.ends_at is null or e.ends_at > ${at})
        )
        or not (
          exists (select from enrolments e where e.board_id = p.board_id and e.person_id = p.person_id)
          or exists (select from employments e where e.board_id = p.board_id and e.person_id = p.person_id)
          or exists (select from guardianships g where g.board_id = p.board_id and g.guardian_id = p.person_id)
        )
      )
    order by p.given_name, p.family_name, p.person_id
    limit ${MOST_FOUND}`.execute(tx)
  return rows.map((row) => ({
    personId: row.person_id,
    name: `${row.given_name} ${row.family_name}`,
    groupName: row.group_name,
    employed: row.employed,
  }))
}

/** A mandate as an interval, with who gave it: null is the operator, when the board began. */
export interface HeldMandate {
  mandateId: MandateId
  personId: PersonId
  holder: string
  role: MandateRole
  schoolId: SchoolId | null
  groupName: string | null
  givenBy: string | null
  startsAt: Date
  endsAt: Date | null
}

/** The mandates of the board that have not ended, of everybody or of one person. Does NOT check who asks. */
export async function openMandates(tx: Tx, boardId: BoardId, at: Date, personId?: PersonId): Promise<HeldMandate[]> {
  const rows = await heldMandates(tx, boardId)
    .where((where) => where.or([where('m.ends_at', 'is', null), where('m.ends_at', '>', at)]))
    .$if(personId !== undefined, (query) => query.where('m.person_id', '=', personId!)) // mandates_by_person
    .execute()
  return rows.map(heldMandateOf)
}

/** Those that ended, the last to end first. Does NOT check who asks. */
export async function endedMandates(tx: Tx, boardId: BoardId, at: Date): Promise<HeldMandate[]> {
  const rows = await heldMandates(tx, boardId).where('m.ends_at', '<=', at).execute()
  return rows.map(heldMandateOf).toSorted((a, b) => b.endsAt!.getTime() - a.endsAt!.getTime())
}

const heldMandates = (tx: Tx, boardId: BoardId) =>
  tx
    .selectFrom('mandates as m')
    .innerJoin('persons as p', (join) => join.onRef('p.board_id', '=', 'm.board_id').onRef('p.person_id', '=', 'm.person_id'))
    .leftJoin('persons as g', (join) => join.onRef('g.board_id', '=', 'm.board_id').onRef('g.person_id', '=', 'm.given_by'))
    .select(['m.mandate_id', 'm.person_id', 'm.role', 'm.school_id', 'm.group_name', 'm.starts_at', 'm.ends_at'])
    .select(['p.given_name', 'p.family_name', 'g.given_name as giver', 'g.family_name as giver_family'])
    .where('m.board_id', '=', boardId)
    .orderBy('p.given_name')
    .orderBy('p.family_name')
    .orderBy('m.mandate_id')

function heldMandateOf(row: Awaited<ReturnType<ReturnType<typeof heldMandates>['execute']>>[number]): HeldMandate {
  return {
    mandateId: row.mandate_id,
    personId: row.person_id,
    holder: `${row.given_name} ${row.family_name}`,
    role: row.role,
    schoolId: row.school_id,
    groupName: row.group_name,
    givenBy: row.giver === null ? null : `${row.giver} ${row.giver_family}`,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  }
}

/** Who somebody is to a pupil, seen from either of the two. */
export interface HeldGuardianship {
  guardianshipId: GuardianshipId
  guardianId: PersonId
  guardian: string
  pupilId: PersonId
  pupil: string
  kind: GuardianshipKind
  authority: Authority
  endsAt: Date | null
}

/** The guardianships that have not ended in which this person is the pupil or the guardian. Does NOT check who asks. */
export async function openGuardianships(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<HeldGuardianship[]> {
  const rows = await tx
    .selectFrom('guardianships as g')
    .innerJoin('persons as a', (join) => join.onRef('a.board_id', '=', 'g.board_id').onRef('a.person_id', '=', 'g.guardian_id'))
    .innerJoin('persons as p', (join) => join.onRef('p.board_id', '=', 'g.board_id').onRef('p.person_id', '=', 'g.pupil_id'))
    .select(['g.guardianship_id', 'g.guardian_id', 'g.pupil_id', 'g.kind', 'g.authority', 'g.ends_at'])
    .select(['a.given_name as guardian', 'a.family_name as guardian_family', 'p.given_name as pupil', 'p.family_name as pupil_family'])
    .where('g.board_id', '=', boardId)
    .where((where) => where.or([where('g.guardian_id', '=', personId), where('g.pupil_id', '=', personId)])) // guardianships_by_guardian, _by_pupil
    .where((where) => where.or([where('g.ends_at', 'is', null), where('g.ends_at', '>', at)]))
    .orderBy('g.guardianship_id')
    .execute()
  return rows.map((row) => ({
    guardianshipId: row.guardianship_id,
    guardianId: row.guardian_id,
    guardian: `${row.guardian} ${row.guardian_family}`,
    pupilId: row.pupil_id,
    pupil: `${row.pupil} ${row.pupil_family}`,
    kind: row.kind,
    authority: row.authority,
    endsAt: row.ends_at,
  }))
}

/** The schools of the board, by name. */
export async function schoolsOfBoard(tx: Tx, boardId: BoardId): Promise<{ schoolId: SchoolId; name: string }[]> {
  const rows = await tx
    .selectFrom('schools')
    .select(['school_id', 'name'])
    .where('board_id', '=', boardId) // schools_pkey
    .orderBy('name')
    .orderBy('school_id')
    .execute()
  return rows.map((row) => ({ schoolId: row.school_id, name: row.name }))
}

/** The schools of the board, by name, with the BRIN by which files name them. */
export async function schoolsWithBrin(tx: Tx, boardId: BoardId): Promise<{ brin: string; name: string }[]> {
  return await tx
    .selectFrom('schools')
    .select(['brin', 'name'])
    .where('board_id', '=', boardId) // schools_pkey
    .orderBy('name')
    .orderBy('brin')
    .execute()
}
