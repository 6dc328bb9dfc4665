import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId } from '../ids.ts'

/** The newest of many, and how many there are in all: a supplier that collects daily makes hundreds. */
export interface Newest<T> {
  newest: T[]
  count: number
}

export interface Traffic {
  /** When access was given. */
  tokens: Newest<{ issuedAt: Date }>
  /** What holders say they handed over on it, when, … */
  uses: Newest<{ deliveredAt: Date; datatypes: string[] }>
  /** … and who looked at it in the broker's own web app. */
  views: Newest<{ viewedAt: Date; datatypes: string[]; by: string }>
}

/** So many of each at most. */
const NEWEST = 20

/**
 * What was issued on a consent, and what was delivered: two things (a token is not a use). Does NOT check who asks.
 *
 * @returns of each the newest, the newest first, and how many there are in all
 */
export async function trafficOn(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<Traffic> {
  const on = sql`token_supports s where s.board_id = ${boardId} and s.consent_id = ${consentId}` // token_supports_by_consent
  const ids = sql`(select s.token_id from ${on})`
  const { rows: tokens } = await sql<{ at: Date; count: string }>`
    select issued_at as at, count(*) over () as count from tokens
    where board_id = ${boardId} and token_id in ${ids} -- tokens_pkey
    order by issued_at desc, token_id desc limit ${NEWEST}`.execute(tx)
  const { rows: uses } = await sql<{ at: Date; datatypes: string[]; count: string }>`
    select delivered_at as at, datatypes, count(*) over () as count from uses
    where board_id = ${boardId} and token_id in ${ids} -- uses_by_token
    order by delivered_at desc, use_id desc limit ${NEWEST}`.execute(tx)
  const { rows: views } = await sql<{ at: Date; datatypes: string[]; by: string; count: string }>`
    select v.viewed_at as at, v.datatypes, m.name as by, count(*) over () as count
    from views v join members m on m.member_id = v.member_id
    where v.board_id = ${boardId} and v.token_id in ${ids} -- views_by_token
    order by v.viewed_at desc, v.token_id desc limit ${NEWEST}`.execute(tx)
  return {
    tokens: newest(tokens, ({ at }) => ({ issuedAt: at })),
    uses: newest(uses, ({ at, datatypes }) => ({ deliveredAt: at, datatypes })),
    views: newest(views, ({ at, datatypes, by }) => ({ viewedAt: at, datatypes, by })),
  }
}

function newest<Row extends { count: string }, T>(rows: readonly Row[], read: (row: Row) => T): Newest<T> {
  return { newest: rows.map(read), count: Number(rows[0]?.count ?? 0) }
}

/**
 * Every kind of data that was handed over or looked at on a consent, of all its tokens. Does NOT check who asks.
 *
 * @returns nothing in `datatypes` while no holder has said so; only where `issued` is false too is it sure that nothing was given
 */
export async function givenOn(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<{ datatypes: Set<string>; issued: boolean }> {
  const { rows } = await sql<{ datatypes: string[] | null }>`
    select distinct given.datatypes
    from token_supports s
    left join lateral (
      select u.datatypes from uses u where u.board_id = s.board_id and u.token_id = s.token_id -- uses_by_token
      union all
      select v.datatypes from views v where v.board_id = s.board_id and v.token_id = s.token_id -- views_by_token
    ) given on true
    where s.board_id = ${boardId} and s.consent_id = ${consentId} -- token_supports_by_consent
  `.execute(tx)
  return { datatypes: new Set(rows.flatMap(({ datatypes }) => datatypes ?? [])), issued: rows.length > 0 }
}
