import { sql } from 'kysely'
import type { HolderActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, ConsentId, ReleaseId, StatusListId, SupplierId, TokenId } from '../ids.ts'
import type { PupilData } from '../tokens/pupil-data.ts'
import { readFacts } from './facts.ts'
import { standingAt } from './standing.ts'

/** A token as its claims name it. The caller has checked our signature on them. */
export interface PresentedToken {
  tokenId: TokenId
  listId: StatusListId
  index: number
}

/**
 * Whether a token is good at this moment, asked by the holder it was made for: not ended, not over, and everything it leans
 * on stands still, looked at again on the facts themselves. Anybody else's token is as one that never was.
 */
export async function verifyToken(deps: Deps, { holderId }: HolderActor, { tokenId, listId, index }: PresentedToken): Promise<boolean> {
  const at = deps.now()
  const place = await deps.db
    .selectFrom('status_entries as e')
    .innerJoin('status_lists as l', 'l.list_id', 'e.list_id')
    .select('e.board_id')
    .where('e.list_id', '=', listId)
    .where('e.index', '=', index) // status_entries_pkey
    .where('e.token_id', '=', tokenId)
    .where('e.set_at', 'is', null)
    .where('l.holder_id', '=', holderId)
    .executeTakeFirst()
  if (!place) return false
  const boardId = place.board_id
  return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const { rows } = await sql<Leaning>`
      select t.supplier_id, t.authorization_details, array_agg(s.consent_id) as consents, array_agg(s.release_id) as releases,
        array_agg(s.agreement_id) || array_agg(s.holder_agreement_id) as agreements
      from tokens t join token_supports s on s.board_id = t.board_id and s.token_id = t.token_id
      where t.board_id = ${boardId} and t.token_id = ${tokenId} and t.holder_id = ${holderId} -- tokens_pkey
        and t.ended_at is null and t.expires_at > ${at}
      group by t.board_id, t.token_id`.execute(tx)
    const token = rows[0]
    if (!token) return false
    const held = { consents: token.consents, releases: present(token.releases), agreements: present(token.agreements) }
    const candidates = await readFacts(tx, { boardId, supplierId: token.supplier_id, holderId }, held, at)
    const datatypes = token.authorization_details.flatMap((entry) => entry.datatypes)
    return token.consents.every((consentId) =>
      candidates.some((candidate) => {
        const standing = candidate.consentId === consentId && standingAt(candidate.facts, at)
        return standing && standing.stands && datatypes.every((datatype) => standing.datatypes.includes(datatype))
      }),
    )
  })
}

interface Leaning {
  supplier_id: SupplierId
  authorization_details: PupilData[]
  consents: ConsentId[]
  releases: (ReleaseId | null)[]
  agreements: (AgreementId | null)[]
}

const present = <T>(values: (T | null)[]): T[] => values.filter((value) => value !== null)
