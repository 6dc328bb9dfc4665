import type { Context } from 'hono'
import type { JWK } from 'jose'
import { z } from 'zod'
import { DETAIL_TYPES } from '../catalog/detail-types.ts'
import { LOOKED_AT } from '../catalog/keys-at-address.ts'
import { type InvitedClient, registerInvitedClient } from '../catalog/register-invited-client.ts'
import { boundedText, type Env, mustBeOfType } from '../http.ts'
import { Refusal, refusals } from '../refusal.ts'
import { parseStrictJson } from '../strict-json.ts'
import { ALGORITHMS, fits } from './algorithms.ts'
import { CIBA_GRANT } from './metadata.ts'
import { OAuthError, type OAuthErrorCode } from './oauth-error.ts'

const LARGEST_BYTES = 32 * 1024

/** Client metadata as RFC 7591 §2 names them. What we do not know is ignored, as it wants; what we know must be as we work. */
const metadata = z.object({
  client_name: z.string().trim().min(1).max(100),
  grant_types: z.array(z.string()).min(1).max(3),
  jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }).optional(),
  jwks_uri: z.string().max(500).optional(),
  redirect_uris: z.array(z.string().max(500)).max(10).default([]),
  response_types: z.array(z.literal('code')).optional(),
  token_endpoint_auth_method: z.literal('private_key_jwt').optional(),
  token_endpoint_auth_signing_alg: z.enum(ALGORITHMS).optional(),
  dpop_bound_access_tokens: z.literal(true).optional(),
  authorization_details_types: z.array(z.enum(DETAIL_TYPES)).max(DETAIL_TYPES.length).optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  id_token_signed_response_alg: z.enum(['EdDSA', 'ES256']).optional(),
  backchannel_token_delivery_mode: z.enum(['poll', 'ping']).optional(),
  backchannel_client_notification_endpoint: z.string().max(500).optional(),
  backchannel_user_code_parameter: z.literal(false).optional(),
})

/**
 * `POST /register` (RFC 7591): a supplier registers one client with the initial access token it was given. The answer says what
 * was registered; there is no secret in it, and no registration to be managed later (RFC 7592): that the operator does.
 */
export async function answerRegister(c: Context<Env>): Promise<Response> {
  const { deps } = c.var
  const token = /^Bearer ([A-Za-z0-9._~+/-]{1,200}=*)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (!token) throw invalidToken('an initial access token is needed')
  const client = clientOf(await bodyOf(c))
  try {
    const { clientId, registeredAt, types } = await registerInvitedClient(deps, token, client)
    const answer = { client_id: clientId, client_id_issued_at: Math.floor(registeredAt.getTime() / 1000), ...metadataOf(client, types) }
    return c.json(answer, 201, { 'cache-control': 'no-store' })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw told(error)
  }
}

async function bodyOf(c: Context<Env>): Promise<unknown> {
  try {
    mustBeOfType(c, 'application/json')
    return parseStrictJson(await boundedText(c, LARGEST_BYTES))
  } catch (error) {
    if (error instanceof SyntaxError) throw new OAuthError('invalid_client_metadata', `the body ${error.message}`)
    if (!(error instanceof Refusal)) throw error
    throw new OAuthError('invalid_client_metadata', refusals[error.code].title, { status: refusals[error.code].status })
  }
}

const WAYS = new Map<string, InvitedClient['way']>([
  ['client_credentials', 'organisation'],
  [CIBA_GRANT, 'ciba'],
  ['authorization_code', 'redirect'],
])

function clientOf(body: unknown): InvitedClient {
  const read = metadata.safeParse(body)
  if (!read.success) throw wrong(read.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`).join('; '))
  const { client_name: name, grant_types, jwks, jwks_uri: jwksUri, redirect_uris: redirectUris } = read.data
  const [grant, ...others] = grant_types.filter((type) => type !== 'refresh_token')
  const way = WAYS.get(grant ?? '')
  if (!way || others.length > 0) throw wrong('grant_types: one way of working for each client, with refresh_token where it has one')
  if (way === 'organisation' && grant_types.length > 1) throw wrong('grant_types: client_credentials has no refresh_token')
  if ((jwks === undefined) === (jwksUri === undefined)) throw wrong('either jwks or jwks_uri is needed (RFC 7591 §2)')
  const notificationUri = notificationUriIn(read.data, way)
  const {
    authorization_details_types: types,
    token_endpoint_auth_signing_alg: assertionAlg,
    id_token_signed_response_alg: idTokenAlg,
  } = read.data
  if (idTokenAlg !== undefined && way !== 'ciba')
    throw wrong('id_token_signed_response_alg: only with the CIBA grant, which gives ID tokens')
  if (assertionAlg !== undefined && jwks && !jwks.keys.some((jwk) => fits(jwk, assertionAlg)))
    throw wrong('token_endpoint_auth_signing_alg: none of the keys is for it')
  const common = { name, way, redirectUris, notificationUri, types, assertionAlg, idTokenAlg }
  return jwks ? { ...common, keys: jwks.keys as JWK[] } : { ...common, jwksUri: jwksUri! }
}

/** A client is told at its own address or it polls (CIBA §4); nothing is pushed. */
function notificationUriIn(client: z.infer<typeof metadata>, way: InvitedClient['way']): string | undefined {
  const { backchannel_token_delivery_mode: mode = 'poll', backchannel_client_notification_endpoint: uri } = client
  if ((mode === 'ping') !== (uri !== undefined))
    throw wrong('backchannel_client_notification_endpoint goes with ping, and with nothing else')
  if (uri !== undefined && way !== 'ciba') throw wrong('backchannel_client_notification_endpoint: only with the CIBA grant')
  return uri
}

/** What is registered, whatever was left out of the request (§3.2.1). */
function metadataOf(client: InvitedClient, types: readonly string[]) {
  const { name, way, redirectUris, notificationUri, assertionAlg, idTokenAlg } = client
  const grantTypes = {
    organisation: ['client_credentials'],
    ciba: [CIBA_GRANT, 'refresh_token'],
    redirect: ['authorization_code', 'refresh_token'],
  }[way]
  return {
    client_name: name,
    grant_types: grantTypes,
    response_types: way === 'redirect' ? ['code'] : [],
    ...(redirectUris.length > 0 && { redirect_uris: redirectUris }),
    ...('keys' in client ? { jwks: { keys: client.keys } } : { jwks_uri: client.jwksUri }),
    token_endpoint_auth_method: 'private_key_jwt',
    ...(assertionAlg && { token_endpoint_auth_signing_alg: assertionAlg }),
    dpop_bound_access_tokens: true,
    authorization_details_types: types,
    ...(way === 'redirect' && { require_pushed_authorization_requests: true }),
    ...(way === 'ciba' && {
      backchannel_token_delivery_mode: notificationUri === undefined ? 'poll' : 'ping',
      backchannel_user_code_parameter: false,
      id_token_signed_response_alg: idTokenAlg ?? 'EdDSA',
    }),
    ...(notificationUri !== undefined && { backchannel_client_notification_endpoint: notificationUri }),
  }
}

function told({ code, details }: Refusal): OAuthError {
  const { title } = refusals[code]
  if (code === 'client_invitation_invalid') return invalidToken(title)
  if (code === 'too_many_requests') {
    return new OAuthError('temporarily_unavailable', title, { headers: { 'retry-after': String(LOOKED_AT.seconds) } })
  }
  const error: OAuthErrorCode = code === 'redirect_uri_invalid' ? 'invalid_redirect_uri' : 'invalid_client_metadata'
  return new OAuthError(error, typeof details.detail === 'string' ? `${title}: ${details.detail}` : title)
}

const wrong = (description: string) => new OAuthError('invalid_client_metadata', description.slice(0, 500))
const invalidToken = (description: string) =>
  new OAuthError('invalid_token', description, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
