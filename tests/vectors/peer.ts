import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import Provider, { errors } from 'oidc-provider'
import { UNKNOWN_CRITICAL, type WorldClient } from '../support/driver.ts'
import type { SmallWorld } from '../support/world.ts'
import { answerOf, type Target } from './target.ts'

const FIELDS: Record<string, (value: unknown) => boolean> = {
  type: (value) => value === 'pupil-data',
  locations: Array.isArray,
  actions: (value) => Array.isArray(value) && value.every((action) => action === 'read'),
  datatypes: Array.isArray,
  purpose: (value) => typeof value === 'string',
}

/** The same type of `authorization_details`, as strict as its own validator is written. */
function validate(_: unknown, detail: Record<string, unknown>): void {
  for (const name of Object.keys(detail)) {
    if (!(name in FIELDS) && name !== 'identifier') throw new errors.InvalidAuthorizationDetails(`${name} is unknown`)
  }
  for (const [name, fits] of Object.entries(FIELDS)) {
    if (!fits(detail[name])) throw new errors.InvalidAuthorizationDetails(`${name} is wrong`)
  }
}

/** What was granted is what was asked: of a code what its grant says, else what this very request names. */
function detailsFor(ctx: { oidc: { params?: Record<string, unknown> } }, _token: unknown, source: { rar?: unknown } | undefined): unknown {
  const asked = ctx.oidc.params?.authorization_details
  return typeof asked === 'string' ? JSON.parse(asked) : source?.rar
}

/** Clients beside those of the world, with the keys of one of them. */
const OTHERS = {
  ciba: { name: 'ciba', id: 'another-ciba' },
  holder: { name: 'holder', id: 'another-holder' },
} as const

/** oidc-provider 9 with the same clients, keys and features, in this process and by this clock: a server to try the vectors on. */
export async function peer(world: SmallWorld, pass: Target['pass']) {
  const resource = world.resource
  const ways: Record<WorldClient, object> = {
    organisation: { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
    ciba: {
      grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
      response_types: [],
      redirect_uris: [],
      backchannel_token_delivery_mode: 'poll',
    },
    redirect: { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], redirect_uris: [world.redirectUri] },
    holder: { grant_types: [], response_types: [], redirect_uris: [] },
  }
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const signingJwk = { ...(await exportJWK(privateKey)), kid: 'p1', use: 'sig', alg: 'EdDSA' }
  const names = Object.keys(ways) as WorldClient[]
  const { server, provider, issuer } = await listening((at) => {
    return new Provider(at, {
      clients: [...names.map((name) => ({ name, id: world.clients[name] as string })), ...Object.values(OTHERS)].map(({ name, id }) => ({
        client_id: id,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'EdDSA',
        id_token_signed_response_alg: 'EdDSA',
        request_object_signing_alg: 'EdDSA',
        authorization_details_types: ['pupil-data'],
        dpop_bound_access_tokens: true,
        jwks: { keys: [world.keys[name].publicJwk] },
        ...ways[name],
      })) as never,
      jwks: { keys: [signingJwk] as never },
      routes: {
        authorization: '/authorize',
        token: '/token',
        pushed_authorization_request: '/par',
        backchannel_authentication: '/bc-authorize',
        introspection: '/introspect',
        revocation: '/revoke',
      },
      enabledJWA: {
        clientAuthSigningAlgValues: ['EdDSA', 'ES256'],
        dPoPSigningAlgValues: ['EdDSA', 'ES256'],
        idTokenSigningAlgValues: ['EdDSA'],
        requestObjectSigningAlgValues: ['EdDSA', 'ES256'],
      },
      clientAuthMethods: ['private_key_jwt'],
      findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        dPoP: { enabled: true, nonceSecret: randomBytes(32) },
        pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
        requestObjects: { enabled: true },
        introspection: { enabled: true, allowedPolicy: () => true },
        revocation: { enabled: true },
        fapi: { enabled: true, profile: '2.0' },
        ciba: {
          enabled: true,
          deliveryModes: ['poll'],
          processLoginHint: (_ctx: unknown, hint: string) => (hint === 'nadia' ? hint : undefined),
          processLoginHintToken: () => 'nadia',
          validateRequestContext: () => {},
          verifyUserCode: () => {},
          triggerAuthenticationDevice: () => {},
        },
        richAuthorizationRequests: {
          enabled: true,
          types: { 'pupil-data': { validate } },
          authorizationDetailsForGrantSource: () => undefined,
          authorizationDetailsForAccessToken: detailsFor,
          authorizationDetailsForIntrospection: () => undefined,
        },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => resource,
          getResourceServerInfo: (_ctx: unknown, asked: string) => {
            if (asked !== resource) throw new errors.InvalidTarget()
            return { scope: 'read', audience: resource, accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'EdDSA' } } }
          },
        },
      } as never,
    })
  })
  const keyOf = (name: WorldClient) => world.keys[name].privateKey
  const now = () => Math.floor(Date.now() / 1000)
  const url: Target['url'] = (endpoint) => `${issuer}/${endpoint}`
  const key: Target['key'] = async (alg = 'ES256') => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = await exportJWK(publicKey)
    return {
      jkt: await calculateJwkThumbprint(jwk),
      proof: async (claims = {}, header = {}) =>
        await new SignJWT({ htm: 'POST', htu: url('token'), iat: now(), jti: crypto.randomUUID(), ...claims } as JWTPayload)
          .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk, ...header })
          .sign(privateKey, UNKNOWN_CRITICAL),
    }
  }
  const post: Target['post'] = async (endpoint, form, headers = {}) => {
    const fields = (Array.isArray(form) ? form : Object.entries(form)).filter((field): field is [string, string] => field[1] !== undefined)
    return await answerOf(await fetch(url(endpoint), { method: 'POST', body: new URLSearchParams(fields), headers }))
  }
  const assertion: Target['assertion'] = async (name, claims = {}, header = {}, by) => {
    const clientId = world.clients[name]
    const payload = { iss: clientId, sub: clientId, aud: issuer, iat: now(), exp: now() + 60, jti: crypto.randomUUID(), ...claims }
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT(payload as JWTPayload)
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', ...header })
        .sign(by ?? keyOf(name), UNKNOWN_CRITICAL),
    }
  }
  const otherOf = async ({ name, id }: (typeof OTHERS)[keyof typeof OTHERS]) => await assertion(name, { iss: id, sub: id })
  const grantTo = async (clientId: string) => {
    const grant = new provider.Grant({ accountId: 'nadia', clientId })
    grant.addResourceScope(resource, 'read')
    grant.addOIDCScope('openid')
    return await grant.save()
  }
  const entry: Target['entry'] = (other = {}) => ({
    type: 'pupil-data',
    locations: [resource],
    actions: ['read'],
    datatypes: ['arithmetic-results'],
    purpose: '5.1.a',
    ...other,
  })
  const target: Target = {
    issuer,
    resource,
    redirectUri: world.redirectUri,
    clientId: (name) => world.clients[name],
    entry,
    url,
    post,
    assertion,
    key,
    keyOf,
    otherClient: async () => await otherOf(OTHERS.ciba),
    otherHolder: async () => await otherOf(OTHERS.holder),
    now,
    pass,
    hint: async () => 'nadia',
    asked: async () => {
      const form = { scope: 'openid', login_hint: 'nadia', authorization_details: JSON.stringify([entry()]) }
      const { body } = await post('bc-authorize', { ...form, ...(await assertion('ciba')) })
      const authReqId = body.auth_req_id as string
      const say = async (answer: 'yes' | 'no') =>
        await provider.backchannelResult(authReqId, answer === 'yes' ? await grantTo(world.clients.ciba) : new errors.AccessDenied())
      return { authReqId, say }
    },
    code: async (verifier = randomBytes(32).toString('base64url')) => {
      const bound = await key()
      const grantId = await grantTo(world.clients.redirect)
      const code = new provider.AuthorizationCode({
        accountId: 'nadia',
        client: (await provider.Client.find(world.clients.redirect))!,
        grantId,
        redirectUri: world.redirectUri,
        codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
        codeChallengeMethod: 'S256',
        resource,
        scope: 'read offline_access',
        authTime: now(),
        dpopJkt: bound.jkt,
      } as never)
      return { code: await code.save(), verifier, key: bound }
    },
    accessToken: async () => {
      const form = { grant_type: 'client_credentials', resource, authorization_details: JSON.stringify([entry()]) }
      const { body } = await post('token', { ...form, ...(await assertion('organisation')) }, { dpop: await (await key()).proof() })
      return body.access_token as string
    },
    get: async (path, headers = {}) => await answerOf(await fetch(issuer + path, { headers, redirect: 'manual' })),
    decided: () => Promise.reject(new Error('there are no pages here')),
    present: () => Promise.reject(new Error('there is no such resource here')),
    accessJwt: () => Promise.reject(new Error('there is no such resource here')),
  }
  return { target, close: () => new Promise((resolve) => server.close(resolve)) }
}

/** Its issuer has its port in it, so the port comes first. */
async function listening(make: (issuer: string) => Provider) {
  let handle: ReturnType<Provider['callback']> | undefined
  const server = createServer((request, response) => void handle?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = make(issuer)
  handle = provider.callback()
  return { server, provider, issuer }
}
