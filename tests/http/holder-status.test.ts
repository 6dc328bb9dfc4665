import { StatusList } from '@owf/token-status-list'
import { describe, expect, test } from 'vitest'
import { createVerifier } from '../../src/holder/verifier.ts'
import { deflated, fakeBroker, keyPair, packed, STATUS_URI } from '../fakes/broker.ts'
import { impatientKit, verifierFor } from '../support/holder-verifier.ts'
import { raceWith } from '../support/race.ts'

const atIndex = (idx: number) => ({ token: { claims: { status: { status_list: { idx, uri: STATUS_URI } } } } })

describe('The status list (draft-ietf-oauth-status-list)', () => {
  test.each([1, 2, 4, 8] as const)('of %i bits, made by another library: 0 lets through, all else does not', async (bits) => {
    const broker = await fakeBroker()
    const values = Array.from({ length: 100 }, (_, index) => (index * 7) % 2 ** bits)
    const lst = Buffer.from(new StatusList(values, bits).compressStatusListToBytes()).toString('base64url')
    broker.state.status = () => broker.statusList({ list: { bits, lst } })
    const verifier = verifierFor(broker)
    for (const [index, value] of values.entries()) {
      const verified = verifier.verifyAccess(await broker.request(atIndex(index)))
      if (value === 0) await expect(verified).resolves.toBeDefined()
      else await expect(verified).rejects.toMatchObject({ code: 'invalid_token', message: 'access token: it was ended' })
    }
  })

  test('a withdrawal is seen within sixty seconds, whatever the list says of itself', async () => {
    const broker = await fakeBroker()
    let ended = false
    broker.state.status = async () =>
      broker.statusList({ claims: { ttl: 43_200, exp: undefined }, list: { bits: 1, lst: await deflated(packed([ended ? 1 : 0])) } })
    const verifier = verifierFor(broker)
    await verifier.verifyAccess(await broker.request(atIndex(0)))
    ended = true
    broker.pass(59)
    await verifier.verifyAccess(await broker.request(atIndex(0)))
    broker.pass(1)
    await expect(verifier.verifyAccess(await broker.request(atIndex(0)))).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test.each([
    ['its ttl', { claims: { ttl: 5 } }, 5],
    ['its exp', { claims: { exp: Date.parse('2026-11-16T09:00:10Z') / 1000 } }, 10],
    ['the time it already spent in a cache', { headers: { age: '50' } }, 10],
  ])('is fetched again after %s', async (_, made, seconds) => {
    const broker = await fakeBroker()
    const fetches = () => broker.calls.filter((call) => call.startsWith('GET /status')).length
    broker.state.status = () => broker.statusList(made)
    const verifier = verifierFor(broker)
    await verifier.verifyAccess(await broker.request())
    broker.pass(seconds - 1)
    await verifier.verifyAccess(await broker.request())
    expect(fetches()).toBe(1)
    broker.pass(1)
    await verifier.verifyAccess(await broker.request()).catch(() => {})
    expect(fetches()).toBe(2)
  })

  const impatient = { 'where each fetches for itself': impatientKit }
  raceWith(
    'is fetched once by fifty at once',
    () => createVerifier,
    impatient,
    async (kit) => {
      const broker = await fakeBroker()
      const verifier = verifierFor(broker, {}, kit)
      const requests = await Promise.all(Array.from({ length: 50 }, () => broker.request()))
      await Promise.all(requests.map((request) => verifier.verifyAccess(request)))
      expect(broker.calls.toSorted()).toEqual(['GET /.well-known/oauth-authorization-server', 'GET /jwks', 'GET /status/l1'])
    },
  )

  test('an old list is not used when the broker is down, and all is well when it is back', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    await verifier.verifyAccess(await broker.request())
    broker.state.down = true
    broker.pass(59)
    await verifier.verifyAccess(await broker.request())
    broker.pass(1)
    await expect(verifier.verifyAccess(await broker.request())).rejects.toMatchObject({ code: 'broker_unavailable', status: 503 })
    broker.state.down = false
    broker.pass(1)
    await verifier.verifyAccess(await broker.request())
  })

  test('a broker that is down is not asked by every request', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    await verifier.verifyAccess(await broker.request())
    broker.state.down = true
    broker.pass(61)
    const before = broker.calls.length
    for (let n = 0; n < 20; n++) {
      await expect(verifier.verifyAccess(await broker.request())).rejects.toMatchObject({ status: 503 })
    }
    expect(broker.calls.length - before).toBe(1)
  })

  test('fails closed on a list that is not as it should be', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const stranger = await keyPair('ES256')
    const seconds = broker.now().getTime() / 1000
    const zeros = new Uint8Array(5_000_000)
    const cases: [string, () => Promise<Response> | Response][] = [
      ['another signer', () => broker.statusList({ key: stranger.privateKey })],
      ['the typ of an access token', () => broker.statusList({ header: { typ: 'at+jwt' } })],
      ['no typ', () => broker.statusList({ header: { typ: undefined } })],
      ['a list of another address', () => broker.statusList({ claims: { sub: `${STATUS_URI}2` } })],
      ['no sub', () => broker.statusList({ claims: { sub: undefined } })],
      ['expired', () => broker.statusList({ claims: { iat: seconds - 400, exp: seconds - 100 } })],
      ['from the future', () => broker.statusList({ claims: { iat: seconds + 60 } })],
      ['no iat', () => broker.statusList({ claims: { iat: undefined } })],
      ['a ttl of nothing', () => broker.statusList({ claims: { ttl: 0 } })],
      ['a ttl in words', () => broker.statusList({ claims: { ttl: 'long' } })],
      ['three bits', () => broker.statusList({ list: { bits: 3, lst: 'eNpjAAAAAQAB' } })],
      ['no list', () => broker.statusList({ list: {} })],
      ['no base64url', () => broker.statusList({ list: { bits: 1, lst: 'eN+/' } })],
      ['not compressed', () => broker.statusList({ list: { bits: 1, lst: 'AAAA' } })],
      [
        'cut off',
        async () => broker.statusList({ list: { bits: 1, lst: (await deflated(packed([0, 1, 0, 1, 1, 1, 0, 0, 1]))).slice(0, -6) } }),
      ],
      ['a bomb', async () => broker.statusList({ list: { bits: 1, lst: await deflated(zeros) } })],
      ['another content type', () => broker.statusList({ type: 'application/jwt' })],
      ['not found', () => new Response('', { status: 404 })],
      ['a redirect', () => new Response('', { status: 302, headers: { location: 'https://elders.example/' } })],
      ['no JWT', () => new Response('hello', { headers: { 'content-type': 'application/statuslist+jwt' } })],
      [
        'endless',
        () =>
          new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536).fill(65)) }), {
            headers: { 'content-type': 'application/statuslist+jwt' },
          }),
      ],
    ]
    for (const [what, status] of cases) {
      broker.state.status = status
      const verified = verifier.verifyAccess(await broker.request())
      await expect(verified, what).rejects.toMatchObject({ code: 'broker_unavailable', status: 503 })
      broker.pass(1)
    }
    broker.state.status = undefined
    await expect(verifier.verifyAccess(await broker.request())).resolves.toBeDefined()
  })
})
