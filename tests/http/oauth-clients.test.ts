import { createRoute } from '@hono/zod-openapi'
import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { jsonRoutes } from '../../src/http.ts'
import { LEAD_SECONDS, removeKey, rotateKey, signJwt } from '../../src/oauth/keys.ts'
import { requireToken } from '../../src/oauth/protected.ts'
import { sweep } from '../../src/sweep.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { whileHeld } from '../support/held.ts'
import { instead, raceFrom, takenAgain, withoutLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const json = async (path: string) => (await (await driver.fetch(broker.deps.issuer + path)).json()) as Record<string, unknown>

describe('Metadata (RFC 8414, RFC 9728)', () => {
  test('is the same document at both well-known places, names the issuer exactly and lists every algorithm', async () => {
    const metadata = await json('/.well-known/oauth-authorization-server')
    expect(await json('/.well-known/openid-configuration')).toEqual(metadata)
    expect(metadata.issuer).toBe('https://broker.test')
    for (const [name, value] of Object.entries(metadata).filter(([name]) => name.endsWith('_alg_values_supported'))) {
      expect(value, name).toContain('EdDSA')
      expect(value, name).toContain('ES256')
      expect(value, name).not.toContain('RS256')
    }
    expect(metadata.token_endpoint_auth_methods_supported).toEqual(['private_key_jwt'])
  })

  test('of the REST API says where it is and whom it trusts', async () => {
    expect(await json('/.well-known/oauth-protected-resource/v1')).toMatchObject({
      resource: 'https://broker.test/v1',
      authorization_servers: ['https://broker.test'],
      dpop_bound_access_tokens_required: true,
    })
  })

  test('the JWKS holds public keys only, one for each kind of JWT, and for ID tokens of either algorithm', async () => {
    const { keys } = (await json('/jwks')) as { keys: Record<string, unknown>[] }
    expect(keys.length).toBeGreaterThanOrEqual(3)
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    for (const key of keys) {
      const ofKind = key.kty === 'EC' ? ['y'] : []
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', ...ofKind])
    }
  })
})

describe('openid-client gets an access token for the REST API', () => {
  test('with private_key_jwt and DPoP, bound to its key, and uses it', async () => {
    const config = await driver.connect('organisation')
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair('Ed25519'))
    const tokens = await client.clientCredentialsGrant(config, { scope: 'access_requests' }, { DPoP: dpop })
    expect(tokens).toMatchObject({ token_type: 'dpop', expires_in: 600, scope: 'access_requests' })
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'EdDSA' })
    const claims = decodeJwt(tokens.access_token)
    expect(claims).toMatchObject({ aud: 'https://broker.test/v1', sub: world.clients.organisation, azp: world.clients.organisation })
    expect(Object.keys(claims.cnf as object)).toEqual(['jkt'])
    expect(claims).not.toHaveProperty('grant_id')
  })

  test('by a clock that is an hour off too: it is given a nonce, and tries again by itself (RFC 9449 §8, §9)', async () => {
    const config = await driver.connect('organisation')
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const { access_token } = await client.clientCredentialsGrant(config, { scope: 'changes' }, { DPoP: dpop })
    vi.setSystemTime(new Date(broker.clock.now().getTime() + 3_600_000))
    const url = new URL(`${broker.deps.issuer}/v1/changes`)
    const fetched = async () => await client.fetchProtectedResource(config, access_token, url, 'GET', undefined, undefined, { DPoP: dpop })
    expect((await fetched()).status).toBe(200)
    expect((await fetched()).status, 'and keeps the nonce').toBe(200)
    const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const error = await client
      .fetchProtectedResource(config, access_token, url, 'GET', undefined, undefined, { DPoP: other })
      .catch((one: unknown) => one)
    expect(error, 'a nonce makes no proof of another key').toMatchObject({ cause: [{ parameters: { error: 'invalid_dpop_proof' } }] })
    vi.setSystemTime(broker.clock.now())
  })
})

type Form = Record<string, string>
const token = async (form: Form, proof?: string) => await driver.post('/token', form, proof === undefined ? {} : { dpop: proof })
const ask = { grant_type: 'client_credentials', scope: 'access_requests' }

describe('Client authentication (FAPI 2.0 §5.3.2.1, RFC 7523)', () => {
  const now = () => Math.floor(broker.clock.now().getTime() / 1000)
  const wrong: Record<string, () => Promise<Form>> = {
    'no assertion': async () => ({}),
    'a client secret': async () => ({ client_id: world.clients.organisation, client_secret: 'x' }),
    'aud as an array (rfc7523bis)': () => driver.assertion('organisation', { aud: ['https://broker.test'] }),
    'aud is the token endpoint': () => driver.assertion('organisation', { aud: 'https://broker.test/token' }),
    'aud with a trailing slash': () => driver.assertion('organisation', { aud: 'https://broker.test/' }),
    'no jti': () => driver.assertion('organisation', { jti: undefined }),
    'a jti of a page': () => driver.assertion('organisation', { jti: 'x'.repeat(300) }),
    'no exp': () => driver.assertion('organisation', { exp: undefined }),
    'exp past': () => driver.assertion('organisation', { exp: now() - 1 }),
    'exp in a week': () => driver.assertion('organisation', { exp: now() + 604_800 }),
    'iat in a minute and more': () => driver.assertion('organisation', { iat: now() + 61, exp: now() + 100 }),
    'nbf in a minute and more': () => driver.assertion('organisation', { nbf: now() + 61, exp: now() + 100 }),
    'sub of another': () => driver.assertion('organisation', { sub: world.clients.ciba }),
    'client_id of another': async () => ({ ...(await driver.assertion('organisation')), client_id: world.clients.ciba }),
    'an unknown client': () => driver.assertion('organisation', { iss: 'nobody', sub: 'nobody' }),
    'signed by the key of another client': () => driver.assertion('organisation', {}, {}, world.keys.ciba.privateKey),
    'an unknown kid': () => driver.assertion('organisation', {}, { kid: 'k9' }),
    'a DPoP proof for an assertion': () => driver.assertion('organisation', {}, { typ: 'dpop+jwt' }),
    'an access token for an assertion': () => driver.assertion('organisation', {}, { typ: 'at+jwt' }),
    'the wrong assertion type': async () => ({ ...(await driver.assertion('organisation')), client_assertion_type: 'jwt' }),
    'no signature': async () => ({
      ...(await driver.assertion('organisation')),
      client_assertion: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"iss":"${world.clients.organisation}"}`).toString('base64url')}.`,
    }),
    HS256: async () => ({
      ...(await driver.assertion('organisation')),
      client_assertion: await new SignJWT({ iss: world.clients.organisation, sub: world.clients.organisation, aud: 'https://broker.test' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime(now() + 60)
        .sign(Buffer.from(world.keys.organisation.publicJwk.x!, 'base64url')),
    }),
  }
  test.each(Object.entries(wrong))('%s: invalid_client', async (_name, form) => {
    const { proof } = await dpopKey(broker)
    const answer = await token({ ...ask, ...(await form()) }, await proof())
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  race(
    'an assertion is used once, also 50 times at once; what was refused is used too (INV-11)',
    {
      'where a used jti is taken again': takenAgain('replay', 'expires_at'),
    },
    async () => {
      const { proof } = await dpopKey(broker)
      const assertion = await driver.assertion('organisation')
      const answers = await Promise.all(Array.from({ length: 50 }, async () => await token({ ...ask, ...assertion }, await proof())))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(answers.filter(({ body }) => body.error === 'invalid_client')).toHaveLength(49)
      const another = await driver.assertion('organisation')
      expect((await token({ ...ask, scope: 'subjects', ...another }, await proof())).body.error).toBe('invalid_scope')
      expect((await token({ ...ask, ...another }, await proof())).body.error).toBe('invalid_client')
    },
  )

  test('an unknown client takes a signature to refuse, like one that signed wrongly: the time tells nothing', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const counts: number[] = []
    const stranger = (await generateKeyPair('EdDSA')).privateKey
    for (const claims of [{}, { iss: 'nobody', sub: 'nobody' }]) {
      const assertion = await driver.assertion('organisation', claims, {}, stranger)
      verify.mockClear()
      const { status, body } = await token({ ...ask, ...assertion }, await (await dpopKey(broker)).proof())
      expect([status, body.error_description]).toEqual([401, 'there is no such client with this key'])
      counts.push(verify.mock.calls.length)
    }
    verify.mockRestore()
    expect(counts).toEqual([1, 1])
  })

  test.each([
    ['Basic cmVrZW5wbHVzOmdlaGVpbQ==', 'Basic realm="https://broker.test"'],
    ['Bearer x', 'Bearer realm="https://broker.test"'],
    ['"quoted" x', null],
  ])('by Authorization: %s is refused in the scheme it used (RFC 6749 §5.2)', async (authorization, challenge) => {
    const answer = await driver.post('/token', { ...ask, ...(await driver.assertion('organisation')) }, { authorization })
    expect([answer.status, answer.body.error, answer.headers.get('www-authenticate')]).toEqual([401, 'invalid_client', challenge])
  })

  test('a disabled client is unknown', async () => {
    await broker.owner`update clients set disabled_at = now() where client_id = ${world.clients.ciba}`
    const { proof } = await dpopKey(broker)
    const answer = await token({ ...ask, scope: 'changes', ...(await driver.assertion('ciba')) }, await proof())
    expect(answer.body).toMatchObject({ error: 'invalid_client', error_description: 'there is no such client with this key' })
    await broker.owner`update clients set disabled_at = null`
  })
})

describe('DPoP at the token endpoint (RFC 9449)', () => {
  const now = () => Math.floor(broker.clock.now().getTime() / 1000)
  type Key = Awaited<ReturnType<typeof dpopKey>>
  const wrong: Record<string, (key: Key) => Promise<string | undefined>> = {
    'no proof': async () => undefined,
    'not a JWT': async () => 'nonsense',
    'another typ (§4.3 (4))': (key) => key.proof({}, { typ: 'jwt' }),
    'another method (8)': (key) => key.proof({ htm: 'GET' }),
    'another address (9)': (key) => key.proof({ htu: 'https://broker.test/introspect' }),
    'another origin (9)': (key) => key.proof({ htu: 'https://elsewhere.test/token' }),
    'no iat': (key) => key.proof({ iat: undefined }),
    'no jti': (key) => key.proof({ jti: undefined }),
    'signed by another key than it names (7)': async (key) => key.proof({}, { jwk: (await dpopKey(broker)).jwk }),
    'with a private key in it (§4.2)': async (key) => {
      const { privateKey } = await generateKeyPair('ES256', { extractable: true })
      return await key.proof({}, { jwk: await exportJWK(privateKey) })
    },
    'an assertion for a proof': async () => (await driver.assertion('organisation')).client_assertion,
    'two proofs': async (key) => `${await key.proof()}, ${await key.proof()}`,
  }
  test.each(Object.entries(wrong))('%s: invalid_dpop_proof', async (_name, make) => {
    const answer = await token({ ...ask, ...(await driver.assertion('organisation')) }, await make(await dpopKey(broker)))
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
  })

  test.each([-3600, -301, 11, 3600])(
    'of a clock that is %i seconds off: use_dpop_nonce, and with the nonce it is right (§8)',
    async (off) => {
      const key = await dpopKey(broker)
      const ours = async () => ({ ...ask, ...(await driver.assertion('organisation')) })
      const answer = await token(await ours(), await key.proof({ iat: now() + off }))
      expect(answer).toMatchObject({ status: 400, body: { error: 'use_dpop_nonce' } })
      const nonce = answer.headers.get('dpop-nonce')!
      const proof = await key.proof({ iat: now() + off, nonce })
      expect((await token(await ours(), proof)).status).toBe(200)
      expect((await token(await ours(), proof)).body.error, 'used before').toBe('invalid_dpop_proof')
    },
  )

  test('a nonce is good for five minutes and then gives way to the next, and a proof with it is kept as long (INV-11)', async () => {
    const key = await dpopKey(broker)
    const ours = async () => ({ ...ask, ...(await driver.assertion('organisation')) })
    const nonce = (await token(await ours(), await key.proof({ iat: 0 }))).headers.get('dpop-nonce')!
    const proof = await key.proof({ iat: now() - 3600, nonce })
    expect((await token(await ours(), proof)).status).toBe(200)
    driver.pass({ minutes: 5 })
    await sweep(broker.deps)
    expect((await token(await ours(), proof)).body.error).toBe('invalid_dpop_proof')
    driver.pass({ minutes: 1 })
    const after = await token(await ours(), await key.proof({ nonce }))
    expect(after.body.error).toBe('use_dpop_nonce')
    expect(after.headers.get('dpop-nonce')).not.toBe(nonce)
  })

  test('the address may carry a query, and a proof is used once per key', async () => {
    const key = await dpopKey(broker)
    const proof = await key.proof({ htu: 'https://broker.test:443/token?x=1#y' })
    expect((await token({ ...ask, ...(await driver.assertion('organisation')) }, proof)).status).toBe(200)
    expect((await token({ ...ask, ...(await driver.assertion('organisation')) }, proof)).body.error).toBe('invalid_dpop_proof')
    const other = await dpopKey(broker)
    const jti = decodeJwt(proof).jti
    expect((await token({ ...ask, ...(await driver.assertion('organisation')) }, await other.proof({ jti }))).status).toBe(200)
  })
})

describe('The form is strict and bounded', () => {
  const send = async (body: string, headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }) =>
    await driver.app.request('https://broker.test/token', { method: 'POST', body, headers })
  const refused: [string, () => Promise<Response>, number][] = [
    ['a parameter twice', () => send('scope=a&scope=b'), 400],
    ['too large', () => send(`scope=${'a'.repeat(70_000)}`), 413],
    ['JSON', () => send('{}', { 'content-type': 'application/json' }), 415],
    ['no content type', () => send('', {}), 415],
  ]
  test.each(refused)('%s: invalid_request', async (_name, make, status) => {
    const answer = await make()
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: 'invalid_request' })
  })

  test.each([
    ['no grant type', { scope: 'changes' }, 'invalid_request'],
    ['an unknown grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no scope', { grant_type: 'client_credentials', scope: '' }, 'invalid_scope'],
    ['a scope of others', { ...ask, scope: 'access_requests uses' }, 'invalid_scope'],
    ['another resource', { ...ask, resource: 'https://api.rekenrijk.example/' }, 'invalid_target'],
  ])('%s: %s', async (_name, form, error) => {
    const { proof } = await dpopKey(broker)
    const answer = await token({ ...(await driver.assertion('organisation')), ...(form as Form) }, await proof())
    expect(answer).toMatchObject({ status: 400, body: { error } })
  })
})

describe('The guard of the REST API', () => {
  const guarded = () => {
    const app = createApp(() => broker.deps)
    const routes = jsonRoutes()
    const answer = { 200: { description: 'who it is' } }
    routes.openapi(
      createRoute({ method: 'get', path: '/v1/me', middleware: [requireToken('access_requests')] as const, responses: answer }),
      (c) => c.json(c.var.supplier),
    )
    routes.openapi(createRoute({ method: 'get', path: '/v1/mine', middleware: [requireToken('uses')] as const, responses: answer }), (c) =>
      c.json(c.var.holder),
    )
    app.route('/', routes)
    return app
  }
  const url = 'https://broker.test/v1/me'
  const restToken = async (name: 'organisation' | 'holder' = 'organisation') => {
    const key = await dpopKey(broker)
    const scope = name === 'holder' ? 'uses' : 'access_requests'
    const { body } = await token({ ...ask, scope, ...(await driver.assertion(name)) }, await key.proof())
    const access = body.access_token as string
    const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(access))).toString('base64url')
    return {
      key,
      access,
      ath,
      headers: async (claims = {}) => ({
        authorization: `DPoP ${access}`,
        dpop: await key.proof({ htm: 'GET', htu: url, ath, ...claims }),
      }),
    }
  }

  test('lets the right token through once per proof, and tells the handler who it is', async () => {
    const app = guarded()
    const { headers } = await restToken()
    const given = await headers()
    const answer = await app.request(url, { headers: given })
    expect(await answer.json()).toEqual({ clientId: world.clients.organisation, supplierId: world.supplierId })
    expect((await app.request(url, { headers: given })).status).toBe(401)
  })

  test('challenges what is not right, and says where to begin (RFC 9728 §5.1)', async () => {
    const app = guarded()
    const { access, key, headers, ath } = await restToken()
    const other = await dpopKey(broker)
    const cases: [string, Record<string, string>, string | undefined][] = [
      ['nothing', {}, undefined],
      ['Bearer', { authorization: `Bearer ${access}` }, 'invalid_token'],
      ['no proof', { authorization: `DPoP ${access}` }, 'invalid_dpop_proof'],
      ['no ath', await headers({ ath: undefined }), 'invalid_dpop_proof'],
      ['another key', { authorization: `DPoP ${access}`, dpop: await other.proof({ htm: 'GET', htu: url, ath }) }, 'invalid_dpop_proof'],
      [
        'a changed token',
        { authorization: `DPoP ${access.slice(0, -4)}AAAA`, dpop: await key.proof({ htm: 'GET', htu: url, ath }) },
        'invalid_token',
      ],
    ]
    for (const [name, given, error] of cases) {
      const answer = await app.request(url, { headers: given })
      expect(answer.status, name).toBe(401)
      const challenge = answer.headers.get('www-authenticate')!
      expect(challenge, name).toMatch(/^DPoP .*resource_metadata="https:\/\/broker\.test\/\.well-known\/oauth-protected-resource\/v1"/)
      expect(/error="([^"]+)"/.exec(challenge)?.[1], name).toBe(error)
      expect(((await answer.json()) as { code: string }).code).toBe('token_invalid')
    }
  })

  test('wants the scope, and a client that was disabled is out at once', async () => {
    const app = guarded()
    const holder = await restToken('holder')
    const lacking = await app.request(url, { headers: await holder.headers() })
    expect(lacking.status).toBe(403)
    expect(lacking.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="access_requests"')
    const { headers } = await restToken()
    await broker.owner`update clients set disabled_at = now() where client_id = ${world.clients.organisation}`
    expect((await app.request(url, { headers: await headers() })).status).toBe(401)
    await broker.owner`update clients set disabled_at = null`
  })

  test('an expired token is out', async () => {
    const app = guarded()
    const { headers } = await restToken()
    driver.pass({ minutes: 10, seconds: 1 })
    expect((await app.request(url, { headers: await headers() })).status).toBe(401)
  })
})

describe('Keys', () => {
  const accessToken = async () => {
    const { proof } = await dpopKey(broker)
    return (await token({ ...ask, ...(await driver.assertion('organisation')) }, await proof())).body.access_token as string
  }
  const verify = async (jwt: string) =>
    await jwtVerify(
      jwt,
      createRemoteJWKSet(new URL('https://broker.test/jwks'), { [customFetch]: async (url) => await driver.fetch(url) }),
      {
        currentDate: broker.clock.now(),
        typ: 'at+jwt',
      },
    )
  const kidOf = (jwt: string) => decodeProtectedHeader(jwt).kid

  test('rotate with overlap: the next is published before it signs, the last until nothing it signed lives', async () => {
    const before = await accessToken()
    const { kid } = await rotateKey(broker.deps, 'access_token')
    expect(((await json('/jwks')) as { keys: { kid: string }[] }).keys.map((key) => key.kid)).toContain(kid)
    expect(kidOf(await accessToken())).toBe(kidOf(before))
    driver.pass({ seconds: LEAD_SECONDS })
    const after = await accessToken()
    expect(kidOf(after)).toBe(kid)
    await verify(before)
    await verify(after)
    driver.pass({ hours: 2 })
    expect(((await json('/jwks')) as { keys: { kid: string }[] }).keys.map((key) => key.kid)).not.toContain(kidOf(before))
  })

  test('one may be ES256, and one taken out in an emergency is worthless at once', async () => {
    await rotateKey(broker.deps, 'access_token', { alg: 'ES256', leadSeconds: 0 })
    const jwt = await accessToken()
    expect(decodeProtectedHeader(jwt).alg).toBe('ES256')
    await verify(jwt)
    await removeKey(broker.deps, kidOf(jwt)!)
    await expect(verify(jwt)).rejects.toThrow()
    await verify(await accessToken())
    await expect(removeKey(broker.deps, kidOf(jwt)!)).rejects.toThrow('key_not_found')
  })

  race('all that need the first key at once get the same', { 'without the lock on the kind': withoutLock }, async () => {
    await broker.owner`delete from signing_keys`
    // A key can be looked for and not be kept: whoever does not wait for the kind waits with a key of its own.
    const sets = await whileHeld(
      broker,
      (sql) => sql`lock table signing_keys in share mode`,
      Array.from({ length: 8 }, () => async () => JSON.stringify(await json('/jwks'))),
    )
    expect(new Set(sets.map((one) => one.status === 'fulfilled' && one.value)).size).toBe(1)
    const [row] =
      await broker.owner`select count(*)::int as kept, count(*) filter (where private_jwe like '%"d"%')::int as clear from signing_keys`
    expect(row).toEqual({ kept: 6, clear: 0 })
  })

  const open = async () =>
    await broker.owner<{ kind: string; n: number }[]>`
      select kind, count(*)::int as n from signing_keys
      where removed_at is null and signs_from <= ${broker.clock.now()} and (signs_until is null or signs_until > ${broker.clock.now()}) group by kind`

  race(
    'one taken out while the next waits: one for all who come meanwhile, and then the next, alone',
    {
      'where the key for meanwhile goes on': [
        { schema: 'alter table signing_keys drop constraint signing_keys_one_at_a_time' },
        instead(/(?<=select "signs_from" from "signing_keys".*"signs_from" )>(?= \$)/, 'is null and $2::timestamptz <>'),
      ],
      'without the lock on the kind': withoutLock,
    },
    async () => {
      const leaked = kidOf(await accessToken())!
      const next = await rotateKey(broker.deps, 'access_token')
      await removeKey(broker.deps, leaked)
      const sets = await whileHeld(
        broker,
        (sql) => sql`lock table signing_keys in share mode`,
        Array.from({ length: 8 }, () => async () => JSON.stringify(await json('/jwks'))),
      )
      expect(new Set(sets.map((one) => one.status === 'fulfilled' && one.value)).size).toBe(1)
      const meanwhile = kidOf(await accessToken())!
      expect([leaked, next.kid]).not.toContain(meanwhile)
      driver.pass({ seconds: LEAD_SECONDS })
      expect(kidOf(await accessToken())).toBe(next.kid)
      expect((await open()).map(({ n }) => n)).toEqual([1, 1, 1, 1, 1, 1])
      driver.pass({ hours: 2 })
      expect(((await json('/jwks')) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)).not.toContain(meanwhile)
    },
  )

  test('one at a time, whatever is done: a later rotation that signs sooner, and another process whose clock is behind', async () => {
    await rotateKey(broker.deps, 'access_token')
    const sooner = await rotateKey(broker.deps, 'access_token', { leadSeconds: 0 })
    expect(kidOf(await accessToken())).toBe(sooner.kid)
    driver.pass({ seconds: LEAD_SECONDS })
    expect(kidOf(await accessToken()), 'what was to sign then does not').toBe(sooner.kid)
    const behind = { ...broker.deps, now: () => new Date(broker.clock.now().getTime() - 3_600_000 * 24) }
    const early = await signJwt(behind, 'access_token', 'at+jwt', {}, behind.now())
    expect(kidOf(early)).not.toBe(sooner.kid)
    expect(kidOf(await accessToken())).toBe(sooner.kid)
    expect((await open()).find(({ kind }) => kind === 'access_token')!.n).toBe(1)
    const again = broker.owner`insert into signing_keys (kid, kind, alg, public_jwk, made_at, signs_from) select 'x', kind, alg, public_jwk, made_at, now() from signing_keys where kid = ${sooner.kid}`
    await expect(again).rejects.toThrow('signing_keys_one_at_a_time')
  })
})
