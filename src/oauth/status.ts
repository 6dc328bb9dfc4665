import type { Context } from 'hono'
import type { Env } from '../http.ts'
import type { StatusListId } from '../ids.ts'
import { problemOf, problemResponse } from '../problem.ts'
import { Refusal } from '../refusal.ts'
import { deflated, statusList } from '../tokens/status-list.ts'
import { preferredType } from './accept.ts'
import { statusUri } from './access-token.ts'
import { aggregationUri } from './aggregation.ts'
import { signJwt } from './keys.ts'

/** How long a verifier may use a list, and when it stops being one. The first is the published bound of a withdrawal. */
const TTL_SECONDS = 60
const LIFETIME_SECONDS = 300

const MEDIA_TYPE = 'application/statuslist+jwt'

/** `GET /status/{list}` (Token Status List §8): open to everybody, made anew each time, as JWT only. */
export async function answerStatus(c: Context<Env>): Promise<Response> {
  const { deps } = c.var
  const at = deps.now()
  if (c.req.query('time') !== undefined) return plain(501, 'Historical status is not kept')
  if (!preferredType(c.req.header('accept'), [MEDIA_TYPE])) return plain(406, `Status lists come as ${MEDIA_TYPE}`)
  const listId = c.req.param('list') ?? ''
  const list = UUID.test(listId) ? await statusList(deps.db, listId as StatusListId) : undefined
  if (!list) return problemResponse(problemOf(new Refusal('not_found')))
  const iat = Math.floor(at.getTime() / 1000)
  const claims = {
    sub: statusUri(deps.issuer, listId),
    iat,
    exp: iat + LIFETIME_SECONDS,
    ttl: TTL_SECONDS,
    status_list: { bits: 1, lst: await deflated(list.bytes), aggregation_uri: aggregationUri(deps.issuer) },
  }
  return new Response(await signJwt(deps, 'status_list', 'statuslist+jwt', claims, at), {
    headers: {
      'content-type': MEDIA_TYPE,
      'cache-control': `public, max-age=${TTL_SECONDS}`,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'accept',
    },
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function plain(status: number, title: string): Response {
  return problemResponse({ type: 'about:blank', title, status, detail: title, code: status === 406 ? 'not_acceptable' : 'not_implemented' })
}
