import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { schoolYearOf } from '../people/school-year.ts'

/** A token with one of the consents it leans on, and what that leans on. `t.ended_at` excuses what was ended by an act. */
const leaning = sql`
  tokens t join token_supports s on s.board_id = t.board_id and s.token_id = t.token_id
  join consents c on c.board_id = s.board_id and c.consent_id = s.consent_id
  join items i on i.board_id = c.board_id and i.item_id = c.item_id
  left join rounds r on r.board_id = i.board_id and r.round_id = i.round_id
  left join releases l on l.board_id = s.board_id and l.release_id = s.release_id
  left join access_requests q on q.board_id = i.board_id and q.request_id = coalesce(l.request_id, i.request_id)
  left join supplier_agreements a on a.board_id = s.board_id and a.agreement_id = s.agreement_id
  left join supplier_agreements h on h.board_id = s.board_id and h.agreement_id = s.holder_agreement_id
  left join clients k on k.client_id = t.client_id
  cross join lateral (select array(select jsonb_array_elements_text(t.authorization_details -> 0 -> 'datatypes')) as datatypes) d`

async function tokensWhere(tx: Tx, boardId: BoardId, rules: Record<string, RawBuilder<unknown>>): Promise<string[]> {
  const findings: string[] = []
  for (const [finding, wrong] of Object.entries(rules)) {
    const { rows } = await sql<{ token_id: string; consent_id: string }>`
      select t.token_id, s.consent_id from ${leaning} where t.board_id = ${boardId} and (${wrong}) order by 1, 2`.execute(tx)
    findings.push(...rows.map(({ token_id, consent_id }) => `token ${token_id} on consent ${consent_id}: ${finding}`))
  }
  return findings
}

/** INV-01: what leans on a consent that ended has ended with it, unless it was over by itself. */
export async function noLiveTokenAfterTheEnd(tx: Tx, boardId: BoardId): Promise<string[]> {
  return await tokensWhere(tx, boardId, {
    'lives on although the consent ended': sql`c.ended_at is not null and t.ended_at is null and t.expires_at > c.ended_at`,
  })
}

/** INV-09: token ⊆ item ∩ contract ∩ release ∩ registration. What was said is `Walk`'s to look at. */
export async function leastScope(tx: Tx, boardId: BoardId): Promise<string[]> {
  return await tokensWhere(tx, boardId, {
    'has data beyond the question': sql`not d.datatypes <@ i.datatypes`,
    'has data beyond the request': sql`q.request_id is not null and not d.datatypes <@ q.datatypes`,
    'names another purpose than the question': sql`t.authorization_details -> 0 ->> 'purpose' <> i.purpose`,
    'is for another supplier or holder than the question': sql`t.supplier_id <> i.supplier_id or t.holder_id is distinct from i.holder_id`,
    'is of a client that is not the supplier’s': sql`k.supplier_id is distinct from t.supplier_id`,
    'is for another person': sql`s.subject_id <> c.subject_id`,
    'has data the holder does not offer': sql`exists (select from unnest(d.datatypes) as x where not exists (
      select from data_sets o where o.holder_id = t.holder_id and o.datatype = x))`,
    'has data without an onward clause': sql`exists (select from unnest(d.datatypes) as x where not exists (
      select from onward_clauses o where o.board_id = t.board_id and o.agreement_id = s.holder_agreement_id and o.holder_id = t.holder_id
        and o.datatype = x and o.instructed_at <= t.issued_at + interval '2 minutes' and (o.ended_at is null or t.ended_at is not null or t.expires_at <= o.ended_at)))`,
    'went by way of the school without its agreement': sql`t.approach = 'organisation' and (a.signed_at is null or a.signed_at > t.issued_at
      or (a.ended_at is not null and a.ended_at < t.expires_at and t.ended_at is null))`,
    'goes beyond what the agreement covers': sql`t.approach = 'organisation' and not exists (
      select from agreement_services v where v.board_id = t.board_id and v.agreement_id = s.agreement_id and v.service_id = i.service_id
        and v.leaflet_id = i.leaflet_id and (i.part_id is null or i.part_id = any (v.parts)) and v.accepted_at <= t.issued_at
        and (v.superseded_at is null or t.ended_at is not null or t.expires_at <= v.superseded_at))`,
    'went out with no guide assigned': sql`i.needs_assignment and not exists (
      select from assignments g where g.board_id = t.board_id and g.supplier_id = t.supplier_id and g.subject_id = s.subject_id and g.approach = t.approach
        and g.starts_at <= t.issued_at and (g.ends_at is null or g.ends_at >= t.expires_at or (g.ends_at >= t.issued_at and t.ended_at is not null)))`,
    'was not released': sql`t.approach = 'organisation' and not exists (
      select from release_subjects u
      where u.board_id = t.board_id and u.release_id = s.release_id and u.consent_id = s.consent_id and u.joined_at <= t.issued_at
        and (l.withdrawn_at is null or t.ended_at is not null or t.expires_at <= l.withdrawn_at))`,
  })
}

/** INV-10: a token ends before everything it leans on, and within ten minutes. */
export async function timeBound(tx: Tx, boardId: BoardId): Promise<string[]> {
  const tenureEnds = sql`coalesce(
    (select e.ends_at from enrolments e where e.board_id = t.board_id and e.enrolment_id = s.tenure_id),
    (select e.ends_at from employments e where e.board_id = t.board_id and e.employment_id = s.tenure_id))`
  return [
    ...(await tokensWhere(tx, boardId, {
      'lives longer than ten minutes': sql`t.expires_at > t.issued_at + interval '10 minutes'`,
      'outlives the question': sql`t.expires_at > i.ends_at or t.issued_at < i.starts_at`,
      'outlives the round': sql`t.expires_at > r.ends_at`,
      'outlives the request': sql`t.expires_at > q.ends_at`,
      'outlives the supplier’s agreement': sql`t.expires_at > a.ends_at`,
      'outlives the holder’s agreement': sql`t.expires_at > h.ends_at or h.signed_at is null`,
      'outlives the enrolment or employment': sql`t.expires_at > ${tenureEnds} and t.ended_at is null`,
    })),
    ...(await withinSchoolYear(tx, boardId)),
  ]
}

async function withinSchoolYear(tx: Tx, boardId: BoardId): Promise<string[]> {
  const board = await tx.selectFrom('boards').select('school_year_starts').where('board_id', '=', boardId).executeTakeFirst() // boards_pkey
  if (!board) return []
  const year = { schoolYearStarts: board.school_year_starts }
  const items = await tx.selectFrom('items').select(['item_id', 'starts_at', 'ends_at']).where('board_id', '=', boardId).execute() // items_pkey
  return items
    .filter(({ starts_at, ends_at }) => ends_at > schoolYearOf(year, starts_at).endsAt)
    .map(({ item_id }) => `question ${item_id}: outlives the school year it begins in`)
}

/** INV-06 in the rows: no answer after the end of its consent or of its question. */
export async function answersInTime(tx: Tx, boardId: BoardId): Promise<string[]> {
  const { rows } = await sql<{ answer_id: string }>`
    select n.answer_id from answers n
    join consents c on c.board_id = n.board_id and c.consent_id = n.consent_id
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    where n.board_id = ${boardId} and (n.answered_at >= i.ends_at or n.revision > c.revision or (c.ended_at is not null and n.revision >= c.revision))
    order by 1`.execute(tx)
  return rows.map(({ answer_id }) => `answer ${answer_id}: came after its consent had ended`)
}

/** INV-14: every token has one place in a status list, of its own; whatever ended has its bit set. */
export async function statusUnique(tx: Tx, boardId: BoardId): Promise<string[]> {
  const { rows } = await sql<{ token_id: string; finding: string }>`
    select t.token_id, case
      when e.token_id is null then 'has no place in a status list'
      when e.token_id <> t.token_id or e.board_id <> t.board_id then 'shares its place in a status list'
      when t.ended_at is not null and e.set_at is null then 'ended, and its status bit is not set'
      when t.ended_at is null and e.set_at is not null then 'has its status bit set and did not end'
      when l.holder_id <> t.holder_id or e.index >= l.size then 'is in a list it cannot be in'
    end as finding
    from tokens t
    left join status_entries e on e.list_id = t.status_list_id and e.index = t.status_index
    left join status_lists l on l.list_id = t.status_list_id
    where t.board_id = ${boardId}
      and (e.token_id is distinct from t.token_id or e.board_id <> t.board_id or (t.ended_at is null) <> (e.set_at is null)
        or l.holder_id <> t.holder_id or e.index >= l.size)
    union all
    select t.token_id, 'shares its place in a status list' from tokens t
    where t.board_id = ${boardId} and exists (
      select from tokens o where o.board_id = t.board_id and o.status_list_id = t.status_list_id and o.status_index = t.status_index
        and o.token_id <> t.token_id)
    order by 1`.execute(tx)
  return rows.map(({ token_id, finding }) => `token ${token_id}: ${finding}`)
}
