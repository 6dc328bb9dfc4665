import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'

/** Who watches over privacy for a board, and how to reach them (GDPR art. 30(1)(a), 37(7)). */
export interface Officer {
  name: string
  email: string | null
}

/** The data protection officers of a board at `at`, by name. Does NOT check who asks: their name and work address are public. */
export async function officersOf(tx: Tx, boardId: BoardId, at: Date): Promise<Officer[]> {
  const rows = await tx
    .selectFrom('mandates as m')
    .innerJoin('persons as p', (join) => join.onRef('p.board_id', '=', 'm.board_id').onRef('p.person_id', '=', 'm.person_id')) // persons_pkey
    .select(['p.person_id', 'p.given_name', 'p.family_name', 'p.email'])
    .distinct()
    .where('m.board_id', '=', boardId)
    .where('m.role', '=', 'dpo')
    .where('m.school_id', 'is', null)
    .where('m.starts_at', '<=', at)
    .where((where) => where.or([where('m.ends_at', 'is', null), where('m.ends_at', '>', at)]))
    .orderBy('p.given_name')
    .orderBy('p.person_id')
    .execute()
  return rows.map(({ given_name, family_name, email }) => ({ name: `${given_name} ${family_name}`, email }))
}
