import { sql } from 'kysely'
import { FEWEST_SHOWN } from '../consents/small-groups.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { PersonId, SupplierId } from '../ids.ts'
import { affectedAtSchool, untilOf, wasYes } from './affected-at-school.ts'
import type { Incident } from './incident.ts'

/** Whose data a leak touches: at a company by what really happened here, at the school by what was in use there. */
export type Affected =
  | {
      at: 'company'
      /** It could fetch their data, handed them out as holder, or got them from the school; of staff, it asked about them. */
      reachable: number
      /** A holder reported that their data went over. */
      delivered: number
      /** Of what the company asks directly, which the school does not see: how many people; null for fewer than five. */
      direct: number | null
    }
  | {
      at: 'school'
      /** Who learnt or worked there then. */
      present: number
      /** Of those: about whom data of the leaked kinds were in use. */
      used: number
    }

/**
 * How many people an incident touches. At a company: from the tokens issued, the deliveries reported and what the school itself
 * hands over, until it ended; what the company got before it began, it may still have had. At the school itself: `affectedAtSchool`.
 * Does NOT check who asks.
 */
export async function affectedBy(deps: Deps, incident: Incident): Promise<Affected> {
  const { boardId, supplierId } = incident
  const seenByStaff = <T>(count: (tx: Tx) => Promise<T>) => inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, count)
  if (!supplierId) {
    const { present, used } = await seenByStaff((tx) => affectedAtSchool(tx, incident))
    return { at: 'school', present: present.length, used: used.length }
  }
  const direct = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    return await touchedDirectly(tx, incident, supplierId)
  })
  const ours = await seenByStaff((tx) => touched(tx, incident, supplierId))
  return {
    at: 'company',
    reachable: ours.length,
    delivered: ours.filter(({ delivered }) => delivered).length,
    direct: direct > 0 && direct < FEWEST_SHOWN ? null : direct,
  }
}

/** Who they are, organisation-oriented, for whoever tells them: no more than ids. */
export async function affectedSubjects(tx: Tx, incident: Incident): Promise<PersonId[]> {
  if (!incident.supplierId) return (await affectedAtSchool(tx, incident)).used
  return (await touched(tx, incident, incident.supplierId)).map(({ subject_id }) => subject_id)
}

/** Of what a company asks directly: who was let in for, as who they are stays hidden. */
async function touchedDirectly(tx: Tx, incident: Incident, supplierId: SupplierId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct s.subject_id)::int as count
    from tokens t
    join token_supports s on s.board_id = t.board_id and s.token_id = t.token_id -- token_supports_pkey
    where t.board_id = ${incident.boardId} and t.approach = 'subject' and t.issued_at <= ${untilOf(incident)}
      and (t.supplier_id = ${supplierId} or t.holder_id in (select holder_id from holders where supplier_id = ${supplierId}))`.execute(tx)
  return rows[0]!.count
}

/**
 * Whom a company's leak touches by way of the school: pupils it was let in for or handed data out about, pupils about whom the
 * school itself gives it data, and staff it asked about. What staff answered nobody at school sees (D10), so of them everybody counts.
 */
async function touched(tx: Tx, incident: Incident, supplierId: SupplierId): Promise<{ subject_id: PersonId; delivered: boolean }[]> {
  const { boardId } = incident
  const until = untilOf(incident)
  const { rows } = await sql<{ subject_id: PersonId; delivered: boolean }>`
    with asked as (
      select i.item_id, i.holder_id, i.legal_basis, i.agreement_id, i.starts_at,
        coalesce(r.subject_kind, q.subject_kind, 'pupil') as kind
      from items i
      left join rounds r on r.board_id = i.board_id and r.round_id = i.round_id -- rounds_pkey
      left join access_requests q on q.board_id = i.board_id and q.request_id = i.request_id -- access_requests_pkey
      where i.board_id = ${boardId} and i.approach = 'organisation'
        and (i.supplier_id = ${supplierId} or i.holder_id in (select holder_id from holders where supplier_id = ${supplierId}))
    )
    select subject_id, bool_or(delivered) as delivered from (
      select s.subject_id, u.use_id is not null as delivered
      from asked i
      join consents c on c.board_id = ${boardId} and c.item_id = i.item_id
      join token_supports s on s.board_id = c.board_id and s.consent_id = c.consent_id -- token_supports_by_consent
      join tokens t on t.board_id = s.board_id and t.token_id = s.token_id and t.issued_at <= ${until} -- tokens_pkey
      left join uses u on u.board_id = t.board_id and u.token_id = t.token_id and u.delivered_at <= ${until} -- uses_by_token
      where i.kind = 'pupil'
      union all
      select c.subject_id, false
      from asked i
      join supplier_agreements a on a.board_id = ${boardId} and a.agreement_id = i.agreement_id and a.signed_at <= ${until} -- supplier_agreements_pkey
      join consents c on c.board_id = a.board_id and c.item_id = i.item_id and c.asked_at <= ${until}
        and (c.ended_at is null or c.ended_at > i.starts_at)
      where i.kind = 'pupil' and i.holder_id is null and i.starts_at <= ${until} and (i.legal_basis <> 'consent' or ${wasYes(until)})
      union all
      select c.subject_id, false
      from asked i join consents c on c.board_id = ${boardId} and c.item_id = i.item_id and c.asked_at <= ${until}
      where i.kind = 'employee'
    ) touched
    group by subject_id order by subject_id`.execute(tx)
  return rows
}
