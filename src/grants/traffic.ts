import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ConsentId, TokenId } from '../ids.ts'

/** A token that leaned on a consent: when access was given, and what the holder says it handed over on it. */
export interface TokenOnConsent {
  tokenId: TokenId
  issuedAt: Date
  datatypes: string[]
  uses: { deliveredAt: Date; datatypes: string[] }[]
  /** Who looked at it in the broker's own web app. */
  views: { viewedAt: Date; datatypes: string[]; by: string }[]
}

/** So many at most, the newest first: a supplier that collects daily makes hundreds. */
const NEWEST_TOKENS = 20

/**
 * What was issued on a consent, and what was delivered: two things (a token is not a use). Does NOT check who asks.
 *
 * @returns the newest, and how many there are in all
 */
export async function trafficOn(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<{ tokens: TokenOnConsent[]; count: number }> {
  const { count } = await tx
    .selectFrom('token_supports')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // token_supports_by_consent
    .executeTakeFirstOrThrow()
  const tokens = await tx
    .selectFrom('token_supports as s')
    .innerJoin('tokens as t', (join) => join.onRef('t.board_id', '=', 's.board_id').onRef('t.token_id', '=', 's.token_id')) // tokens_pkey
    .select(['t.token_id', 't.issued_at', 't.authorization_details'])
    .where('s.board_id', '=', boardId)
    .where('s.consent_id', '=', consentId)
    .orderBy('t.issued_at', 'desc')
    .orderBy('t.token_id', 'desc')
    .limit(NEWEST_TOKENS)
    .execute()
  if (tokens.length === 0) return { tokens: [], count: 0 }
  const views = await tx
    .selectFrom('views as v')
    .innerJoin('members as m', 'm.member_id', 'v.member_id')
    .select(['v.token_id', 'v.viewed_at', 'v.datatypes', 'm.name'])
    .where('v.board_id', '=', boardId)
    .where(
      'v.token_id',
      'in',
      tokens.map(({ token_id }) => token_id),
    ) // views_by_token
    .orderBy('v.viewed_at')
    .execute()
  const uses = await tx
    .selectFrom('uses')
    .select(['token_id', 'delivered_at', 'datatypes'])
    .where('board_id', '=', boardId)
    .where(
      'token_id',
      'in',
      tokens.map(({ token_id }) => token_id),
    ) // uses_by_token
    .orderBy('delivered_at')
    .execute()
  return {
    count: Number(count),
    tokens: tokens.map((token) => ({
      tokenId: token.token_id,
      issuedAt: token.issued_at,
      datatypes: token.authorization_details.flatMap(({ datatypes }) => datatypes),
      uses: uses
        .filter(({ token_id }) => token_id === token.token_id)
        .map(({ delivered_at, datatypes }) => ({ deliveredAt: delivered_at, datatypes })),
      views: views
        .filter(({ token_id }) => token_id === token.token_id)
        .map(({ viewed_at, datatypes, name }) => ({ viewedAt: viewed_at, datatypes, by: name })),
    })),
  }
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
