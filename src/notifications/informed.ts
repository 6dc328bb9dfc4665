import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'

/**
 * These people were told by mail or on paper to look at what the school does with data: of everything that was put before
 * them until now. Does NOT look at what it was.
 */
export async function noteInformed(
  tx: Tx,
  boardId: BoardId,
  personIds: readonly PersonId[],
  { at, how }: { at: Date; how: 'mail' | 'letter' },
): Promise<void> {
  await sql`
    insert into informed (board_id, person_id, at, how)
    select ${boardId}, person_id, ${at}, ${how} from unnest(${personIds}::uuid[]) as told (person_id) order by person_id
    on conflict (board_id, person_id) do update set at = excluded.at, how = excluded.how where excluded.at > informed.at`.execute(tx)
}

/**
 * Since when each of these people is informed: by mail or letter, or because they looked at their first page, which shows
 * what is new. As any person of one account at this board they know it all. Does NOT check who asks.
 */
export async function informedSince(tx: Tx, boardId: BoardId, personIds: readonly PersonId[]): Promise<Map<PersonId, Date>> {
  const { rows } = await sql<{ person_id: PersonId; at: Date }>`
    with human as (
      select p.person_id, coalesce(beside.person_id, p.person_id) as as_person, ap.account_id
      from unnest(${personIds}::uuid[]) as p (person_id)
      left join account_persons ap on ap.board_id = ${boardId} and ap.person_id = p.person_id -- account_persons_one_account_per_person
      left join account_persons beside on beside.account_id = ap.account_id and beside.board_id = ap.board_id -- account_persons_pkey
    )
    select h.person_id, max(greatest(i.at, v.seen_at)) as at
    from human h
    left join informed i on i.board_id = ${boardId} and i.person_id = h.as_person -- informed_pkey
    left join visits v on v.board_id = ${boardId} and v.account_id = h.account_id -- visits_pkey
    group by h.person_id having max(greatest(i.at, v.seen_at)) is not null`.execute(tx)
  return new Map(rows.map(({ person_id, at }) => [person_id, at]))
}
