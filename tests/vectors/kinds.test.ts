import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createVerifier } from '../../src/holder/verifier.ts'
import { signJwt } from '../../src/oauth/keys.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { redeemed } from '../support/redeemed.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Awaited<ReturnType<typeof redeemed>>
let key: Awaited<ReturnType<typeof dpopKey>>
let jkt: string
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  supplier = await redeemed(broker, world, driver)
  const got = await supplier.redeem()
  key = got.key
  jkt = (JSON.parse(Buffer.from(got.token.split('.')[1]!, 'base64url').toString()) as { cnf: { jkt: string } }).cnf.jkt
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const now = () => Math.floor(broker.clock.now().getTime() / 1000)
const issuer = 'https://broker.test'

/** Claims that would be right everywhere, so that nothing but its kind is wrong with a JWT. */
const right = () => ({
  iss: issuer,
  sub: world.clients.organisation,
  aud: issuer,
  client_id: world.clients.organisation,
  azp: world.clients.organisation,
  scope: 'access_requests',
  iat: now(),
  nbf: now(),
  exp: now() + 60,
  jti: crypto.randomUUID(),
  cnf: { jkt },
  htm: 'POST',
  htu: `${issuer}/token`,
})
const ourOwn = (kind: Parameters<typeof signJwt>[1], typ: string, claims: object = {}) =>
  signJwt(broker.deps, kind, typ, { ...right(), ...claims }, broker.clock.now())
const byClient = (typ: string, claims: object = {}) =>
  new SignJWT({ ...right(), iss: world.clients.organisation, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ })
    .sign(world.keys.organisation.privateKey)

/** Every kind of JWT there is here, and whether some place is its own. */
const KINDS = {
  'an access token for the holder (RFC 9068 §2.1)': async () => (await supplier.redeem()).token,
  'an access token for the REST API (RFC 9068 §2.1)': () => ourOwn('access_token', 'at+jwt', { aud: `${issuer}/v1` }),
  'an ID token (OpenID Connect Core §2)': () => ourOwn('id_token', 'JWT'),
  'a status list (Token Status List §5.1)': () => ourOwn('status_list', 'statuslist+jwt'),
  'a signed event (RFC 8417 §2.3)': () => ourOwn('event', 'secevent+jwt'),
  'a signed introspection (RFC 9701 §5)': () => ourOwn('introspection', 'token-introspection+jwt'),
  'an access token signed with the key of ID tokens (RFC 8725 §3.12)': () => ourOwn('id_token', 'at+jwt', { aud: `${issuer}/v1` }),
  'an ID token signed with the key of access tokens (RFC 8725 §3.12)': () => ourOwn('access_token', 'JWT', { aud: `${issuer}/v1` }),
  'a client assertion (RFC 7523 §3)': () => byClient('client-authentication+jwt'),
  'a request object (RFC 9101 §10.8)': () => byClient('oauth-authz-req+jwt'),
  'a DPoP proof (RFC 9449 §4.2)': () => key.proof(),
  'an access token that the client signed (RFC 8725 §3.8)': () => byClient('at+jwt', { iss: issuer, aud: `${issuer}/v1` }),
  'an access token with its key in the header (RFC 8725 §3.10)': async () => {
    const pair = await generateKeyPair('EdDSA', { extractable: true })
    const jwk = await exportJWK(pair.publicKey)
    const header = { alg: 'EdDSA', typ: 'at+jwt', jwk, jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' }
    return await new SignJWT({ ...right(), aud: `${issuer}/v1` }).setProtectedHeader(header).sign(pair.privateKey)
  },
  'an access token whose kid leads elsewhere (RFC 8725 §3.10)': async () => {
    const { privateKey } = await generateKeyPair('EdDSA')
    const header = { alg: 'EdDSA', typ: 'at+jwt', kid: "../../k1' or 1=1 --" }
    return await new SignJWT({ ...right(), aud: `${issuer}/v1` }).setProtectedHeader(header).sign(privateKey)
  },
  'an unsigned access token (RFC 8725 §3.2)': async () =>
    `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${Buffer.from(JSON.stringify(right())).toString('base64url')}.`,
} satisfies Record<string, () => Promise<string>>
type Kind = keyof typeof KINDS

const hashOf = async (token: string) => Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')
const verifier = () =>
  createVerifier({
    issuer,
    resource: world.resource,
    clientId: world.clients.holder,
    privateJwk: { ...world.keys.holder.privateJwk, kid: 'k1', alg: 'EdDSA' },
    fetch: driver.fetch,
    now: broker.clock.now,
  })

/** Every place that takes a JWT: says whether it took this one. */
const PLACES: Record<string, { takes: Kind[]; tried: (jwt: string) => Promise<boolean> }> = {
  'as an access token at the REST API (RFC 9068 §4)': {
    takes: ['an access token for the REST API (RFC 9068 §2.1)'],
    tried: async (jwt) => {
      const proof = await key.proof({ htm: 'POST', htu: `${issuer}/v1/access-requests`, ath: await hashOf(jwt) })
      const headers = { authorization: `DPoP ${jwt}`, dpop: proof, 'content-type': 'application/json' }
      return (await driver.app.request(`${issuer}/v1/access-requests`, { method: 'POST', headers, body: '{}' })).status !== 401
    },
  },
  'as an access token for grant management (Grant Management §6.1)': {
    takes: [],
    tried: async (jwt) => {
      const url = `${issuer}/grants/${crypto.randomUUID()}`
      const proof = await key.proof({ htm: 'GET', htu: url, ath: await hashOf(jwt) })
      return (await driver.app.request(url, { headers: { authorization: `DPoP ${jwt}`, dpop: proof } })).status !== 401
    },
  },
  'as an access token at a holder with the kit (RFC 9068 §4)': {
    takes: ['an access token for the holder (RFC 9068 §2.1)'],
    tried: async (jwt) => {
      const url = new URL('results', world.resource).href
      const proof = await key.proof({ htm: 'GET', htu: url, ath: await hashOf(jwt) })
      try {
        await verifier().verifyAccess(new Request(url, { headers: { authorization: `DPoP ${jwt}`, dpop: proof } }))
        return true
      } catch (error) {
        // Of another key than this proof's, and in all else right.
        return (error as Error).message.includes('bound to another key')
      }
    },
  },
  'at introspection (RFC 7662 §2.2)': {
    takes: ['an access token for the holder (RFC 9068 §2.1)'],
    tried: async (jwt) => (await driver.post('/introspect', { token: jwt, ...(await driver.assertion('holder')) })).body.active === true,
  },
  'as a client assertion (RFC 7523 §3)': {
    // The same thing to all standards but the type; openid-client sends none at all.
    takes: ['a client assertion (RFC 7523 §3)'],
    tried: async (jwt) => {
      const form = { grant_type: 'client_credentials', scope: 'access_requests', client_assertion: jwt }
      const assertion = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', ...form }
      return (await driver.post('/token', assertion, { dpop: await (await dpopKey(broker)).proof() })).status === 200
    },
  },
  'as a DPoP proof (RFC 9449 §4.3)': {
    takes: ['a DPoP proof (RFC 9449 §4.2)'],
    tried: async (jwt) => {
      const form = { grant_type: 'client_credentials', scope: 'access_requests', ...(await driver.assertion('organisation')) }
      return (await driver.post('/token', form, { dpop: jwt })).status === 200
    },
  },
  'as a request object (RFC 9101 §10.8)': {
    takes: [],
    tried: async (jwt) => (await driver.post('/par', { request: jwt, ...(await driver.assertion('redirect')) })).status === 201,
  },
  'as an id_token_hint (CIBA §7.1)': {
    takes: [],
    tried: async (jwt) => {
      const details = JSON.stringify([{ ...supplier.entry({ identifier: undefined }), period: { until: '2026-12-24' } }])
      const form = { scope: 'openid', id_token_hint: jwt, authorization_details: details, ...(await driver.assertion('ciba')) }
      return (await driver.post('/bc-authorize', form)).status === 200
    },
  },
  'as an initial access token (RFC 7591 §3)': {
    takes: [],
    tried: async (jwt) => {
      const headers = { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ client_name: 'x', grant_types: ['client_credentials'], jwks: { keys: [world.keys.ciba.publicJwk] } })
      return (await driver.app.request(`${issuer}/register`, { method: 'POST', headers, body })).status === 201
    },
  },
}

/** One key and one type per kind of JWT: none passes for another (RFC 8725 §3.11, §3.12). */
describe.each(Object.keys(KINDS) as Kind[])('%s', (kind) => {
  test.each(Object.entries(PLACES))('%s', async (_place, { takes, tried }) => {
    expect(await tried(await KINDS[kind]())).toBe(takes.includes(kind))
  })
})
