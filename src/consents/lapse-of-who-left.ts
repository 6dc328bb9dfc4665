import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { lapseConsents } from './lapse.ts'

/** A roster that left somebody out by mistake is mended within this time, and nothing they said is lost. */
export const LEFT_DAYS = 14

const AT_ONCE = 200

/**
 * Lets lapse what was asked or told about somebody who has left the school for good: the supplier destroys what it has, and
 * pictures are taken down. Access ended with the enrolment or employment itself (INV-10), whether this ran or not. A job.
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
          with tenures as (
            select person_id, ends_at from enrolments where board_id = ${boardId} -- enrolments_by_person
            union all select person_id, ends_at from employments where board_id = ${boardId} -- employments_by_person
          ), gone as (
            select person_id from tenures group by person_id having max(coalesce(ends_at, 'infinity')) <= ${since}::timestamptz
          )
          select c.consent_id from consents c
          join items i on i.board_id = c.board_id and i.item_id = c.item_id
          join gone on gone.person_id = c.subject_id
          where c.board_id = ${boardId} and c.ended_at is null and c.approach = ${approach} and i.ends_at > ${at}
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
