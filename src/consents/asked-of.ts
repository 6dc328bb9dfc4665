import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, PersonId, RoundId } from '../ids.ts'

/**
 * SQL: whether the tenure `t` (of a `kind`, with its school and group) is of those whom a question was for: the schools, groups
 * and persons of its `round`, and the school that its request `q` went to. Either of these may be null: then it asks no more.
 */
export const isAskedOf = sql<boolean>`(
  (round.round_id is null or (t.kind = round.subject_kind and (round.school_id is null or t.school_id = round.school_id) and (
    jsonb_exists(round.audience -> 'schools', t.school_id::text) or jsonb_exists(round.audience -> 'persons', t.person_id::text)
    or round.audience -> 'groups' @> jsonb_build_array(jsonb_build_object('schoolId', t.school_id, 'groupName', t.group_name)))))
  and (q.school_id is null or t.school_id = q.school_id)
)`

/** SQL: every tenure of the person `subject`, begun or not, over or not: one `t` for `isAskedOf`. */
export const tenuresOf = (boardId: RawBuilder<unknown>, subject: RawBuilder<unknown>) => sql`
  select e.enrolment_id as tenure_id, 'pupil' as kind, e.person_id, e.school_id, e.group_name, e.group_since, e.starts_at, e.ends_at
  from enrolments e where e.board_id = ${boardId} and e.person_id = ${subject} -- enrolments_by_person
  union all
  select e.employment_id, 'employee', e.person_id, e.school_id, null, null, e.starts_at, e.ends_at
  from employments e where e.board_id = ${boardId} and e.person_id = ${subject} -- employments_by_person
`

/** What a roster would make of tenures. Whoever it says nothing of stays as they are. */
export interface TenuresToCome {
  ending: readonly { tenureId: string; groupName: string | null; endsAt: Date | null }[]
  starting: readonly {
    kind: 'pupil' | 'employee'
    personId: PersonId
    schoolId: string | null
    groupName: string | null
    endsAt: Date | null
  }[]
}

/**
 * Which of these consents are about somebody who is not, any more, among those who were asked: who left the school or the
 * group that the question was for, or the board. Nothing is asked there, and nothing goes out, whatever was answered. Who
 * never had to do with the board has not left.
 *
 * @param toCome what becomes of their tenures first
 */
export async function noLongerAsked(
  tx: Tx,
  boardId: BoardId,
  consentIds: readonly ConsentId[],
  at: Date,
  toCome: TenuresToCome = { ending: [], starting: [] },
): Promise<Set<ConsentId>> {
  if (consentIds.length === 0) return new Set()
  const { rows } = await sql<{ consent_id: ConsentId }>`
    with ending as (
      select * from json_to_recordset(${JSON.stringify(toCome.ending)}::text::json) as r ("tenureId" uuid, "groupName" text, "endsAt" timestamptz)
    ), starting as (
      select * from json_to_recordset(${JSON.stringify(toCome.starting)}::text::json)
        as r (kind text, "personId" uuid, "schoolId" uuid, "groupName" text, "endsAt" timestamptz)
    )
    select c.consent_id from consents c -- consents_pkey
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    left join rounds round on round.board_id = i.board_id and round.round_id = i.round_id
    left join access_requests q on q.board_id = i.board_id and q.request_id = i.request_id
    cross join lateral (
      select count(*) as all, count(*) filter (where (t.ends_at is null or t.ends_at > ${at}::timestamptz) and ${isAskedOf}) as asked
      from (
        select h.kind, h.person_id, h.school_id, case when r."tenureId" is null then h.group_name else r."groupName" end as group_name,
          case when r."tenureId" is null then h.ends_at else r."endsAt" end as ends_at
        from (${tenuresOf(sql`c.board_id`, sql`c.subject_id`)}) h left join ending r on r."tenureId" = h.tenure_id
        union all
        select kind, "personId", "schoolId", "groupName", "endsAt" from starting where "personId" = c.subject_id
      ) t
    ) n
    where c.board_id = ${boardId} and c.consent_id = any(${consentIds}::uuid[]) and n.all > 0 and n.asked = 0`.execute(tx)
  return new Set(rows.map(({ consent_id }) => consent_id))
}

/** Which of these persons a round still asks: they have not left the school or group that it was for. */
export async function stillAskedIn(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
  personIds: readonly PersonId[],
  at: Date,
): Promise<Set<PersonId>> {
  const { rows } = await sql<{ person_id: PersonId }>`
    select p.id as person_id from unnest(${personIds}::uuid[]) as p (id)
    join rounds round on round.board_id = ${boardId} and round.round_id = ${roundId} -- rounds_pkey
    cross join (select null::uuid as school_id) q
    where exists (
      select from (${tenuresOf(sql`round.board_id`, sql`p.id`)}) t where (t.ends_at is null or t.ends_at > ${at}) and ${isAskedOf}
    )`.execute(tx)
  return new Set(rows.map(({ person_id }) => person_id))
}
