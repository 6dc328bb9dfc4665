import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { HolderId, TokenId } from '../ids.ts'

/** What a report of use would be about. */
export interface TriedUse {
  issuedAt: Date
  datatypes: string[]
  /** What was reported of it before. */
  reported: number
}

/**
 * What a report of use (`POST /v1/uses`) on this token would come to, without taking anything down. Does NOT check who asks, and
 * tells of no person.
 *
 * @returns undefined for what is no token of this holder: such a report is refused
 */
export async function tryUse({ db }: Deps, holderId: HolderId, tokenId: TokenId): Promise<TriedUse | undefined> {
  const place = await db
    .selectFrom('status_entries as e')
    .innerJoin('status_lists as l', 'l.list_id', 'e.list_id')
    .select('e.board_id')
    .where('e.token_id', '=', tokenId) // status_entries_by_token
    .where('l.holder_id', '=', holderId)
    .executeTakeFirst()
  if (!place) return undefined
  const boardId = place.board_id
  return await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const token = await tx
      .selectFrom('tokens')
      .select(['issued_at', 'authorization_details'])
      .where('board_id', '=', boardId)
      .where('token_id', '=', tokenId) // tokens_pkey
      .executeTakeFirst()
    const { reported } = await tx
      .selectFrom('uses')
      .select(({ fn }) => fn.countAll<string>().as('reported'))
      .where('board_id', '=', boardId)
      .where('token_id', '=', tokenId) // uses_by_token
      .executeTakeFirstOrThrow()
    return (
      token && {
        issuedAt: token.issued_at,
        datatypes: token.authorization_details.flatMap(({ datatypes }) => datatypes),
        reported: Number(reported),
      }
    )
  })
}
