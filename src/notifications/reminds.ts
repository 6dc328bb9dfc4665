import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, RoundId } from '../ids.ts'

/** Of which round a mail reminds whom: one receiver, who may be several persons of the board. */
export interface Reminds {
  boardId: BoardId
  roundId: RoundId
  persons: PersonId[]
}

/**
 * Whether a reminder still holds as it goes out: something of the round waits for one of these persons, that nobody has
 * answered, or of which their own answer lacks where everybody's counts, and that nobody said no to (D01). Whom it reminds was
 * found by who may answer when it was written; this looks only at what was answered since.
 */
export async function stillHolds({ db, now }: Pick<Deps, 'db' | 'now'>, { boardId, roundId, persons }: Reminds): Promise<boolean> {
  const at = now()
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const { rows } = await sql<{ holds: boolean }>`
      select exists (
        select from items i -- items_by_round
        join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null -- consents_by_subject
          and c.subject_id = any(
            ${persons}::uuid[] || array(select pupil_id from guardianships where board_id = ${boardId} and guardian_id = any(${persons}::uuid[]))
          )
        where i.board_id = ${boardId} and i.round_id = ${roundId} and i.legal_basis = 'consent' and i.ends_at > ${at}
          and (c.revision = 0 or (i.decision_rule <> 'veto' and not exists (
            select from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id and a.undone_at is null -- answers_one_per_revision
              and (a.decider_id = any(${persons}::uuid[]) or a.answer = 'no')
          )))
      ) as holds`.execute(tx)
    return rows[0]!.holds
  })
}
