import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { Fetch } from '../../src/holder/bounded-fetch.ts'
import { createVerifier } from '../../src/holder/verifier.ts'
import { fakeBroker, ISSUER, keyPair } from '../fakes/broker.ts'
import { impatientKit, verifierFor } from '../support/holder-verifier.ts'
import { raceWith } from '../support/race.ts'

describe('The broker’s documents', () => {
  const impatient = { 'where each fetches for itself': impatientKit }
  const once = 'a new key is found when a token names it, and a made-up one does not make the kit fetch for ever'
  raceWith(
    once,
    () => createVerifier,
    impatient,
    async (kit) => {
      const broker = await fakeBroker()
      const verifier = verifierFor(broker, {}, kit)
      const fetches = () => broker.calls.filter((call) => call === 'GET /jwks').length
      await verifier.verifyAccess(await broker.request())
      const next = await keyPair('EdDSA')
      broker.state.jwks.push({ ...next.publicJwk, kid: 'next', alg: 'EdDSA', use: 'sig' })
      broker.pass(6)
      const requests = await Promise.all(
        Array.from({ length: 20 }, () => broker.request({ token: { key: next.privateKey, header: { kid: 'next' } } })),
      )
      await Promise.all(requests.map((request) => verifier.verifyAccess(request)))
      expect(fetches()).toBe(2)
      for (let n = 0; n < 20; n++) {
        const request = await broker.request({ token: { header: { kid: `made-up-${n}` } } })
        await expect(verifier.verifyAccess(request)).rejects.toMatchObject({ code: 'invalid_token' })
      }
      expect(fetches()).toBe(2)
    },
  )

  test('a key that was taken away in an emergency is refused within 60 seconds, also where a cache lies between', async () => {
    for (const ageSeconds of [0, 40]) {
      const broker = await fakeBroker()
      const fetch: Fetch = async (url, init) => {
        const answer = await broker.fetch(url, init)
        if (url.endsWith('/jwks')) answer.headers.set('age', String(ageSeconds))
        return answer
      }
      const verifier = verifierFor(broker, { fetch })
      const fetches = () => broker.calls.filter((call) => call === 'GET /jwks').length
      await verifier.verifyAccess(await broker.request())
      broker.state.jwks.shift()
      broker.pass(59 - ageSeconds)
      await verifier.verifyAccess(await broker.request())
      expect(fetches(), 'within its time the set is not asked for again').toBe(1)
      broker.pass(1)
      for (let n = 0; n < 5; n++) {
        await expect(verifier.verifyAccess(await broker.request())).rejects.toMatchObject({ code: 'invalid_token' })
      }
      expect(fetches(), 'nor does a key that is gone make the kit fetch for ever').toBe(2)
    }
  })

  test.each([
    ['of another issuer', { issuer: 'https://elders.example', jwks_uri: 'https://elders.example/jwks', token_endpoint: 'x' }],
    ['without keys', { issuer: ISSUER, token_endpoint: `${ISSUER}/token` }],
  ])('metadata %s are not used (RFC 8414 §3.3)', async (_, metadata) => {
    const broker = await fakeBroker()
    broker.state.metadata = metadata
    await expect(verifierFor(broker).verifyAccess(await broker.request())).rejects.toMatchObject({ code: 'broker_unavailable' })
    expect(broker.calls).toEqual(['GET /.well-known/oauth-authorization-server'])
  })

  test('a broker that keeps silent is not waited for longer than configured', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const issuer = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const broker = await fakeBroker()
    const { fetch } = globalThis
    const verifier = verifierFor(broker, { issuer, fetch, timeoutMs: 100 })
    const started = performance.now()
    await expect(verifier.verifyAccess(await broker.request())).rejects.toMatchObject({ code: 'broker_unavailable', status: 503 })
    expect(performance.now() - started).toBeLessThan(5_000)
    silent.closeAllConnections()
    await new Promise((resolve) => silent.close(resolve))
  })
})
