import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ItemId, PersonId, RoundId, SchoolId } from '../ids.ts'
import { nobodyMayAnswer, withAuthority } from '../people/nobody-may-answer.ts'
import { conflictsIn } from './conflicts.ts'
import type { Round } from './rounds.ts'

/** How far one pupil is in a round: how many questions, of how many somebody answered. Not what they said (D10). */
export interface PupilProgress {
  personId: PersonId
  name: string
  schoolId: SchoolId
  groupName: string | null
  asked: number
  answered: number
  conflicts: number
  /** Nobody may answer for this pupil. */
  nobody: boolean
}

/** How far a group is. */
export interface GroupProgress {
  schoolId: SchoolId
  school: string
  groupName: string | null
  pupils: number
  /** Pupils of whom every question has an answer. */
  done: number
  asked: number
  answered: number
  /** Questions on which deciders do not agree. */
  conflicts: number
  /** Pupils for whom nobody may answer. */
  nobody: number
}

/** Within which schools one may look; null is the whole board. */
type Schools = SchoolId[] | null

/**
 * How far a round of pupils is, by group: of those who are at school now. What ended because of a mistake or a newer
 * leaflet does not count; what was withdrawn was answered. Does NOT check who asks.
 */
export async function progressByGroup(tx: Tx, boardId: BoardId, roundId: RoundId, at: Date, schools: Schools): Promise<GroupProgress[]> {
  // Counted by group before anything is named: names and lists of a hundred thousand answers are not carried along.
  const { rows } = await sql<Omit<GroupProgress, 'schoolId' | 'groupName' | 'conflicts'> & Place>`
    with tallied as materialized (${talliedPerSubject(boardId, roundId)}),
      placed as materialized (${tenuresNow(boardId, at, schools)})
    select s.school_id, s.name as school, g.group_name, g.pupils, g.done, g.asked, g.answered, g.nobody
    from (
      select e.school_id, e.group_name, count(*)::int as pupils, (count(*) filter (where a.answered = a.asked))::int as done,
        sum(a.asked)::int as asked, sum(a.answered)::int as answered, (count(*) filter (where ${nobodyMayAnswer(at)}))::int as nobody
      from tallied a
      join placed e on e.person_id = a.subject_id
      join persons p on p.board_id = ${boardId} and p.person_id = a.subject_id -- persons_pkey
      ${withAuthority(boardId, at)}
      group by e.school_id, e.group_name
    ) g
    join schools s on s.board_id = ${boardId} and s.school_id = g.school_id
    order by s.name, s.school_id, g.group_name nulls last`.execute(tx)
  const conflicts = await conflictsByPlace(tx, boardId, roundId, at, schools)
  return rows.map(({ school_id, group_name, ...row }) => {
    return { ...row, schoolId: school_id, groupName: group_name, conflicts: conflicts.get(keyOf({ school_id, group_name })) ?? 0 }
  })
}

interface Place {
  school_id: SchoolId
  group_name: string | null
}

const keyOf = ({ school_id, group_name }: Place) => JSON.stringify([school_id, group_name])

/** How many conflicts there are where: few pupils have any, so it is they who are looked up. */
async function conflictsByPlace(tx: Tx, boardId: BoardId, roundId: RoundId, at: Date, schools: Schools): Promise<Map<string, number>> {
  const conflicts = await conflictsIn(tx, boardId, roundId, at)
  const perPlace = new Map<string, number>()
  if (conflicts.size === 0) return perPlace
  const { rows } = await sql<Place & { person_id: PersonId }>`
    select person_id, school_id, group_name from (${tenuresNow(boardId, at, schools, [...conflicts.keys()])}) e`.execute(tx)
  for (const row of rows) perPlace.set(keyOf(row), (perPlace.get(keyOf(row)) ?? 0) + (conflicts.get(row.person_id) ?? 0))
  return perPlace
}

/** The pupils of one group with how far each is, by name. Does NOT check who asks. */
export async function progressOfGroup(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
  { schoolId, groupName }: { schoolId: SchoolId; groupName: string | null },
  at: Date,
): Promise<PupilProgress[]> {
  const { rows } = await sql<{ person_id: PersonId; name: string; asked: number; answered: number; nobody: boolean }>`
    select p.person_id, p.given_name || ' ' || p.family_name as name, a.asked, a.answered, ${nobodyMayAnswer(at)} as nobody
    from (${tenuresNow(boardId, at, [schoolId])}) e
    join (${talliedPerSubject(boardId, roundId)}) a on a.subject_id = e.person_id
    join persons p on p.board_id = ${boardId} and p.person_id = e.person_id -- persons_pkey
    ${withAuthority(boardId, at)}
    where e.group_name is not distinct from ${groupName}::text and p.erased_at is null
    order by p.given_name, p.family_name, p.person_id`.execute(tx)
  const conflicts = await conflictsIn(
    tx,
    boardId,
    roundId,
    at,
    rows.map(({ person_id }) => person_id),
  )
  return rows.map(({ person_id, ...row }) => {
    return { ...row, personId: person_id, schoolId, groupName, conflicts: conflicts.get(person_id) ?? 0 }
  })
}

/** How far a round of staff is, as a whole: nobody sees who did (D10). */
export async function progressOfStaff(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
): Promise<{ people: number; asked: number; answered: number }> {
  const { rows } = await sql<{ people: number; asked: number; answered: number }>`
    select count(*)::int as people, coalesce(sum(a.asked), 0)::int as asked, coalesce(sum(a.answered), 0)::int as answered
    from (${talliedPerSubject(boardId, roundId)}) a`.execute(tx)
  return rows[0]!
}

/** By item asked on consent: of how many it was asked and of how many somebody answered; by the items' ids. */
export async function progressOf(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
): Promise<{ itemId: ItemId; asked: number; answered: number }[]> {
  // Most pupils are asked the same and have answered all or nothing: alike lists are counted before they are taken apart.
  const alike = (list: 'asked' | 'answered') => sql`
    select ${sql.ref(list)} as items, count(*) as pupils from round_tallies
    where board_id = ${boardId} and round_id = ${roundId} group by 1` // round_tallies_pkey
  const { rows } = await sql<{ item_id: ItemId; asked: number; answered: number }>`
    select item_id, sum(asked)::int as asked, sum(answered)::int as answered from (
      select unnest(items) as item_id, pupils as asked, 0 as answered from (${alike('asked')}) asked
      union all select unnest(items), 0, pupils from (${alike('answered')}) answered
      union all select item_id, 0, 0 from items -- items_by_round
        where board_id = ${boardId} and round_id = ${roundId} and legal_basis = 'consent' and dropped_at is null
    ) counted
    group by item_id order by item_id`.execute(tx)
  return rows.map(({ item_id, asked, answered }) => ({ itemId: item_id, asked, answered }))
}

/**
 * What is asked on consent, per subject: of each question the newest, unless it fell away. Only an answer raises the
 * revision of an open question. Counted when something changed (sql/037-round-tallies.sql), not when somebody looks.
 */
function talliedPerSubject(boardId: BoardId, roundId: RoundId) {
  return sql`
    select subject_id, cardinality(asked) as asked, cardinality(answered) as answered
    from round_tallies where board_id = ${boardId} and round_id = ${roundId} and asked <> '{}' -- round_tallies_pkey
  `
}

/** Where each pupil is now; the newest enrolment when there are several. */
function tenuresNow(boardId: BoardId, at: Date, schools: Schools, among: PersonId[] | null = null) {
  return sql`
    select distinct on (person_id) person_id, school_id, group_name from enrolments
    where board_id = ${boardId} and starts_at <= ${at} and (ends_at is null or ends_at > ${at})
      and (${schools}::uuid[] is null or school_id = any(${schools}::uuid[])) -- enrolments_by_school
      and (${among}::uuid[] is null or person_id = any(${among}::uuid[]))
    order by person_id, starts_at desc, enrolment_id`
}

/** Whether a round is asked of people now: published, open and not over. */
export function isRunning({ publishedAt, opensAt, endsAt }: Round, at: Date): boolean {
  return publishedAt !== null && (opensAt === null || opensAt <= at) && endsAt > at
}
