import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { memoryReplayStore, type ReplayStore } from '../../src/holder/replay-store.ts'
import { type FakeBroker, fakeBroker, keyPair, RESOURCE, requestWith } from '../fakes/broker.ts'
import { verifierFor } from '../support/holder-verifier.ts'
import { raceWith } from '../support/race.ts'

const seconds = Date.parse('2026-11-16T09:00:00Z') / 1000

describe('A DPoP proof (RFC 9449 §4.3)', () => {
  const wrong: [what: string, made: { claims?: Record<string, unknown>; header?: Record<string, unknown> }][] = [
    ['another typ', { header: { typ: 'JWT' } }],
    ['no typ', { header: { typ: undefined } }],
    ['no jwk', { header: { jwk: undefined } }],
    ['no jti', { claims: { jti: undefined } }],
    ['an empty jti', { claims: { jti: '' } }],
    ['an endless jti', { claims: { jti: 'x'.repeat(257) } }],
    ['another method', { claims: { htm: 'POST' } }],
    ['the method in small letters', { claims: { htm: 'get' } }],
    ['no method', { claims: { htm: undefined } }],
    ['another path', { claims: { htu: `${RESOURCE}subjects` } }],
    ['another host', { claims: { htu: 'https://elders.example/results' } }],
    ['the inside address of a proxy', { claims: { htu: 'http://10.0.0.7:3000/results' } }],
    ['http for https', { claims: { htu: 'http://api.rekenrijk.example/results' } }],
    ['no address', { claims: { htu: undefined } }],
    ['an address that is none', { claims: { htu: 'results' } }],
    ['older than a minute', { claims: { iat: seconds - 61 } }],
    ['from the future', { claims: { iat: seconds + 11 } }],
    ['no iat', { claims: { iat: undefined } }],
    ['an iat in words', { claims: { iat: 'now' } }],
    ['expired by its own exp', { claims: { exp: seconds - 1 } }],
    ['no ath', { claims: { ath: undefined } }],
    ['the ath of another token', { claims: { ath: 'A'.repeat(43) } }],
  ]
  test.each(wrong)('refused: %s', async (_, made) => {
    const broker = await fakeBroker()
    const refused = verifierFor(broker).verifyAccess(await broker.request({ proof: made }))
    await expect(refused).rejects.toMatchObject({ code: 'invalid_dpop_proof', status: 401 })
  })

  const right: [what: string, claims: Record<string, unknown>][] = [
    ['a minute old', { iat: seconds - 60 }],
    ['a clock ten seconds ahead', { iat: seconds + 10 }],
    ['with query and fragment', { htu: `${RESOURCE}results?page=2#top` }],
    ['with capitals in the host and the default port', { htu: 'HTTPS://API.rekenrijk.example:443/results' }],
  ]
  test.each(right)('accepted: %s', async (_, claims) => {
    const broker = await fakeBroker()
    await expect(verifierFor(broker).verifyAccess(await broker.request({ proof: { claims } }))).resolves.toBeDefined()
  })

  test('refused: signed with another key than the one in it', async () => {
    const broker = await fakeBroker()
    const { privateKey } = await keyPair('ES256')
    const refused = verifierFor(broker).verifyAccess(await broker.request({ proof: { key: privateKey } }))
    await expect(refused).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
  })

  test('refused: a good proof by another key than the token is bound to', async () => {
    const broker = await fakeBroker()
    const thief = await keyPair('ES256')
    const refused = verifierFor(broker).verifyAccess(
      await broker.request({ proof: { key: thief.privateKey, header: { jwk: thief.publicJwk } } }),
    )
    await expect(refused).rejects.toMatchObject({ code: 'invalid_token' })
  })

  test('refused: a private key in it, a shared secret, RSA, another curve', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const rsa = await generateKeyPair('RS256', { extractable: true })
    const p384 = await generateKeyPair('ES384', { extractable: true })
    for (const proof of [
      { header: { jwk: broker.supplier.privateJwk } },
      { header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } },
      { key: rsa.privateKey, header: { alg: 'RS256', jwk: await exportJWK(rsa.publicKey) } },
      { key: p384.privateKey, header: { alg: 'ES384', jwk: await exportJWK(p384.publicKey) } },
      { header: { jwk: 'P-256' } },
    ]) {
      await expect(verifier.verifyAccess(await broker.request({ proof }))).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
    }
  })

  test.each(['EdDSA', 'Ed25519'])('of an Ed25519 key, signed as %s', async (alg) => {
    const broker = await fakeBroker()
    const pair = await keyPair('EdDSA')
    expect(pair.jkt).toBe(await calculateJwkThumbprint(pair.publicJwk))
    const request = await broker.request({
      token: { claims: { cnf: { jkt: pair.jkt } } },
      proof: { key: pair.privateKey, header: { alg, jwk: pair.publicJwk } },
    })
    await expect(verifierFor(broker).verifyAccess(request)).resolves.toBeDefined()
  })

  test('none, two, too long a one, a bearer token, another scheme', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const token = await broker.token()
    const proof = await broker.proof(token)
    const sent = (headers: Record<string, string>) => verifier.verifyAccess(new Request(`${RESOURCE}results`, { headers }))
    await expect(sent({ authorization: `DPoP ${token}` })).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
    await expect(sent({ authorization: `DPoP ${token}`, dpop: `${proof}, ${proof}` })).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
    await expect(sent({ authorization: `DPoP ${token}`, dpop: proof.padEnd(5000, 'A') })).rejects.toMatchObject({
      code: 'invalid_dpop_proof',
    })
    await expect(sent({ authorization: `DPoP ${'A'.repeat(16_385)}`, dpop: proof })).rejects.toMatchObject({
      code: 'invalid_token',
      message: 'access token: it is too long',
    })
    await expect(sent({ authorization: `Bearer ${token}`, dpop: proof })).rejects.toMatchObject({ code: 'invalid_token', status: 401 })
    await expect(sent({ authorization: `Basic ${token}`, dpop: proof })).rejects.toMatchObject({ code: 'invalid_request', status: 400 })
    await expect(sent({ authorization: `DPoP ${token} x`, dpop: proof })).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(sent({ dpop: proof })).rejects.toMatchObject({ code: 'token_missing', status: 401 })
    await expect(sent({ authorization: `dpop ${token}`, dpop: proof })).resolves.toBeDefined()
  })
})

/** Looks whether a proof was used, and notes it a moment later. */
const looksFirst = {
  'where it looks first and notes it later': () => (): ReplayStore => {
    const used = new Set<string>()
    return {
      async useOnce(key) {
        const isNew = !used.has(key)
        await Promise.resolve()
        used.add(key)
        return isNew
      },
    }
  },
}

describe('A proof is used once (INV-11)', () => {
  raceWith(
    'of fifty at once one gets in',
    () => memoryReplayStore,
    looksFirst,
    async (makeStore) => {
      const broker = await fakeBroker()
      const verifier = verifierFor(broker, { replayStore: makeStore({ now: () => broker.now().getTime() }) })
      const token = await broker.token()
      const proof = await broker.proof(token)
      const tries = await Promise.allSettled(Array.from({ length: 50 }, () => verifier.verifyAccess(requestWith(token, proof))))
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const tried of tries) if (tried.status === 'rejected') expect(tried.reason).toMatchObject({ code: 'invalid_dpop_proof' })
    },
  )

  const shared = (broker: FakeBroker) => {
    const store = memoryReplayStore({ now: () => broker.now().getTime() })
    return [store, store]
  }
  const apart = {
    'where each has a store of its own': () => (broker: FakeBroker) => [...shared(broker).slice(1), ...shared(broker).slice(1)],
  }
  raceWith(
    'over two processes that share a store',
    () => shared,
    apart,
    async (stores) => {
      const broker = await fakeBroker()
      const processes = stores(broker).map((replayStore) => verifierFor(broker, { replayStore }))
      const token = await broker.token()
      const proof = await broker.proof(token)
      const tries = await Promise.allSettled(processes.map((verifier) => verifier.verifyAccess(requestWith(token, proof))))
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    },
  )

  test('until the proof is too old to be taken at all', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const token = await broker.token()
    const proof = await broker.proof(token, { claims: { iat: seconds + 10 } })
    await verifier.verifyAccess(requestWith(token, proof))
    for (let second = 0; second < 90; second += 5) {
      broker.pass(5)
      await expect(verifier.verifyAccess(requestWith(token, proof))).rejects.toMatchObject({ code: 'invalid_dpop_proof' })
    }
  })

  test('the same jti by two keys is two proofs', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const other = await keyPair('ES256')
    await verifier.verifyAccess(await broker.request({ proof: { claims: { jti: 'one' } } }))
    const request = await broker.request({
      token: { claims: { cnf: { jkt: other.jkt } } },
      proof: { key: other.privateKey, header: { jwk: other.publicJwk }, claims: { jti: 'one' } },
    })
    await expect(verifier.verifyAccess(request)).resolves.toBeDefined()
  })

  test('a store that cannot tell refuses (fails closed)', async () => {
    const broker = await fakeBroker()
    const replayStore: ReplayStore = { useOnce: () => Promise.reject(new Error('the database is gone')) }
    const refused = verifierFor(broker, { replayStore }).verifyAccess(await broker.request())
    await expect(refused).rejects.toMatchObject({ code: 'broker_unavailable', status: 503 })
  })

  test('who has no token of the broker leaves nothing in the store', async () => {
    const broker = await fakeBroker()
    const keys: string[] = []
    const replayStore: ReplayStore = {
      useOnce: (key) => {
        keys.push(key)
        return true
      },
    }
    const verifier = verifierFor(broker, { replayStore })
    const stranger = await keyPair('EdDSA')
    await expect(verifier.verifyAccess(await broker.request({ token: { key: stranger.privateKey } }))).rejects.toThrow()
    await expect(verifier.verifyAccess(await broker.request({ proof: { claims: { ath: 'x' } } }))).rejects.toThrow()
    expect(keys).toEqual([])
  })

  test('the store of one process forgets what has expired, and rather rejects than forget more', () => {
    let now = 0
    const store = memoryReplayStore({ max: 2, now: () => now })
    expect(store.useOnce('a', new Date(70_000))).toBe(true)
    expect(store.useOnce('b', new Date(60_000))).toBe(true)
    expect(store.useOnce('a', new Date(70_000))).toBe(false)
    expect(() => store.useOnce('c', new Date(70_000))).toThrow('full')
    now = 70_000
    expect(store.useOnce('c', new Date(140_000))).toBe(true)
    expect(store.useOnce('a', new Date(140_000))).toBe(true)
  })
})
