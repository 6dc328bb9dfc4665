import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import { z } from 'zod'
import { ALGORITHMS } from './algorithms.ts'

type Registry = OpenAPIHono['openAPIRegistry']

const TAG = 'OAuth 2.0'
const form = (schema: z.ZodType) => ({ body: { required: true, content: { 'application/x-www-form-urlencoded': { schema } } } })
const json = (description: string, schema: z.ZodType, type = 'application/json') => ({ description, content: { [type]: { schema } } })

const clientAssertion = {
  client_id: z.string().optional(),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: z.string().describe('private_key_jwt (RFC 7523): aud is the issuer, as a string; a jti is good for once'),
}

const details = z.string().describe('A JSON array with one pupil-data entry (RFC 9396)')

const oauthError = z
  .object({ error: z.string(), error_description: z.string().optional() })
  .meta({ id: 'OAuthError', description: 'RFC 6749 §5.2' })

const refused = {
  400: json('The request is not one we grant', oauthError),
  401: json('The client is not known by this assertion', oauthError),
  413: json('The body is too large', oauthError),
  415: json('The body is not a form', oauthError),
}

const metadata = z.looseObject({ issuer: z.url(), jwks_uri: z.url(), token_endpoint: z.url() })

const clientMetadata = z.looseObject({
  client_name: z.string(),
  grant_types: z.array(z.string()),
  jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }).optional(),
  jwks_uri: z.url().optional(),
  redirect_uris: z.array(z.url()).optional(),
  token_endpoint_auth_signing_alg: z.enum(ALGORITHMS).optional().describe('Then it is known by no assertion that another algorithm signed'),
  id_token_signed_response_alg: z
    .enum(['EdDSA', 'ES256'])
    .optional()
    .describe('Of a client that asks people directly (CIBA); EdDSA when left out'),
  backchannel_token_delivery_mode: z.enum(['poll', 'ping']).optional(),
  backchannel_client_notification_endpoint: z.url().optional(),
})

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: z.looseObject({ code: z.string() }) } },
})
const unmanaged = {
  401: problem('No valid access token with a DPoP proof'),
  403: problem('The token lacks the scope'),
  404: problem('This supplier has no such grant, or it is over'),
}
const grantStatus = z.object({
  scopes: z.array(z.object({ scope: z.string() })),
  claims: z.array(z.string()),
  authorization_details: z.array(z.looseObject({ type: z.string() })),
  created_at: z.iso.datetime(),
  last_updated_at: z.iso.datetime(),
  expires_at: z.iso.datetime().optional(),
})

const parOperation: RouteConfig = {
  method: 'post',
  path: '/par',
  operationId: 'pushRequest',
  summary: 'Pushes what to ask somebody who is at the supplier’s site (RFC 9126)',
  description:
    'As form parameters, or all of them in a signed request object (RFC 9101). Then send the browser to the authorization endpoint with client_id and request_uri. Whom it is about is chosen there.',
  security: [{ privateKeyJwt: [] }],
  request: {
    headers: z.object({ DPoP: z.string().optional().describe('Binds the code to its key, as dpop_jkt does (RFC 9449 §10)') }),
    ...form(
      z.object({
        ...clientAssertion,
        request: z.string().optional(),
        response_type: z.literal('code').optional(),
        redirect_uri: z.string().optional(),
        state: z.string().optional(),
        code_challenge: z.string().optional(),
        code_challenge_method: z.literal('S256').optional(),
        dpop_jkt: z.string().optional(),
        resource: z.string().optional(),
        authorization_details: details.optional(),
        grant_management_action: z.string().optional(),
        grant_id: z.string().optional(),
      }),
    ),
  },
  responses: {
    201: json('Where to send the browser with, within 90 seconds', z.object({ request_uri: z.string(), expires_in: z.int() })),
    ...refused,
    403: json('This supplier may not ask now', oauthError),
    429: json('This client pushes too much; Retry-After says when it may again', oauthError),
  },
}

const operations: RouteConfig[] = [
  {
    method: 'get',
    path: '/.well-known/oauth-authorization-server',
    operationId: 'getServerMetadata',
    summary: 'What this authorization server offers (RFC 8414)',
    responses: { 200: json('The metadata', metadata) },
  },
  {
    method: 'get',
    path: '/.well-known/openid-configuration',
    operationId: 'getOpenidConfiguration',
    summary: 'The same document where OpenID Connect looks for it',
    responses: { 200: json('The metadata', metadata) },
  },
  {
    method: 'get',
    path: '/.well-known/oauth-protected-resource/v1',
    operationId: 'getResourceMetadata',
    summary: 'What our own REST API wants from a token (RFC 9728)',
    responses: { 200: json('The metadata', z.looseObject({ resource: z.url() })) },
  },
  {
    method: 'get',
    path: '/.well-known/oauth-protected-resource/grants',
    operationId: 'getGrantsMetadata',
    summary: 'What grant management wants from a token (RFC 9728)',
    responses: { 200: json('The metadata', z.looseObject({ resource: z.url() })) },
  },
  {
    method: 'get',
    path: '/grants/{grant_id}',
    operationId: 'queryGrant',
    summary: 'What was granted directly to a supplier (Grant Management §6.3)',
    description:
      'Only of a grant that a person gave to you directly. What a school released is in the list of its agreement, and you give it up with its request.',
    security: [{ dpop: ['grant_management_query'] }],
    request: { params: z.object({ grant_id: z.uuid() }) },
    responses: { 200: json('What stands of it', grantStatus), ...unmanaged },
  },
  {
    method: 'delete',
    path: '/grants/{grant_id}',
    operationId: 'revokeGrant',
    summary: 'A supplier gives a grant up (Grant Management §6.4)',
    description: 'Its tokens and refresh tokens end, for every client of the supplier, and the duty to destroy the data begins.',
    security: [{ dpop: ['grant_management_revoke'] }],
    request: { params: z.object({ grant_id: z.uuid() }) },
    responses: { 204: { description: 'It is over' }, ...unmanaged },
  },
  {
    method: 'get',
    path: '/jwks',
    operationId: 'getKeys',
    summary: 'The public keys, one kind of JWT per key (RFC 7517)',
    responses: { 200: json('The keys', z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }), 'application/jwk-set+json') },
  },
  {
    method: 'post',
    path: '/token',
    operationId: 'issueToken',
    summary: 'Redeems a grant just in time, or gives a token for the REST API (RFC 6749, 9396, 9449)',
    security: [{ privateKeyJwt: [] }],
    request: {
      headers: z.object({ DPoP: z.string().describe('RFC 9449; a proof is good for once') }),
      ...form(
        z.object({
          grant_type: z.enum(['authorization_code', 'refresh_token', 'client_credentials', 'urn:openid:params:grant-type:ciba']),
          ...clientAssertion,
          authorization_details: details.optional(),
          scope: z.string().optional(),
          resource: z.string().optional(),
          auth_req_id: z.string().optional(),
          code: z.string().optional(),
          code_verifier: z.string().optional(),
          refresh_token: z.string().optional(),
          redirect_uri: z.string().optional(),
        }),
      ),
    },
    responses: {
      200: json(
        'The token',
        z.looseObject({
          access_token: z.string(),
          refresh_token: z.string().optional(),
          token_type: z.literal('DPoP'),
          expires_in: z.int(),
          scope: z.string().optional(),
          grant_id: z.uuid().optional(),
          authorization_details: z.array(z.looseObject({ type: z.string() })).optional(),
        }),
      ),
      ...refused,
    },
  },
  parOperation,
  {
    method: 'post',
    path: '/bc-authorize',
    operationId: 'askDirectly',
    summary: 'Asks somebody directly who gave a link code (CIBA, poll mode)',
    description: 'An unknown link code is answered as a known one: whether anybody is asked shows only when they answer.',
    security: [{ privateKeyJwt: [] }],
    request: form(
      z.object({
        ...clientAssertion,
        scope: z.string().describe('contains openid'),
        login_hint: z.string().optional().describe('The link code'),
        id_token_hint: z.string().optional().describe('Instead: an ID token that this client got before'),
        client_notification_token: z.string().max(1024).optional().describe('Of a client that is told (ping): what we come with'),
        authorization_details: details,
        binding_message: z.string().max(40).optional(),
        requested_expiry: z.string().optional(),
        resource: z.string().optional(),
        grant_management_action: z.string().optional().describe('create, or replace with a grant_id'),
        grant_id: z.string().optional(),
      }),
    ),
    responses: {
      200: json('Asked, or so it seems', z.object({ auth_req_id: z.string(), expires_in: z.int(), interval: z.int() })),
      ...refused,
      403: json('This supplier may not ask now', oauthError),
      429: json('This client asks too much; Retry-After says when it may again', oauthError),
    },
  },
  {
    method: 'post',
    path: '/introspect',
    operationId: 'introspectToken',
    summary: 'Whether a token is good at this moment (RFC 7662)',
    description: 'For the data holder a token was made for. Everybody else learns that it is not active, and nothing more.',
    security: [{ privateKeyJwt: [] }],
    request: form(z.object({ ...clientAssertion, token: z.string(), token_type_hint: z.string().optional() })),
    responses: {
      200: {
        description: 'What it says, or that it is not active; signed when asked for by Accept (RFC 9701)',
        content: {
          'application/json': { schema: z.looseObject({ active: z.boolean() }) },
          'application/token-introspection+jwt': { schema: z.string() },
        },
      },
      ...refused,
    },
  },
  {
    method: 'post',
    path: '/register',
    operationId: 'registerClient',
    summary: 'A supplier that was invited registers a client (RFC 7591)',
    description: 'With an initial access token that the operator or a board gave; it is good for one client.',
    security: [{ initialAccessToken: [] }],
    request: { body: { required: true, content: { 'application/json': { schema: clientMetadata } } } },
    responses: {
      201: json('The client as registered', clientMetadata.extend({ client_id: z.string(), client_id_issued_at: z.int() })),
      400: json('What is wrong with it', oauthError),
      401: json('The initial access token is not valid, or was used', oauthError),
      413: json('The body is too large', oauthError),
      415: json('The body is not JSON', oauthError),
      429: json('This supplier has us look at too many addresses; Retry-After says when it may again', oauthError),
    },
  },
  {
    method: 'post',
    path: '/revoke',
    operationId: 'revokeToken',
    summary: 'Gives a token back (RFC 7009)',
    description: 'Every kind of token, in every format. What is not a live token of this client is left as it is and answered the same.',
    security: [{ privateKeyJwt: [] }],
    request: form(z.object({ ...clientAssertion, token: z.string(), token_type_hint: z.string().optional() })),
    responses: { 200: { description: 'It is not a live token of this client, or no longer' }, ...refused },
  },
  {
    method: 'get',
    path: '/status',
    operationId: 'getStatusLists',
    summary: 'Where all status lists are that live tokens can be in (Token Status List §9)',
    responses: { 200: json('Their addresses', z.object({ status_lists: z.array(z.url()) })) },
  },
  {
    method: 'get',
    path: '/status/{list}',
    operationId: 'getStatusList',
    summary: 'Which tokens of a list were ended (Token Status List)',
    request: { params: z.object({ list: z.uuid() }) },
    responses: {
      200: json('The signed list, good for a minute', z.string(), 'application/statuslist+jwt'),
      404: { description: 'There is no such list' },
      406: { description: 'Lists come as JWT only' },
      501: { description: 'Historical status is not kept' },
    },
  },
]

/** Puts the OAuth endpoints in the contract. They read their forms by hand, as RFC 6749 wants its errors. */
export function describeOauth(registry: Registry): void {
  for (const operation of operations) registry.registerPath({ tags: [TAG], ...operation })
}
