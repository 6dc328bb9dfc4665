import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'

/** What is kept of how far each round is, against a new count of every pupil of it. */
export async function talliesAreCounted(tx: Tx, boardId: BoardId): Promise<string[]> {
  const { rows } = await sql<{ round_id: string; subject_id: string }>`
    select p.round_id, p.subject_id
    from (
      select i.round_id, c.subject_id from consents c
      join items i on i.board_id = c.board_id and i.item_id = c.item_id
      where c.board_id = ${boardId} and i.round_id is not null and i.legal_basis = 'consent'
      union select round_id, subject_id from round_tallies where board_id = ${boardId}
    ) p
    cross join lateral count_round(${boardId}, p.round_id, p.subject_id) n
    left join round_tallies t on t.board_id = ${boardId} and t.round_id = p.round_id and t.subject_id = p.subject_id -- round_tallies_pkey
    where (t.asked, t.answered, t.disputed) is distinct from (n.asked, n.answered, n.disputed)
    order by 1, 2`.execute(tx)
  return rows.map(({ round_id, subject_id }) => `round ${round_id} was not counted anew for subject ${subject_id}`)
}
