import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { isAskedOf, tenuresOf } from './asked-of.ts'
import { lapseConsents } from './lapse.ts'

/** A roster that left somebody out by mistake is mended within this time, and nothing they said is lost. */
export const LEFT_DAYS = 14

const AT_ONCE = 200

/**
 * Lets lapse what was asked or told about somebody who has left for good: the board, or the school or group that it was asked
 * of. The supplier destroys what it has, and pictures are taken down. Access ended with the enrolment, the employment or the
 * change of group itself (INV-10), whether this ran or not. A job.
 *
 * @returns how many consents lapsed
 */
export async function lapseOfWhoLeft({ db, now }: Deps, boardId: BoardId): Promise<number> {
  const at = now()
  const since = new Date(at.getTime() - LEFT_DAYS * 86_400_000)
  let lapsed = 0
  for (const approach of ['organisation', 'subject'] as const) {
    for (let some = AT_ONCE; some === AT_ONCE; ) {
      some = await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
        const { rows } = await sql<{ consent_id: ConsentId }>`
          select c.consent_id from consents c
          join items i on i.board_id = c.board_id and i.item_id = c.item_id
          left join rounds round on round.board_id = i.board_id and round.round_id = i.round_id
          left join access_requests q on q.board_id = i.board_id and q.request_id = i.request_id
          cross join lateral (
            select count(*) as all, count(*) filter (where (t.ends_at is null or t.ends_at > ${since}) and (${isAskedOf} or t.group_since > ${since})) as asked
            from (${tenuresOf(sql`c.board_id`, sql`c.subject_id`)}) t
          ) n
          where n.all > 0 and n.asked = 0 and c.board_id = ${boardId} and c.ended_at is null and c.approach = ${approach} and i.ends_at > ${at}
            and not exists (
              select from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id and a.undone_at is null and a.until_at <= ${at}
            )
          order by c.consent_id limit ${AT_ONCE}`.execute(tx)
        const ids = rows.map(({ consent_id }) => consent_id)
        const facts = { because: 'left', ...(await lapseConsents(tx, at, boardId, ids, 'job')) }
        if (facts.lapsed.length > 0) await append(tx, { boardId, approach, at, event: 'consent_lapsed', actor: 'job', ref: boardId, facts })
        lapsed += facts.lapsed.length
        return facts.lapsed.length
      })
    }
  }
  return lapsed
}
