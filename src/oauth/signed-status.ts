import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { StatusListId } from '../ids.ts'
import { deflated, statusList } from '../tokens/status-list.ts'
import { statusUri } from './access-token.ts'
import { aggregationUri } from './aggregation.ts'
import { signJwt } from './keys.ts'

/** A signed list is kept this long: a withdrawal is in every list that is asked for later than this (INV-01). */
const KEPT_SECONDS = 1

/** How long a verifier may use a list: with what we kept it, the published bound of a withdrawal, which is a minute. */
export const TTL_SECONDS = 60 - KEPT_SECONDS

/** When it stops being one. */
const LIFETIME_SECONDS = 300

/** More lists than anybody uses in a second; an attacker cannot make lists. */
const MOST_KEPT = 1000

interface Kept {
  readAt: number
  made: Promise<string | undefined>
}

const kept = new WeakMap<Db, Map<StatusListId, Kept>>()

/**
 * The signed list (Token Status List §5.1) as it was at most a second ago; undefined when there is none. However many ask
 * for it at once, it is read, packed and signed once: the address is open to everybody. What is kept belongs to one pool of
 * connections, so on Workers to one request; nothing depends on it.
 */
export async function signedStatus(deps: Deps, listId: StatusListId): Promise<string | undefined> {
  const now = deps.now().getTime()
  const lists = kept.get(deps.db) ?? new Map<StatusListId, Kept>()
  kept.set(deps.db, lists)
  const known = lists.get(listId)
  if (known && now >= known.readAt && now - known.readAt < KEPT_SECONDS * 1000) return await known.made
  const making = { readAt: now, made: sign(deps, listId) }
  lists.delete(listId)
  lists.set(listId, making)
  const [oldest] = lists.keys()
  if (lists.size > MOST_KEPT) lists.delete(oldest!)
  const forget = () => {
    if (lists.get(listId) === making) lists.delete(listId)
  }
  // A list that is not there, or could not be read, is nothing to keep.
  making.made.then((list) => list ?? forget(), forget)
  return await making.made
}

async function sign(deps: Deps, listId: StatusListId): Promise<string | undefined> {
  const at = deps.now()
  const list = await statusList(deps.db, listId)
  if (!list) return undefined
  const iat = Math.floor(at.getTime() / 1000)
  const claims = {
    sub: statusUri(deps.issuer, listId),
    iat,
    exp: iat + LIFETIME_SECONDS,
    ttl: TTL_SECONDS,
    status_list: { bits: 1, lst: await deflated(list.bytes), aggregation_uri: aggregationUri(deps.issuer) },
  }
  return await signJwt(deps, 'status_list', 'statuslist+jwt', claims, at)
}
