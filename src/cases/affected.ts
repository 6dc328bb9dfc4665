import { sql } from 'kysely'
import { FEWEST_SHOWN } from '../consents/small-groups.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, SupplierId } from '../ids.ts'
import { affectedAtSchool } from './affected-at-school.ts'
import type { Incident } from './incident.ts'

/** Whose data a leak touches: at a company by what really happened here, at the school by what was in use there. */
export type Affected =
  | {
      at: 'company'
      /** It could fetch their data, or handed them out as holder: a token was issued. */
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
 * How many people an incident touches. At a company: from the tokens issued and the deliveries reported until it ended; what
 * the company got before it began, it may still have had, as receiver or as holder. At the school itself: `affectedAtSchool`.
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
    return (await touched(tx, incident, supplierId, 'subject')).length
  })
  const ours = await seenByStaff((tx) => touched(tx, incident, supplierId, 'organisation'))
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
  return (await touched(tx, incident, incident.supplierId, 'organisation')).map(({ subject_id }) => subject_id)
}

async function touched(tx: Tx, { boardId, untilAt, awareAt }: Incident, supplierId: SupplierId, approach: 'organisation' | 'subject') {
  const until = untilAt ?? awareAt
  const { rows } = await sql<{ subject_id: PersonId; delivered: boolean }>`
    select s.subject_id, bool_or(u.use_id is not null) as delivered
    from tokens t
    join token_supports s on s.board_id = t.board_id and s.token_id = t.token_id -- token_supports_pkey
    left join uses u on u.board_id = t.board_id and u.token_id = t.token_id and u.delivered_at <= ${until} -- uses_by_token
    where t.board_id = ${boardId satisfies BoardId} and t.approach = ${approach} and t.issued_at <= ${until}
      and (t.supplier_id = ${supplierId} or t.holder_id in (select holder_id from holders where supplier_id = ${supplierId}))
    group by s.subject_id order by s.subject_id`.execute(tx)
  return rows
}
