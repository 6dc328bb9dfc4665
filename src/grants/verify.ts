import { sql } from 'kysely'
import type { HolderActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { Gather, perDatabase } from '../gather.ts'
import type { AgreementId, BoardId, ConsentId, HolderId, ReleaseId, StatusListId, SupplierId, TokenId } from '../ids.ts'
import type { PupilData } from '../tokens/pupil-data.ts'
import { readFacts } from './facts.ts'
import type { Candidate } from './facts-row.ts'
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
  return await deskOf(deps.db).do({ deps, boardId: place.board_id, holderId, tokenId }, place.board_id, holderId)
}

/** A token whose place in a list is its own, about to be looked at. */
interface Looked {
  deps: Deps
  boardId: BoardId
  holderId: HolderId
  tokenId: TokenId
}

/** Boards that are looked at at once in one process (few, as in redeeming), and tokens of one board and holder that share a look. */
const BOARDS_AT_ONCE = 2
const MOST_TOGETHER = 64

const deskOf = perDatabase(() => new Gather(lookTogether, { lanes: BOARDS_AT_ONCE, most: MOST_TOGETHER }))

/** Tokens of one board at one holder, looked at in one transaction: what several lean on alike is read once. */
async function lookTogether(looked: Looked[]): Promise<PromiseSettledResult<boolean>[]> {
  const { deps, boardId, holderId } = looked[0]!
  const at = deps.now()
  const tokenIds = [...new Set(looked.map(({ tokenId }) => tokenId))]
  const standing = await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const { rows } = await sql<Leaning>`
      select t.token_id, t.supplier_id, t.authorization_details, array_agg(s.consent_id order by s.consent_id) as consents,
        array_agg(s.release_id order by s.consent_id) as releases,
        array_agg(s.agreement_id order by s.consent_id) || array_agg(s.holder_agreement_id order by s.consent_id) as agreements
      from tokens t join token_supports s on s.board_id = t.board_id and s.token_id = t.token_id
      where t.board_id = ${boardId} and t.token_id = any(${tokenIds}::uuid[]) and t.holder_id = ${holderId} -- tokens_pkey
        and t.ended_at is null and t.expires_at > ${at}
      group by t.board_id, t.token_id`.execute(tx)
    const stand: TokenId[] = []
    // Only what a token leans on itself counts for it: together are read those that lean on the same.
    for (const alike of Map.groupBy(rows, leansOn).values()) {
      const [first] = alike as [Leaning]
      const held = {
        consents: alike.flatMap(({ consents }) => consents),
        releases: present(first.releases),
        agreements: present(first.agreements),
      }
      const candidates = await readFacts(tx, { boardId, supplierId: first.supplier_id, holderId }, held, at)
      for (const token of alike) if (standsOn(token, candidates, at)) stand.push(token.token_id)
    }
    return new Set(stand)
  })
  return looked.map(({ tokenId }) => ({ status: 'fulfilled', value: standing.has(tokenId) }))
}

function standsOn(token: Leaning, candidates: Candidate[], at: Date): boolean {
  const datatypes = token.authorization_details.flatMap((entry) => entry.datatypes)
  return token.consents.every((consentId) =>
    candidates.some((candidate) => {
      const standing = candidate.consentId === consentId && standingAt(candidate.facts, at)
      return standing && standing.stands && datatypes.every((datatype) => standing.datatypes.includes(datatype))
    }),
  )
}

const leansOn = ({ supplier_id, releases, agreements }: Leaning) =>
  JSON.stringify([supplier_id, present(releases).toSorted(), present(agreements).toSorted()])

interface Leaning {
  token_id: TokenId
  supplier_id: SupplierId
  authorization_details: PupilData[]
  consents: ConsentId[]
  releases: (ReleaseId | null)[]
  agreements: (AgreementId | null)[]
}

const present = <T>(values: (T | null)[]): T[] => [...new Set(values.filter((value) => value !== null))]
