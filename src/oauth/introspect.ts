import type { Context } from 'hono'
import type { JWTPayload } from 'jose'
import type { Deps } from '../deps.ts'
import { verifyToken } from '../grants/verify.ts'
import type { Env } from '../http.ts'
import type { StatusListId, TokenId } from '../ids.ts'
import { authenticated } from './authenticate.ts'
import type { AuthenticatedClient } from './client-authentication.ts'
import { verifyOwnJwt } from './keys.ts'
import { OAuthError } from './oauth-error.ts'

/**
 * `POST /introspect` (RFC 7662). Only the holder a token was made for learns anything of it; to everybody else, and about
 * anything else, the answer is `{"active":false}` and nothing more (§2.2).
 */
export async function answerIntrospect(c: Context<Env>): Promise<Response> {
  const { form, client } = await authenticated(c)
  const token = form.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
  const claims = await activeClaims(c.var.deps, client, token)
  return c.json(claims ? { active: true, token_type: 'DPoP', ...claims } : { active: false }, 200, { 'cache-control': 'no-store' })
}

async function activeClaims(deps: Deps, client: AuthenticatedClient, token: string): Promise<JWTPayload | undefined> {
  if (client.way !== 'holder' || token.length > 16_384) return undefined
  const claims = await verifyOwnJwt(deps, 'access_token', 'at+jwt', token, deps.now())
  const entry = (claims?.status as { status_list?: { idx: number; uri: string } } | undefined)?.status_list
  if (!claims?.jti || !entry) return undefined
  const listId = entry.uri.slice(entry.uri.lastIndexOf('/') + 1) as StatusListId
  const active = await verifyToken(deps, client, { tokenId: claims.jti as TokenId, listId, index: entry.idx })
  return active ? claims : undefined
}
