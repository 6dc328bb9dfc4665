import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { AccountId, BoardId } from '../ids.ts'
import { Refusal } from '../refusal.ts'

/**
 * One account never stands for two guardians of one child, nor for a child and their guardian: the answers of several
 * deciders are worth something only when several humans give them. Called after the row was written; the refusal rolls
 * it back. The caller holds the register, and the account's row where it claims.
 *
 * @throws Refusal `two_guardians_one_account`, `pupil_and_guardian_one_account`
 */
export async function mustKeepApart(tx: Tx, boardId: BoardId, accountId: AccountId, at: Date): Promise<void> {
  const { rows } = await sql<{ two_guardians: boolean; pupil_and_guardian: boolean }>`
    with mine as (
      select person_id from account_persons where account_id = ${accountId} and board_id = ${boardId} -- account_persons_pkey
    ), open_guardianships as (
      select guardian_id, pupil_id from guardianships
      where board_id = ${boardId} and guardian_id in (select person_id from mine) -- guardianships_by_guardian
        and (ends_at is null or ends_at > ${at}::timestamptz)
    )
    select
      exists (select from open_guardianships group by pupil_id having count(distinct guardian_id) > 1) as two_guardians,
      exists (select from open_guardianships where pupil_id in (select person_id from mine)) as pupil_and_guardian
  `.execute(tx)
  if (rows[0]!.two_guardians) throw new Refusal('two_guardians_one_account')
  if (rows[0]!.pupil_and_guardian) throw new Refusal('pupil_and_guardian_one_account')
}
