import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import type { Deps } from '../deps.ts'
import { redeem } from '../grants/redeem.ts'
import { NotGranted, type Redeemer, type Wish } from '../grants/wish.ts'
import type { Env } from '../http.ts'
import { accessTokenAnswer } from './access-token.ts'
import { codeToken } from './authorization-code.ts'
import { mustBeAllowed } from './authorization-details.ts'
import { cibaToken } from './ciba.ts'
import { signJwt } from './keys.ts'
import { CIBA_GRANT } from './metadata.ts'
import { notGranted } from './not-granted.ts'
import { OAuthError } from './oauth-error.ts'
import { refreshGrant } from './refresh-grant.ts'
import { resourceOf, SCOPES_OF } from './scopes.ts'
import { formatOf } from './token-format.ts'
import { type TokenRequest, tokenRequest } from './token-request.ts'
import { mustFit } from './token-size.ts'

/** How long an access token for our own REST API lives. */
const REST_TOKEN_SECONDS = 600

/** `POST /token`: every grant type, with `private_key_jwt` and DPoP. */
export async function answerToken(c: Context<Env>): Promise<Response> {
  const request = await tokenRequest(c)
  try {
    return c.json(await granted(c.var.deps, request), 200, { 'cache-control': 'no-store' })
  } finally {
    // Neither a token nor a refusal goes out before the assertion and the proof are used up.
    await request.once
  }
}

async function granted(deps: Deps, request: TokenRequest): Promise<Record<string, unknown>> {
  const { form, wish } = request
  if (wish) return await redeemed(deps, request, wish)
  await request.once
  const grantType = form.get('grant_type')
  if (grantType === 'client_credentials') return await restToken(deps, request)
  if (grantType === CIBA_GRANT) return await cibaToken(deps, request)
  if (grantType === 'authorization_code') return await codeToken(deps, request)
  if (grantType === 'refresh_token') return await refreshGrant(deps, request)
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
  throw new OAuthError('unsupported_grant_type', 'the grant types are those of our metadata')
}

/** Redeems grants that a school released. Whatever is not granted gets one and the same answer. */
async function redeemed(deps: Deps, request: TokenRequest, wish: Wish | OAuthError): Promise<Record<string, unknown>> {
  const { form, client, jkt, txn, once, key, found } = request
  if (form.has('scope')) throw new OAuthError('invalid_request', 'a token is for a scope or for authorization_details, not for both')
  if (client.way !== 'organisation') throw new OAuthError('unauthorized_client', 'this client does not work by way of schools')
  if (wish instanceof OAuthError) throw wish
  mustBeAllowed(client, wish.resource, wish.datatypes)
  if ((form.get('resource') ?? wish.resource) !== wish.resource)
    throw new OAuthError('invalid_target', 'resource is another than locations names')
  const redeemer: Redeemer = { clientId: client.clientId, supplierId: client.supplierId, jkt, txn }
  const format = found ? formatOf(found) : undefined
  await mustFit(deps, client.clientId, { ...wish, subjects: wish.identifiers.length }, format ?? { format: 'jwt' })
  try {
    const issued = await redeem(deps, redeemer, wish, { found, once })
    return await accessTokenAnswer(deps, issued, redeemer, { key, format })
  } catch (error) {
    if (!(error instanceof NotGranted)) throw error
    await notGranted(deps, redeemer, error)
    throw new OAuthError('invalid_authorization_details', 'there is no grant for all of this')
  }
}

/** An access token for `{issuer}/v1`. It says who the client is and what for; each command decides what that client may. */
async function restToken(deps: Deps, { form, client, at, jkt, key }: TokenRequest): Promise<Record<string, unknown>> {
  const scopes = [...new Set((form.get('scope') ?? '').split(' ').filter(Boolean))]
  if (scopes.length === 0) throw new OAuthError('invalid_scope', 'ask for a scope or for authorization_details')
  const allowed = SCOPES_OF[client.way].filter((scope) => scopes.includes(scope))
  if (allowed.length < scopes.length) throw new OAuthError('invalid_scope', 'a scope is not one of this client', { attempted: true })
  const aud = resourceOf(deps.issuer, allowed[0]!)
  if (allowed.some((scope) => resourceOf(deps.issuer, scope) !== aud))
    throw new OAuthError('invalid_scope', 'these scopes are of two resources: ask a token for each')
  if ((form.get('resource') ?? aud) !== aud) throw new OAuthError('invalid_target', 'these scopes are of another resource of ours')
  const iat = Math.floor(at.getTime() / 1000)
  const scope = scopes.join(' ')
  const claims = {
    iss: deps.issuer,
    aud,
    sub: client.clientId,
    client_id: client.clientId,
    azp: client.clientId,
    scope,
    iat,
    exp: iat + REST_TOKEN_SECONDS,
    jti: randomUUID(),
    cnf: { jkt },
  }
  const access_token = await signJwt(deps, 'access_token', 'at+jwt', claims, at, key)
  return { access_token, token_type: 'DPoP', expires_in: REST_TOKEN_SECONDS, scope }
}
