import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import type { WrittenLanguage } from '../languages.ts'

/** Where a person is mailed, in the language of their account. */
export interface Address {
  personId: PersonId
  email: string
  language: WrittenLanguage
}

/** The addresses of those of these persons who have one: of their account, else what the administration knows. For telling only. */
export async function addressesOf(tx: Tx, boardId: BoardId, personIds: readonly PersonId[]): Promise<Address[]> {
  const { rows } = await sql<Address>`
    select p.person_id as "personId", coalesce(a.email, p.email) as email, case when a.language = 'en' then 'en' else 'nl' end as language
    from persons p -- persons_pkey
    left join account_persons ap on ap.board_id = p.board_id and ap.person_id = p.person_id -- account_persons_one_account_per_person
    left join accounts a on a.account_id = ap.account_id
    where p.board_id = ${boardId} and p.person_id = any(${personIds}::uuid[]) and p.erased_at is null
      and coalesce(a.email, p.email) is not null`.execute(tx)
  return rows
}
