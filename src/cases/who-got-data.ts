import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { BoardId, LeafletId, PersonId, SupplierId } from '../ids.ts'

/** A company that could collect data about somebody, from what really happened. */
export interface GotData {
  supplierId: SupplierId
  approach: Approach
  /** Times it was let in; and times a holder says that it handed data over, which is less or nothing when holders do not report. */
  tokens: number
  deliveries: number
  lastAt: Date
  /** Under which leaflets: their subprocessors may have it too. */
  leafletIds: LeafletId[]
}

/**
 * The companies that got data about this person by way of the broker: from the grants, the tokens issued on them and the
 * deliveries reported, whether or not anything still stands. Staff see the organisation-oriented ones only. What a company
 * got outside the broker nobody here knows.
 */
export async function whoGotData(tx: Tx, boardId: BoardId, subjectId: PersonId): Promise<GotData[]> {
  const { rows } = await sql<{
    supplier_id: SupplierId
    approach: Approach
    tokens: number
    deliveries: number
    last_at: Date
    leaflets: LeafletId[]
  }>`
    select g.supplier_id, g.approach, count(distinct s.token_id)::int as tokens, count(distinct u.use_id)::int as deliveries,
      max(greatest(t.issued_at, u.delivered_at)) as last_at,
      array_agg(distinct i.leaflet_id) filter (where i.leaflet_id is not null) as leaflets
    from consents c -- consents_by_subject
    join token_supports s on s.board_id = c.board_id and s.consent_id = c.consent_id -- token_supports_by_consent
    join grants g on g.board_id = s.board_id and g.grant_id = s.grant_id -- grants_pkey
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join tokens t on t.board_id = s.board_id and t.token_id = s.token_id
    left join uses u on u.board_id = s.board_id and u.token_id = s.token_id -- uses_by_token
    where c.board_id = ${boardId} and c.subject_id = ${subjectId}
    group by g.supplier_id, g.approach order by g.supplier_id, g.approach`.execute(tx)
  return rows.map((row) => ({
    supplierId: row.supplier_id,
    approach: row.approach,
    tokens: row.tokens,
    deliveries: row.deliveries,
    lastAt: row.last_at,
    leafletIds: row.leaflets ?? [],
  }))
}

/** The companies that asked this person (or for them) directly, whatever came of it: whom a right can be used with. */
export async function askedDirectly(
  tx: Tx,
  boardId: BoardId,
  subjectId: PersonId,
): Promise<{ supplierId: SupplierId; leafletIds: LeafletId[] }[]> {
  const { rows } = await sql<{ supplier_id: SupplierId; leaflets: LeafletId[] }>`
    select i.supplier_id, array_agg(distinct i.leaflet_id) as leaflets
    from consents c -- consents_by_subject
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    where c.board_id = ${boardId} and c.subject_id = ${subjectId} and c.approach = 'subject' and i.supplier_id is not null
      and exists (select from answers a where a.board_id = c.board_id and a.consent_id = c.consent_id and a.answer = 'yes')
    group by i.supplier_id order by i.supplier_id`.execute(tx)
  return rows.map((row) => ({ supplierId: row.supplier_id, leafletIds: row.leaflets }))
}
