// The peer of the token benchmarks, in a process of its own: oidc-provider with everything in memory, with private_key_jwt, DPoP
// and EdDSA, issuing JWT access tokens. Usage: node oidc-provider-peer.ts PORT CLIENT_JWK PROVIDER_JWK
import { calculateJwkThumbprint, type JWK } from 'jose'
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider'
import { CHALLENGE, REDIRECT_URI, RESOURCE } from './exchange.ts'

const [port, clientJwk, providerJwk] = process.argv.slice(2) as [string, string, string]
const issuer = `http://127.0.0.1:${port}`
const jwk = JSON.parse(clientJwk) as JWK
const jkt = await calculateJwkThumbprint(jwk)
const warn = console.warn
console.warn = () => {}

/** In memory like its own store, which forgets what is more than a thousand. */
class Kept implements Adapter {
  readonly #kept = new Map<string, AdapterPayload>()
  upsert = async (id: string, payload: AdapterPayload) => void this.#kept.set(id, payload)
  find = async (id: string) => this.#kept.get(id)
  findByUserCode = async () => undefined
  findByUid = async () => undefined
  consume = async (id: string) => void Object.assign(this.#kept.get(id)!, { consumed: Math.floor(Date.now() / 1000) })
  destroy = async (id: string) => void this.#kept.delete(id)
  revokeByGrantId = async () => {}
}

const CIBA = 'urn:openid:params:grant-type:ciba'
const client = (client_id: string, grant_types: string[], more: object = {}) => ({
  client_id,
  grant_types,
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'EdDSA',
  dpop_bound_access_tokens: true,
  jwks: { keys: [jwk] },
  ...more,
})

const provider = new Provider(issuer, {
  adapter: Kept,
  routes: { introspection: '/introspect' },
  clients: [
    client('bench', ['client_credentials']),
    client('bench-holder', []),
    client('bench-redirect', ['authorization_code', 'refresh_token'], { redirect_uris: [REDIRECT_URI], response_types: ['code'] }),
    client('bench-ciba', [CIBA, 'refresh_token'], { backchannel_token_delivery_mode: 'poll' }),
  ] as never,
  jwks: { keys: [JSON.parse(providerJwk)] },
  enabledJWA: { clientAuthSigningAlgValues: ['EdDSA'], dPoPSigningAlgValues: ['EdDSA'], idTokenSigningAlgValues: ['EdDSA'] },
  clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: false,
  ttl: {
    AuthorizationCode: 600,
    BackchannelAuthenticationRequest: 600,
    AccessToken: 600,
    RefreshToken: 86_400,
    IdToken: 300,
    Grant: 86_400,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    ciba: {
      enabled: true,
      deliveryModes: ['poll'],
      processLoginHint: () => 'nadia',
      processLoginHintToken: () => 'nadia',
      validateRequestContext: () => {},
      validateBindingMessage: () => {},
      verifyUserCode: () => {},
      triggerAuthenticationDevice: () => {},
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      getResourceServerInfo: () => ({
        scope: 'read',
        audience: RESOURCE,
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'EdDSA' } },
      }),
    },
  } as never,
})

const grantOf = async (clientId: string) => {
  const grant = new provider.Grant({ accountId: 'nadia', clientId })
  grant.addOIDCScope('openid')
  grant.addResourceScope(RESOURCE, 'read')
  return await grant.save()
}
const authTime = Math.floor(Date.now() / 1000)
const MAKE: Record<string, () => Promise<string>> = {
  code: async () =>
    await new provider.AuthorizationCode({
      accountId: 'nadia',
      client: (await provider.Client.find('bench-redirect'))!,
      grantId: await grantOf('bench-redirect'),
      redirectUri: REDIRECT_URI,
      codeChallenge: CHALLENGE,
      codeChallengeMethod: 'S256',
      resource: RESOURCE,
      scope: 'read',
      authTime,
      dpopJkt: jkt,
    } as never).save(),
  asked: async () => await (await asked()).save(),
  answered: async () => {
    const request = await asked()
    Object.assign(request, { grantId: await grantOf('bench-ciba'), authTime })
    return await request.save()
  },
  token: async () => {
    const found = (await provider.Client.find('bench'))!
    const token = new provider.ClientCredentials({ client: found, scope: 'read' } as never)
    Object.assign(token, { jkt })
    return await token.save()
  },
}
const asked = async () =>
  new provider.BackchannelAuthenticationRequest({
    accountId: 'nadia',
    client: (await provider.Client.find('bench-ciba'))!,
    scope: 'openid read',
    resource: RESOURCE,
    params: {},
  } as never)

provider.use(async (context, next) => {
  const [, what, count] = /^\/prepare\/(\w+)\/(\d+)$/.exec(context.path) ?? []
  const make = what && MAKE[what]
  if (!make) return await next()
  context.body = await Promise.all(Array.from({ length: Number(count) }, make))
})
provider.on('server_error', (_context, error) => warn(error))
provider.listen(Number(port), '127.0.0.1')
