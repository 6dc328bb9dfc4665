import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { AccountId, BoardId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { goesWith, type MandateRole } from './mandate.ts'

/**
 * What takes two humans is never one account. It does not stand for two guardians of one child, nor for a child and their
 * guardian: the answers of several deciders are worth something only when several humans give them. None of its persons
 * recorded the guardianship or gave the mandate of another (INV-08), and none decides while another is the data protection
 * officer (P45). Called after the row was written; the refusal rolls it back. The caller holds the register, and the
 * account's row where it claims.
 *
 * @throws Refusal `two_guardians_one_account`, `pupil_and_guardian_one_account`, `guardianship_by_oneself`,
 *   `mandate_to_oneself`, `dpo_cannot_decide`
 */
export async function mustKeepApart(tx: Tx, boardId: BoardId, accountId: AccountId, at: Date): Promise<void> {
  const { rows } = await sql<Together>`
    with mine as (
      select person_id from account_persons where account_id = ${accountId} and board_id = ${boardId} -- account_persons_pkey
    ), open_guardianships as (
      select guardian_id, pupil_id, recorded_by from guardianships
      where board_id = ${boardId} and guardian_id in (select person_id from mine) -- guardianships_by_guardian
        and (ends_at is null or ends_at > ${at}::timestamptz)
    ), open_mandates as (
      select role, given_by from mandates
      where board_id = ${boardId} and person_id in (select person_id from mine) -- mandates_by_person
        and (ends_at is null or ends_at > ${at}::timestamptz)
    )
    select
      exists (select from open_guardianships group by pupil_id having count(distinct guardian_id) > 1) as two_guardians,
      exists (select from open_guardianships where pupil_id in (select person_id from mine)) as pupil_and_guardian,
      exists (select from open_guardianships where recorded_by in (select person_id from mine)) as recorded_by_oneself,
      exists (select from open_mandates where given_by in (select person_id from mine)) as given_by_oneself,
      array(select distinct role from open_mandates) as roles
  `.execute(tx)
  const together = rows[0]!
  if (together.two_guardians) throw new Refusal('two_guardians_one_account')
  if (together.pupil_and_guardian) throw new Refusal('pupil_and_guardian_one_account')
  if (together.recorded_by_oneself) throw new Refusal('guardianship_by_oneself')
  if (together.given_by_oneself) throw new Refusal('mandate_to_oneself')
  if (together.roles.some((role) => !goesWith(role, together.roles))) throw new Refusal('dpo_cannot_decide')
}

interface Together {
  two_guardians: boolean
  pupil_and_guardian: boolean
  recorded_by_oneself: boolean
  given_by_oneself: boolean
  roles: MandateRole[]
}
