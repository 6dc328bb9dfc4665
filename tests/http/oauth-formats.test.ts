import { Hono } from 'hono'
import { CompactEncrypt, compactDecrypt, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { changeTokenFormat } from '../../src/catalog/change-token-format.ts'
import { type AccessVariables, metadataHandler, requireAccess } from '../../src/holder/hono.ts'
import { createVerifier, type VerifierOptions } from '../../src/holder/verifier.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, type dpopKey, drive, type WorldClient } from '../support/driver.ts'
import { secondResourceServer } from '../support/openid4vc.ts'
import { redeemed } from '../support/redeemed.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Awaited<ReturnType<typeof redeemed>>
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  supplier = await redeemed(broker, world, driver)
})
afterEach(() => changeTokenFormat(broker.deps, { holderId: world.holderId, tokenFormat: 'jwt' }))
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const encryptionKey = async (alg: 'P-256' | 'X25519' = 'P-256', kid?: string) => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: alg, extractable: true })
  const named = kid !== undefined && { kid }
  return { publicJwk: { ...(await exportJWK(publicKey)), ...named }, privateJwk: { ...(await exportJWK(privateKey)), ...named } }
}
const take = async (tokenFormat: 'jwt' | 'jwe' | 'opaque', encryptionJwk?: JWK) =>
  await changeTokenFormat(broker.deps, { holderId: world.holderId, tokenFormat, ...(encryptionJwk && { encryptionJwk }) })

const introspect = async (token: string, name: WorldClient = 'holder') =>
  (await driver.post('/introspect', { token, ...(await driver.assertion(name)) })).body
const revoke = async (token: string, name: WorldClient = 'organisation') => {
  const body = new URLSearchParams({ token, ...(await driver.assertion(name)) })
  return (await driver.app.request('https://broker.test/revoke', { method: 'POST', body })).status
}

const verifier = (options: Partial<VerifierOptions> = {}) =>
  createVerifier({
    issuer: broker.deps.issuer,
    resource: world.resource,
    clientId: world.clients.holder,
    privateJwk: { ...world.keys.holder.privateJwk, kid: 'k1', alg: 'EdDSA' },
    fetch: driver.fetch,
    now: broker.clock.now,
    ...options,
  })
type Key = Awaited<ReturnType<typeof dpopKey>>
const proofFor = async (token: string, key: Key) =>
  await key.proof({
    htm: 'GET',
    htu: new URL('results', world.resource).href,
    ath: Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url'),
  })
const request = async ({ token, key }: { token: string; key: Key }) =>
  new Request(new URL('results', world.resource), { headers: { authorization: `DPoP ${token}`, dpop: await proofFor(token, key) } })

describe('A holder that has its tokens encrypted (RFC 7519 §5.2; design §5)', () => {
  test.each(['P-256', 'X25519'] as const)('%s: the kit opens and verifies it; the supplier reads nothing but the jti', async (curve) => {
    const key = await encryptionKey(curve, 'enc-1')
    await take('jwe', key.publicJwk)
    const got = await supplier.redeem()
    const header = decodeProtectedHeader(got.token)
    expect(Object.keys(header).sort()).toEqual(['alg', 'cty', 'enc', 'epk', 'jti', 'kid'])
    expect(header).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', kid: 'enc-1' })
    const access = await verifier({ tokens: 'jwe', decryptionJwks: [key.privateJwk] }).verifyAccess(await request(got))
    expect(access.tokenId).toBe(header.jti)
    expect(access.subjects[0]).toMatch(/^ph_/)
    expect(JSON.stringify([header, got.body])).not.toContain(access.subjects[0])
  })

  test('the holder introspects the signed token inside; the outside is nothing to the broker', async () => {
    const key = await encryptionKey()
    await take('jwe', key.publicJwk)
    const { token } = await supplier.redeem()
    const { plaintext } = await compactDecrypt(
      token,
      await crypto.subtle.importKey('jwk', key.privateJwk as never, { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']),
    )
    const inner = new TextDecoder().decode(plaintext)
    expect(decodeProtectedHeader(inner).typ).toBe('at+jwt')
    expect(await introspect(inner)).toMatchObject({ active: true, jti: decodeProtectedHeader(token).jti })
    expect(await introspect(token)).toEqual({ active: false })
  })

  test('the supplier gives it back by the jti outside; a client whose it is not cannot', async () => {
    const key = await encryptionKey()
    await take('jwe', key.publicJwk)
    const got = await supplier.redeem()
    const kit = verifier({ tokens: 'jwe', decryptionJwks: [key.privateJwk], ended: 'introspection' })
    expect(await revoke(got.token, 'ciba')).toBe(200)
    await kit.verifyAccess(await request(got))
    expect(await revoke(got.token)).toBe(200)
    await expect(kit.verifyAccess(await request(got))).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('two keys at once while one follows the other', async () => {
    const [old, next] = [await encryptionKey('P-256', 'a'), await encryptionKey('X25519', 'b')]
    const kit = verifier({ tokens: 'jwe', decryptionJwks: [next.privateJwk, old.privateJwk] })
    await take('jwe', old.publicJwk)
    await kit.verifyAccess(await request(await supplier.redeem()))
    await take('jwe', next.publicJwk)
    await kit.verifyAccess(await request(await supplier.redeem()))
  })

  const wrong: [string, (jwt: string, to: CryptoKey, jti: string) => Promise<string>][] = [
    ['a signed token that is not encrypted', async (jwt) => jwt],
    ['another jti outside than inside (RFC 7519 §5.3)', (jwt, to) => encrypted(jwt, to, { jti: crypto.randomUUID() })],
    ['no jti outside', (jwt, to) => encrypted(jwt, to, { jti: undefined })],
    ['no cty (§5.2)', (jwt, to, jti) => encrypted(jwt, to, { jti, cty: undefined })],
    ['another key agreement', (jwt, to, jti) => encrypted(jwt, to, { jti, alg: 'ECDH-ES+A256KW' })],
    ['another content encryption', (jwt, to, jti) => encrypted(jwt, to, { jti, enc: 'A128CBC-HS256' })],
    [
      'something else that was signed inside',
      async (_jwt, to, jti) => encrypted((await driver.assertion('organisation')).client_assertion, to, { jti }),
    ],
    ['rubbish inside', (_jwt, to, jti) => encrypted('rubbish', to, { jti })],
  ]
  const encrypted = async (jwt: string, to: CryptoKey, header: Record<string, unknown>) =>
    await new CompactEncrypt(new TextEncoder().encode(jwt))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT', ...header } as { alg: string; enc: string })
      .encrypt(to)
  test.each(wrong)('the kit does not take %s', async (_name, make) => {
    const key = await encryptionKey()
    const to = await crypto.subtle.importKey('jwk', key.publicJwk as never, { name: 'ECDH', namedCurve: 'P-256' }, false, [])
    await take('jwt')
    const got = await supplier.redeem()
    const kit = verifier({ tokens: 'jwe', decryptionJwks: [key.privateJwk] })
    const good = await encrypted(got.token, to, { jti: decodeJwt(got.token).jti })
    await kit.verifyAccess(await request({ ...got, token: good }))
    const token = await make(got.token, to, decodeJwt(got.token).jti!)
    await expect(kit.verifyAccess(await request({ ...got, token }))).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('nor one for another holder’s key; and a kit for signed tokens takes no encrypted one', async () => {
    await take('jwe', (await encryptionKey()).publicJwk)
    const got = await supplier.redeem()
    const other = verifier({ tokens: 'jwe', decryptionJwks: [(await encryptionKey()).privateJwk] })
    await expect(other.verifyAccess(await request(got))).rejects.toMatchObject({ code: 'invalid_token' })
    await expect(verifier().verifyAccess(await request(got))).rejects.toMatchObject({ code: 'invalid_token' })
  })
})

describe('A holder whose tokens say nothing (design §5: opaque, introspection only)', () => {
  test('the kit asks the broker, checks the proof against the answer and keeps the signed word', async () => {
    await take('opaque')
    const got = await supplier.redeem()
    expect(() => decodeJwt(got.token)).toThrow()
    const access = await verifier({ tokens: 'opaque' }).verifyAccess(await request(got))
    expect(access.subjects[0]).toMatch(/^ph_/)
    expect(decodeProtectedHeader(access.evidence!)).toMatchObject({ typ: 'token-introspection+jwt' })
    expect((decodeJwt(access.evidence!).token_introspection as { jti: string }).jti).toBe(access.tokenId)
    const thief = (await supplier.redeem()).key
    await expect(verifier({ tokens: 'opaque' }).verifyAccess(await request({ ...got, key: thief }))).rejects.toMatchObject({
      code: 'invalid_token',
    })
  })

  test('only its holder learns of it; given back, nobody does, from the next request on', async () => {
    await take('opaque')
    const got = await supplier.redeem()
    expect(await introspect(got.token, 'organisation')).toEqual({ active: false })
    expect(await introspect(`${got.token.slice(0, -4)}AAAA`)).toEqual({ active: false })
    const kit = verifier({ tokens: 'opaque' })
    expect(await revoke(got.token, 'ciba')).toBe(200)
    await kit.verifyAccess(await request(got))
    expect(await revoke(got.token)).toBe(200)
    expect(await introspect(got.token)).toEqual({ active: false })
    await expect(kit.verifyAccess(await request(got))).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('what else is sealed under the same secret is no token', async () => {
    const [row] = await broker.owner`select private_jwe from signing_keys where private_jwe is not null limit 1`
    expect(await introspect(row!.private_jwe as string)).toEqual({ active: false })
    expect(await revoke(row!.private_jwe as string)).toBe(200)
  })

  test('when the broker cannot be asked, nothing goes out (INV-13)', async () => {
    await take('opaque')
    const got = await supplier.redeem()
    const kit = verifier({
      tokens: 'opaque',
      fetch: async (url, init) => (url.endsWith('/introspect') ? new Response('', { status: 500 }) : await driver.fetch(url, init)),
    })
    await expect(kit.verifyAccess(await request(got))).rejects.toMatchObject({ code: 'broker_unavailable', status: 503 })
  })

  test('an answer for another holder, of earlier, of another kind or unsigned is not taken (RFC 9701 §5, §8.1)', async () => {
    await take('opaque')
    const got = await supplier.redeem()
    const answered = async (accept: string, name: WorldClient = 'holder') => {
      const body = new URLSearchParams({ token: got.token, ...(await driver.assertion(name)) })
      return await driver.app.request('https://broker.test/introspect', { method: 'POST', body, headers: { accept } })
    }
    const signed = 'application/token-introspection+jwt'
    const earlier = await (await answered(signed)).text()
    const cases: [string, () => Promise<string>][] = [
      ['JSON', async () => await (await answered('application/json')).text()],
      ['for another', async () => await (await answered(signed, 'organisation')).text()],
      ['the token itself', async () => decodeJwtOf(earlier)],
      ['changed', async () => `${earlier.slice(0, -4)}AAAA`],
    ]
    for (const [name, answer] of cases) {
      const kit = verifier({
        tokens: 'opaque',
        fetch: async (url, init) => (url.endsWith('/introspect') ? new Response(await answer()) : await driver.fetch(url, init)),
      })
      await expect(kit.verifyAccess(await request(got)), name).rejects.toMatchObject({ code: 'broker_unavailable' })
    }
    driver.pass({ minutes: 1 })
    const late = verifier({
      tokens: 'opaque',
      fetch: async (url, init) => (url.endsWith('/introspect') ? new Response(earlier) : await driver.fetch(url, init)),
    })
    await expect(late.verifyAccess(await request(got))).rejects.toMatchObject({ code: 'broker_unavailable' })
  })
  const decodeJwtOf = (jwt: string) => jwt.split('.').slice(0, 2).join('.')
})

describe('Signed tokens, with each request asked about (introspection by configuration)', () => {
  test('an end counts from the very next request, where the list may be a minute behind', async () => {
    const got = await supplier.redeem()
    const [byList, asking] = [verifier(), verifier({ ended: 'introspection' })]
    await byList.verifyAccess(await request(got))
    expect((await asking.verifyAccess(await request(got))).evidence).toBeDefined()
    await revoke(got.token)
    await byList.verifyAccess(await request(got))
    await expect(asking.verifyAccess(await request(got))).rejects.toMatchObject({ code: 'invalid_token' })
    driver.pass({ minutes: 1 })
    await expect(byList.verifyAccess(await request(got))).rejects.toMatchObject({ code: 'invalid_token' })
  })
})

describe('A second resource server, on @openid4vc/oauth2', () => {
  test('takes a signed token by its signature and an opaque one by introspection', async () => {
    const verify = await secondResourceServer(broker, world, driver)
    for (const format of ['jwt', 'opaque'] as const) {
      await take(format)
      const { token, key } = await supplier.redeem()
      const { tokenPayload } = await verify(token, await proofFor(token, key))
      expect(tokenPayload.sub, format).toMatch(/^ph_/)
      expect(tokenPayload.authorization_details, format).toMatchObject([{ type: 'pupil-data', datatypes: ['arithmetic-results'] }])
    }
  })

  test('and refuses another’s proof, a proof for another place, and an opaque token that was given back', async () => {
    const verify = await secondResourceServer(broker, world, driver)
    const [one, other] = [await supplier.redeem(), await supplier.redeem()]
    await expect(verify(one.token, await proofFor(one.token, other.key))).rejects.toThrow()
    await expect(verify(one.token, await one.key.proof({ htm: 'GET' }))).rejects.toThrow()
    await take('opaque')
    const { token, key } = await supplier.redeem()
    await revoke(token)
    await expect(verify(token, await proofFor(token, key))).rejects.toThrow()
  })
})

describe('A client that is refused finds its way by itself (RFC 9728)', () => {
  const publisher = () => {
    const kit = verifier()
    const app = new Hono<{ Variables: AccessVariables }>()
    app.get(new URL(kit.metadataUrl).pathname, metadataHandler(kit))
    app.get('/results', requireAccess(kit), (c) => c.json([]))
    return app
  }
  test.each([
    ['our own REST API', () => driver.app, 'https://broker.test/v1', '/changes'],
    ['a publisher on the kit', publisher, 'https://api.rekenrijk.example/', 'results'],
  ] as const)('at %s: the 401 names the document, which names the broker (§5.1, §3.3)', async (_name, make, resource, path) => {
    const app = make()
    const challenged = await app.request(resource + path)
    expect(challenged.status).toBe(401)
    const named = /^DPoP .*resource_metadata="([^"]+)"/.exec(challenged.headers.get('www-authenticate')!)![1]
    const asked: string[] = []
    const library = {
      [oauth.customFetch]: async (url: string, init: object) => {
        asked.push(url)
        return await app.request(url, init)
      },
    }
    const answer = await oauth.resourceDiscoveryRequest(new URL(resource), library)
    const metadata = await oauth.processResourceDiscoveryResponse(new URL(resource), answer)
    expect(asked).toEqual([named])
    expect(metadata).toMatchObject({ resource, authorization_servers: ['https://broker.test'], dpop_bound_access_tokens_required: true })
  })
})

test('a form needs its key and only its own, and the key is public (registration)', async () => {
  const key = await encryptionKey()
  await expect(take('jwe')).rejects.toMatchObject({ code: 'input_invalid' })
  await expect(take('opaque', key.publicJwk)).rejects.toMatchObject({ code: 'input_invalid' })
  await expect(take('jwe', key.privateJwk)).rejects.toMatchObject({ code: 'client_key_invalid' })
  await expect(take('jwe', world.keys.holder.publicJwk)).rejects.toMatchObject({ code: 'client_key_invalid' })
})
