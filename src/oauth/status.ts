import type { Context } from 'hono'
import type { Env } from '../http.ts'
import type { StatusListId } from '../ids.ts'
import { problemOf, problemResponse } from '../problem.ts'
import { Refusal } from '../refusal.ts'
import { preferredType } from './accept.ts'
import { signedStatus, TTL_SECONDS } from './signed-status.ts'

const MEDIA_TYPE = 'application/statuslist+jwt'

/** `GET /status/{list}` (Token Status List §8): open to everybody, as JWT only. */
export async function answerStatus(c: Context<Env>): Promise<Response> {
  const { deps } = c.var
  if (c.req.query('time') !== undefined) return plain(501, 'Historical status is not kept')
  if (!preferredType(c.req.header('accept'), [MEDIA_TYPE])) return plain(406, `Status lists come as ${MEDIA_TYPE}`)
  const listId = c.req.param('list') ?? ''
  const list = UUID.test(listId) ? await signedStatus(deps, listId as StatusListId) : undefined
  if (!list) return problemResponse(problemOf(new Refusal('not_found')))
  return new Response(list, {
    headers: {
      'content-type': MEDIA_TYPE,
      'cache-control': `private, max-age=${TTL_SECONDS}`,
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
