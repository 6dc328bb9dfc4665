import type { Deps } from '../deps.ts'
import { Gather, perDatabase } from '../gather.ts'
import type { StatusListId } from '../ids.ts'
import { deflated, statusList } from '../tokens/status-list.ts'
import { statusUri } from './access-token.ts'
import { aggregationUri } from './aggregation.ts'
import { signJwt } from './keys.ts'

/**
 * How long a verifier may use a list: the published bound of a withdrawal. Nothing may lengthen it on the way, so a list is read
 * after it was asked for, and no shared cache keeps one.
 */
export const TTL_SECONDS = 60

/** When it stops being one. */
const LIFETIME_SECONDS = 300

/** More lists than anybody uses in a second; an attacker cannot make lists. */
const MOST_KEPT = 1000

/** So many lists are made at the same time. */
const AT_ONCE = 4

/** What is known of one database. On Workers, where each request has its own, nothing; and nothing depends on it. */
const madeOf = perDatabase(() => ({
  /** Those who wait while a list is read have it read again, together: what was being read may be older than their question. */
  together: new Gather(makeOnce, { lanes: AT_ONCE, most: 10_000 }),
  signed: new Map<StatusListId, Signed>(),
}))

interface Signed {
  iat: number
  bytes: Uint8Array
  jwt: string
}

interface Asked {
  deps: Deps
  listId: StatusListId
}

/**
 * The signed list (Token Status List §5.1) with all that ended before it was asked for; undefined when there is none. The address is
 * open to everybody: however many ask at the same time, it is read once for all of them, and packed and signed once a second unless
 * something ended.
 */
export async function signedStatus(deps: Deps, listId: StatusListId): Promise<string | undefined> {
  return await madeOf(deps.db).together.do({ deps, listId }, listId, '')
}

async function makeOnce(asked: Asked[]): Promise<PromiseSettledResult<string | undefined>[]> {
  const { deps, listId } = asked.at(-1)!
  const jwt = await make(deps, listId)
  return asked.map(() => ({ status: 'fulfilled', value: jwt }))
}

async function make(deps: Deps, listId: StatusListId): Promise<string | undefined> {
  const at = deps.now()
  const list = await statusList(deps.db, listId)
  if (!list) return undefined
  const iat = Math.floor(at.getTime() / 1000)
  const { signed } = madeOf(deps.db)
  const last = signed.get(listId)
  if (last?.iat === iat && Buffer.compare(last.bytes, list.bytes) === 0) return last.jwt
  const claims = {
    sub: statusUri(deps.issuer, listId),
    iat,
    exp: iat + LIFETIME_SECONDS,
    ttl: TTL_SECONDS,
    status_list: { bits: 1, lst: await deflated(list.bytes), aggregation_uri: aggregationUri(deps.issuer) },
  }
  const jwt = await signJwt(deps, 'status_list', 'statuslist+jwt', claims, at)
  signed.delete(listId)
  signed.set(listId, { iat, bytes: list.bytes, jwt })
  if (signed.size > MOST_KEPT) signed.delete(signed.keys().next().value!)
  return jwt
}
