import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { KEYS_FAULTS, type KeysFault } from '../../src/catalog/keys-at-address.ts'
import { registerClient } from '../../src/catalog/register-client.ts'
import type { ClientId } from '../../src/ids.ts'
import { rotateOldKeys } from '../../src/oauth/key-schedule.ts'
import { signingKey } from '../../src/oauth/keys.ts'
import { nodeOutsideFetch } from '../../src/outside-fetch.ts'
import { isOutsideUrl, isPublicAddress } from '../../src/outside-url.ts'
import { workersOutsideFetch } from '../../src/workers-outside-fetch.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { whileHeld } from '../support/held.ts'
import { raceFrom, withoutLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let site: Server | undefined
let origin: string
/** What the supplier's own server answers, and how often it was asked. */
let answer: () => { status?: number; headers?: Record<string, string>; body: string }
let asked = 0
async function begin() {
  site?.close()
  const server = createServer((_request, response) => {
    asked++
    const { status = 200, headers = {}, body } = answer()
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  site = server
  broker = await freshBroker({ allowedLoopback: [origin] })
  world = await smallWorld(broker)
  driver = await drive(broker, world)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
  site?.close()
})

const key = async (kid: string) => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid } as JWK, secret: { ...(await exportJWK(privateKey)), kid } as JWK }
}
type Key = Awaited<ReturnType<typeof key>>
const serve = (keys: JWK[]) => {
  answer = () => ({ body: JSON.stringify({ keys }) })
}
let made = 0
/** A supplier's client whose keys are at its own address: good ones on the day it is registered. */
async function clientAt(path = '/jwks') {
  made++
  serve([(await key('of-the-first-day')).jwk])
  return await registerClient(broker.deps, {
    clientId: `own-keys-${made}` as ClientId,
    name: 'Reken Plus',
    supplierId: world.supplierId,
    way: 'organisation',
    jwksUri: origin + path,
  })
}
async function tokenFor(clientId: ClientId, { kid, privateKey }: Key, header: Record<string, unknown> = {}) {
  const assertion = await driver.assertion('organisation', { iss: clientId, sub: clientId }, { kid, ...header }, privateKey)
  const { proof } = await dpopKey(broker)
  return (await driver.post('/token', { grant_type: 'client_credentials', scope: 'changes', ...assertion }, { dpop: await proof() })).status
}

describe('A client whose keys are at its own address (RFC 7591 §2, jwks_uri)', () => {
  test('is known by them, and they are kept for an hour', async () => {
    const [one, client] = [await key('one'), await clientAt()]
    serve([one.jwk])
    asked = 0
    expect([await tokenFor(client, one), await tokenFor(client, one), asked]).toEqual([200, 200, 1])
    driver.pass({ hours: 1 })
    expect([await tokenFor(client, one), asked]).toEqual([200, 2])
  })

  test('a key it took out counts no more after that hour, and a new one from its first assertion on', async () => {
    const [old, next, client] = [await key('old'), await key('next'), await clientAt()]
    serve([old.jwk])
    expect(await tokenFor(client, old)).toBe(200)
    serve([next.jwk])
    expect(await tokenFor(client, next)).toBe(200)
    expect(await tokenFor(client, old)).toBe(401)
  })

  test('unknown keys make us look again five times a minute, and no more', async () => {
    const [one, stranger, client] = [await key('one'), await key('stranger'), await clientAt()]
    serve([one.jwk])
    await tokenFor(client, one)
    asked = 0
    for (let n = 0; n < 10; n++) expect(await tokenFor(client, stranger)).toBe(401)
    expect(asked).toBeLessThanOrEqual(5)
    driver.pass({ minutes: 1 })
    await tokenFor(client, stranger)
    expect(asked).toBeGreaterThan(4)
    expect(await tokenFor(client, one)).toBe(200)
  })

  test('a wrong signature under a kid we know does not make us look', async () => {
    const [one, client] = [await key('one'), await clientAt()]
    serve([one.jwk])
    await tokenFor(client, one)
    asked = 0
    expect(await tokenFor(client, { ...(await key('one')), kid: 'one' })).toBe(401)
    expect(asked).toBe(0)
  })

  test('what was there last is good for a day when the address does not answer, and then no more (INV-13)', async () => {
    const [one, client] = [await key('one'), await clientAt()]
    serve([one.jwk])
    expect(await tokenFor(client, one)).toBe(200)
    answer = () => ({ status: 503, body: '' })
    driver.pass({ hours: 23 })
    expect(await tokenFor(client, one)).toBe(200)
    driver.pass({ hours: 1 })
    expect(await tokenFor(client, one)).toBe(401)
  })

  test.each<[string, (one: Key) => ReturnType<typeof answer>]>([
    ['a redirect', (one) => ({ status: 302, headers: { location: `${origin}/other` }, body: JSON.stringify({ keys: [one.jwk] }) })],
    ['more than 64 kB', (one) => ({ body: JSON.stringify({ keys: [one.jwk], more: 'x'.repeat(70_000) }) })],
    ['no JSON', () => ({ body: '<html>' })],
    ['no key set', (one) => ({ body: JSON.stringify([one.jwk]) })],
    ['a private key', (one) => ({ body: JSON.stringify({ keys: [one.secret] }) })],
    ['only keys to encrypt to', (one) => ({ body: JSON.stringify({ keys: [{ ...one.jwk, use: 'enc' }] }) })],
    ['no answer worth it', () => ({ status: 404, body: '' })],
  ])('%s is no answer', async (_name, make) => {
    const [one, client] = [await key('one'), await clientAt()]
    answer = () => make(one)
    expect(await tokenFor(client, one)).toBe(401)
  })

  test('keys for other things, of other kinds or without a kid beside the right one do no harm', async () => {
    const [one, client] = [await key('one'), await clientAt()]
    const rsa = await exportJWK((await generateKeyPair('RS256', { extractable: true })).publicKey)
    serve([{ ...rsa, kid: 'rsa' }, { ...(await key('x')).jwk, use: 'enc' }, { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }, one.jwk])
    expect(await tokenFor(client, one)).toBe(200)
  })

  test.each([
    'http://keys.rekenplus.example/jwks',
    'https://keys.rekenplus.example:8443/jwks',
    'https://user@keys.rekenplus.example/jwks',
    'https://keys.rekenplus.example/jwks#x',
    'https://localhost/jwks',
    'https://10.1.2.3/jwks',
    'https://[::1]/jwks',
    'https://2130706433/jwks',
    'file:///etc/passwd',
    'jwks',
  ])('%s cannot be registered', async (jwksUri) => {
    const client = { name: 'Reken Plus', supplierId: world.supplierId, way: 'organisation' as const, jwksUri }
    await expect(registerClient(broker.deps, client)).rejects.toMatchObject({ code: 'jwks_uri_invalid', details: { fault: 'not_allowed' } })
  })

  test.each<[KeysFault, (one: Key) => ReturnType<typeof answer>]>([
    ['redirected', (one) => ({ status: 301, headers: { location: `${origin}/other` }, body: JSON.stringify({ keys: [one.jwk] }) })],
    ['answered_otherwise', () => ({ status: 404, body: '' })],
    ['too_large', (one) => ({ body: JSON.stringify({ keys: [one.jwk], more: 'x'.repeat(70_000) }) })],
    ['not_json', () => ({ body: '<html>' })],
    ['not_json', (one) => ({ body: `{"keys":[],"keys":${JSON.stringify([one.jwk])}}` })],
    ['not_key_set', (one) => ({ body: JSON.stringify([one.jwk]) })],
    ['not_key_set', () => ({ body: 'null' })],
    [
      'no_signing_key',
      (one) => ({ body: JSON.stringify({ keys: [null, 7, { ...one.jwk, use: 'enc' }, { ...one.jwk, kid: undefined }] }) }),
    ],
    ['private_key', (one) => ({ body: JSON.stringify({ keys: [one.secret] }) })],
    ['key_invalid', (one) => ({ body: JSON.stringify({ keys: [one.jwk, one.jwk] }) })],
    ['key_invalid', (one) => ({ body: JSON.stringify({ keys: [{ ...one.jwk, x: 'AAAA' }] }) })],
  ])('is not registered with an address where it will not work, and hears why: %s', async (fault, make) => {
    const one = await key('one')
    answer = () => make(one)
    const client = { name: 'Reken Plus', supplierId: world.supplierId, way: 'organisation' as const, jwksUri: `${origin}/jwks` }
    await expect(registerClient(broker.deps, client)).rejects.toMatchObject({
      code: 'jwks_uri_invalid',
      details: { fault, detail: KEYS_FAULTS[fault] },
    })
  })
})

describe('Addresses that somebody outside named (design §6)', () => {
  test.each([
    ['127.0.0.1', false],
    ['10.0.0.1', false],
    ['172.31.255.255', false],
    ['172.32.0.1', true],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['198.51.100.7', false],
    ['145.97.0.1', true],
    ['::', false],
    ['::1', false],
    ['::ffff:10.0.0.1', false],
    ['::ffff:145.97.0.1', false],
    ['64:ff9b::a00:1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['ff02::1', false],
    ['2001:db8::1', false],
    ['2002:a00:1::1', false],
    ['2001::1', false],
    ['2a00:1450:4009:81f::200e', true],
    ['not an address', false],
  ])('%s is public: %s', (address, expected) => expect(isPublicAddress(address)).toBe(expected))

  test.each([
    ['this machine', ['127.0.0.1']],
    ['a machine of ours', ['10.0.0.8']],
    ['the cloud’s own', ['169.254.169.254']],
    ['one outside and one of ours', ['145.97.0.1', '10.0.0.8']],
    ['nothing', []],
  ])('a fine name that stands for %s is not connected to', async (_name, addresses) => {
    const url = 'https://keys.rekenplus.example/jwks'
    expect(isOutsideUrl(url, [])).toBe(true)
    const looked: string[] = []
    const fetch = nodeOutsideFetch([], (hostname, _options, callback) => {
      looked.push(hostname)
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )
    })
    await expect(fetch(url)).rejects.toThrow('the name stands for an address that is not public')
    expect(looked).toEqual(['keys.rekenplus.example'])
  })

  test('an origin is allowed by name only, with its port', async () => {
    const fetch = nodeOutsideFetch([origin])
    serve([])
    expect(await fetch(`${origin}/x`)).toEqual({ status: 200, text: '{"keys":[]}' })
    await expect(fetch('http://127.0.0.1:1/x')).rejects.toThrow('this address may not be fetched')
  })

  test('64 kB in three seconds, unless the request allows more', async () => {
    const large = 'x'.repeat(70_000)
    answer = () => ({ body: large })
    vi.stubGlobal('fetch', async () => new Response(large))
    const waits = vi.spyOn(AbortSignal, 'timeout')
    onTestFinished(() => {
      vi.unstubAllGlobals()
      waits.mockRestore()
    })
    for (const [fetch, url] of [
      [nodeOutsideFetch([origin]), `${origin}/x`],
      [workersOutsideFetch, 'https://data.rekenplus.example/x'],
    ] as const) {
      waits.mockClear()
      await expect(fetch(url)).rejects.toThrow('the answer is too large')
      await expect(fetch(url, { mostBytes: 69_999 })).rejects.toThrow('the answer is too large')
      expect(await fetch(url, { mostBytes: 70_000, timeoutMs: 10_000 })).toMatchObject({ status: 200, text: large })
      expect(waits.mock.calls).toEqual([[3000], [3000], [10_000]])
    }
  })

  test('who does not answer in time does not answer', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const allowed = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    await expect(nodeOutsideFetch([allowed])(`${allowed}/jwks`, { timeoutMs: 50 })).rejects.toMatchObject({ fault: 'too_slow' })
    silent.closeAllConnections()
    silent.close()
  })

  test('it is told apart why there is no answer', async () => {
    const url = 'https://keys.rekenplus.example/jwks'
    const unknown = nodeOutsideFetch([], (_hostname, _options, callback) => callback(Object.assign(new Error(), { code: 'ENOTFOUND' }), []))
    await expect(unknown(url)).rejects.toMatchObject({ fault: 'name_unknown' })
    const inside = nodeOutsideFetch([], (_hostname, _options, callback) => callback(null, [{ address: '10.0.0.8', family: 4 }]))
    await expect(inside(url)).rejects.toMatchObject({ fault: 'not_public' })
    const breaksOff = createServer((request) => request.socket.destroy())
    await new Promise<void>((resolve) => breaksOff.listen(0, '127.0.0.1', resolve))
    const { port } = breaksOff.address() as AddressInfo
    const at = (place: string) => nodeOutsideFetch([place])(`${place}/jwks`)
    await expect(at(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ fault: 'unreachable' })
    await expect(at(`https://127.0.0.1:${port}`), 'no TLS there').rejects.toMatchObject({ fault: 'certificate_invalid' })
    await new Promise((closed) => breaksOff.close(closed))
    await expect(at(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ fault: 'connection_refused' })
  })

  test.each([
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('%s is about the certificate', async (code) => {
    const fetch = nodeOutsideFetch([], (_hostname, _options, callback) => callback(Object.assign(new Error(), { code }), []))
    await expect(fetch('https://keys.rekenplus.example/jwks')).rejects.toMatchObject({ fault: 'certificate_invalid' })
  })
})

describe('Our own keys are followed by the next after a while', () => {
  const unlocked = { 'without the lock on the kind': withoutLock }
  race('by whichever process looks first, once; with the same algorithm, and an overlap', unlocked, async () => {
    const first = await signingKey(broker.deps, 'status_list', broker.clock.now())
    expect(await rotateOldKeys(broker.deps, 90)).toEqual([])
    driver.pass({ days: 91 })
    const processes = Array.from({ length: 5 }, () => () => rotateOldKeys(broker.deps, 90))
    // They look at what there is, and stand still where they would write.
    const ended = await whileHeld(broker, (sql) => sql`lock table signing_keys in share mode`, processes)
    const rotated = ended.flatMap((one) => (one.status === 'fulfilled' ? one.value : [String(one.reason)]))
    expect(
      rotated.filter((kind) => kind.includes(' ')),
      'nobody comes too late to a key that is there',
    ).toEqual([])
    expect(rotated).toContain('status_list')
    expect(new Set(rotated).size, String(rotated)).toBe(rotated.length)
    expect((await signingKey(broker.deps, 'status_list', broker.clock.now())).kid).toBe(first.kid)
    driver.pass({ minutes: 1 })
    expect((await signingKey(broker.deps, 'status_list', broker.clock.now())).kid).not.toBe(first.kid)
    const { keys } = (await (await driver.fetch('https://broker.test/jwks')).json()) as { keys: { kid: string }[] }
    expect(keys.map(({ kid }) => kid)).toContain(first.kid)
    expect(await rotateOldKeys(broker.deps, 90)).toEqual([])
  })
})
