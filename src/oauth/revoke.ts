import type { Context } from 'hono'
import { decodeProtectedHeader } from 'jose'
import type { Deps } from '../deps.ts'
import { revokeToken } from '../grants/revoke-token.ts'
import type { Env } from '../http.ts'
import type { ClientId, TokenId } from '../ids.ts'
import { authenticated } from './authenticate.ts'
import { verifyOwnJwt } from './keys.ts'
import { OAuthError } from './oauth-error.ts'
import { revokeRefreshToken } from './revoke-refresh-token.ts'
import { revokeRestToken } from './revoked-rest-token.ts'
import { grantsResource, restResource } from './scopes.ts'
import { signedTokenIn } from './token-format.ts'

/**
 * `POST /revoke` (RFC 7009), for every kind of token we give out. What is no live token of this client is answered like one
 * that was: whose a token is, nobody hears here. The hint is not needed, so it is not read. A revocation that could not be
 * stored is answered 500 by the routes' error handler, never 200.
 */
export async function answerRevoke(c: Context<Env>): Promise<Response> {
  const { form, client, at } = await authenticated(c)
  const token = form.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing')
  await revoke(c.var.deps, client.clientId, token, at)
  return c.body(null, 200, { 'cache-control': 'no-store' })
}

async function revoke(deps: Deps, clientId: ClientId, token: string, at: Date): Promise<void> {
  if (token.length > LONGEST) return
  if (await revokeRefreshToken(deps, clientId, token)) return
  const named = (await signedToken(deps, token, at)) ?? encryptedToken(token)
  if (!named) return
  if (named.aud === restResource(deps.issuer) || named.aud === grantsResource(deps.issuer)) {
    if (named.clientId === clientId) await revokeRestToken(deps.db, clientId, named.jti, named.expiresAt!)
  } else if (UUID.test(named.jti)) {
    await revokeToken(deps, clientId, named.jti as TokenId)
  }
}

interface NamedToken {
  jti: string
  clientId?: unknown
  aud?: unknown
  expiresAt?: Date
}

async function signedToken(deps: Deps, token: string, at: Date): Promise<NamedToken | undefined> {
  const claims = await verifyOwnJwt(deps, 'access_token', 'at+jwt', await signedTokenIn(deps, token), at)
  if (!claims?.jti) return undefined
  return { jti: claims.jti, clientId: claims.client_id, aud: claims.aud, expiresAt: new Date(claims.exp! * 1000) }
}

/**
 * A token encrypted to its holder: we cannot open it either, but its `jti` stands in the header too. The header is nobody's
 * word; all it can do is name another token of the same client.
 */
function encryptedToken(token: string): NamedToken | undefined {
  if (token.split('.').length !== 5) return undefined
  try {
    const { jti } = decodeProtectedHeader(token)
    return typeof jti === 'string' ? { jti } : undefined
  } catch {
    return undefined
  }
}

const LONGEST = 16_384
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
