import type { Context } from 'hono'
import type { JWTPayload } from 'jose'
import type { Deps } from '../deps.ts'
import { verifyToken } from '../grants/verify.ts'
import type { Env } from '../http.ts'
import type { StatusListId, TokenId } from '../ids.ts'
import { preferredType } from './accept.ts'
import { authenticating } from './authenticate.ts'
import type { AuthenticatedClient } from './client-authentication.ts'
import { signJwt, verifyOwnJwt } from './keys.ts'
import { OAuthError } from './oauth-error.ts'
import { signedTokenIn } from './token-format.ts'

const SIGNED = 'application/token-introspection+jwt'

/**
 * `POST /introspect` (RFC 7662). Only the holder a token was made for learns anything of it; to everybody else, and about
 * anything else, the answer is `{"active":false}` and nothing more (§2.2). Whoever asks for it by Accept gets the same
 * signed (RFC 9701): evidence of what the broker said, and when.
 */
export async function answerIntrospect(c: Context<Env>): Promise<Response> {
  const { deps } = c.var
  const { form, client, at, once } = await authenticating(c)
  const token = form.get('token')
  const [claims] = await Promise.all([token === undefined ? undefined : activeClaims(deps, client, token), once])
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
  const answer = claims ? { active: true, token_type: 'DPoP', ...claims } : { active: false }
  const headers = { 'cache-control': 'no-store', vary: 'accept' }
  if (preferredType(c.req.header('accept'), ['application/json', SIGNED]) !== SIGNED) return c.json(answer, 200, headers)
  // No `sub` and no `exp` at the top, so that it can be taken for no other kind of JWT (RFC 9701 §5).
  const signed = { iss: deps.issuer, aud: client.clientId, iat: Math.floor(at.getTime() / 1000), token_introspection: answer }
  const jwt = await signJwt(deps, 'introspection', 'token-introspection+jwt', signed, at)
  return c.body(jwt, 200, { ...headers, 'content-type': SIGNED })
}

async function activeClaims(deps: Deps, client: AuthenticatedClient, token: string): Promise<JWTPayload | undefined> {
  if (client.way !== 'holder' || token.length > 16_384) return undefined
  const claims = await verifyOwnJwt(deps, 'access_token', 'at+jwt', await signedTokenIn(deps, token), deps.now())
  const entry = (claims?.status as { status_list?: { idx: number; uri: string } } | undefined)?.status_list
  if (!claims?.jti || !entry) return undefined
  const listId = entry.uri.slice(entry.uri.lastIndexOf('/') + 1) as StatusListId
  const active = await verifyToken(deps, client, { tokenId: claims.jti as TokenId, listId, index: entry.idx })
  return active ? claims : undefined
}
