import type { Context } from 'hono'
import type { Env } from '../http.ts'
import { liveStatusLists } from '../tokens/status-lists.ts'
import { statusUri } from './access-token.ts'

export const aggregationUri = (issuer: string) => `${issuer}/status`

/** `GET /status` (Token Status List §9): every list a live token can be in, for whoever wants to have them at hand. */
export async function answerAggregation(c: Context<Env>): Promise<Response> {
  const { deps } = c.var
  const lists = await liveStatusLists(deps.db, deps.now())
  return c.json({ status_lists: lists.map((listId) => statusUri(deps.issuer, listId)) }, 200, {
    'cache-control': 'public, max-age=60',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
}
