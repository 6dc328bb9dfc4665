import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ItemId, RoundId } from '../ids.ts'
import type { Item } from './item.ts'
import { itemOf } from './store.ts'

export interface Round {
  roundId: RoundId
  title: string
  subjectKind: 'pupil' | 'employee'
  schoolYear: string
  undertakings: string
  startsAt: Date
  endsAt: Date
  draftedAt: Date
  publishedAt: Date | null
}

/** All rounds of the board, newest first. */
export async function roundsOf(tx: Tx, boardId: BoardId): Promise<Round[]> {
  const rows = await tx
    .selectFrom('rounds')
    .selectAll()
    .where('board_id', '=', boardId) // rounds_pkey
    .orderBy('drafted_at', 'desc')
    .orderBy('round_id')
    .execute()
  return rows.map((row) => ({
    roundId: row.round_id,
    title: row.title,
    subjectKind: row.subject_kind,
    schoolYear: row.school_year,
    undertakings: row.undertakings,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    draftedAt: row.drafted_at,
    publishedAt: row.published_at,
  }))
}

/** The items of a round, also those that were drafted and not asked. */
export async function itemsOfRound(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<Item[]> {
  const rows = await tx
    .selectFrom('items')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // items_by_round
    .orderBy('created_at')
    .orderBy('item_id')
    .execute()
  return rows.map(itemOf)
}

/** How far a round is, by item: of how many it was asked and of how many somebody answered. Not what they said (D10). */
export async function progressOf(
  tx: Tx,
  boardId: BoardId,
  roundId: RoundId,
): Promise<{ itemId: ItemId; asked: number; answered: number }[]> {
  const { rows } = await sql<{ item_id: ItemId; asked: number; answered: number }>`
    select i.item_id, count(c.consent_id)::int as asked,
      (count(c.consent_id) filter (
        where exists (select from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id) -- answers_one_per_revision
      ))::int as answered
    from items i -- items_by_round
    left join consents c on c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null -- consents_one_open
    where i.board_id = ${boardId} and i.round_id = ${roundId}
    group by i.item_id order by i.item_id`.execute(tx)
  return rows.map(({ item_id, asked, answered }) => ({ itemId: item_id, asked, answered }))
}
