import { createLocalJWKSet, decodeProtectedHeader, EmbeddedJWK, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Delivery } from '../../src/holder/report-uses.ts'
import { fakeBroker, ISSUER } from '../fakes/broker.ts'
import { verifierFor } from '../support/holder-verifier.ts'

const what = { datatypes: ['arithmetic-results'], records: 12 }
const problem = (status: number) => Response.json({ code: 'use_unknown_token' }, { status })

describe('What was delivered is told to the broker', () => {
  test('in one batch, by the holder’s own client, after the answer', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    for (const jti of ['a', 'b', 'c']) {
      void verifier.delivered(await verifier.verifyAccess(await broker.request({ token: { claims: { jti } } })), what)
    }
    expect(broker.calls.filter((call) => call.startsWith('POST'))).toEqual([])
    await verifier.settled()
    expect(broker.calls.filter((call) => call.startsWith('POST'))).toEqual(['POST /token', 'POST /v1/uses'])
    expect(broker.uses).toEqual(['a', 'b', 'c'].map((jti) => ({ jti, delivered_at: '2026-11-16T09:00:00.000Z', ...what })))
  })

  test('with a token asked for by private_key_jwt and DPoP as the broker wants them', async () => {
    const broker = await fakeBroker()
    let form: URLSearchParams | undefined
    let proof: string | undefined
    const verifier = verifierFor(broker, {
      fetch: (url, init) => {
        if (url === `${ISSUER}/token`) {
          form = init.body as URLSearchParams
          proof = new Headers(init.headers).get('dpop') ?? undefined
        }
        return broker.fetch(url, init)
      },
    })
    void verifier.delivered(await verifier.verifyAccess(await broker.request()), what)
    await verifier.settled()
    expect(Object.fromEntries(form!)).toMatchObject({ grant_type: 'client_credentials', scope: 'uses', resource: `${ISSUER}/v1` })
    const { payload } = await jwtVerify(
      form!.get('client_assertion')!,
      createLocalJWKSet({ keys: [{ ...broker.holder.publicJwk, alg: 'EdDSA' }] }),
      { issuer: 'rekenrijk', subject: 'rekenrijk', currentDate: broker.now() },
    )
    expect(payload.aud).toBe(ISSUER)
    expect(payload.jti).toBeTypeOf('string')
    const signed = await jwtVerify(proof!, EmbeddedJWK, { typ: 'dpop+jwt', currentDate: broker.now() })
    expect(signed.payload).toMatchObject({ htm: 'POST', htu: `${ISSUER}/token` })
    expect(decodeProtectedHeader(proof!).jwk).not.toHaveProperty('d')
    const report = broker.reports[0]!.headers
    expect((await jwtVerify(report.get('dpop')!, EmbeddedJWK, { currentDate: broker.now() })).payload).toMatchObject({
      htm: 'POST',
      htu: `${ISSUER}/v1/uses`,
      ath: expect.any(String) as string,
    })
    expect(report.get('authorization')).toMatch(/^DPoP opaque-/)
  })

  test('also when the broker was down: later, once, with the same Idempotency-Key', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const access = await verifier.verifyAccess(await broker.request())
    let failures = 2
    broker.state.onUses = () => (failures-- > 0 ? new Response('', { status: 503 }) : undefined)
    const told = verifier.delivered(access, what)
    await told
    expect(broker.uses).toHaveLength(1)
    expect(broker.reports).toHaveLength(3)
    expect(new Set(broker.reports.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1)
  })

  test('with a new token when the old one is no longer taken', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    let refusals = 1
    broker.state.onUses = () => (refusals-- > 0 ? problem(401) : undefined)
    void verifier.delivered(await verifier.verifyAccess(await broker.request()), what)
    await verifier.settled()
    expect(broker.uses).toHaveLength(1)
    expect(broker.calls.filter((call) => call === 'POST /token')).toHaveLength(2)
  })

  test('one report the broker refuses takes no other with it', async () => {
    const broker = await fakeBroker()
    const lost: string[] = []
    const onLost = ({ tokenId }: Delivery) => {
      lost.push(tokenId)
      throw new Error('a log that fails')
    }
    const verifier = verifierFor(broker, { reports: { onLost } })
    broker.state.onUses = ({ uses }) => (uses.some(({ jti }) => jti === 'bad') ? problem(404) : undefined)
    for (const jti of ['a', 'bad', 'c']) {
      void verifier.delivered(await verifier.verifyAccess(await broker.request({ token: { claims: { jti } } })), what)
    }
    await verifier.settled()
    expect(broker.uses.map(({ jti }) => jti)).toEqual(['a', 'c'])
    expect(lost).toEqual(['bad'])
  })

  test('the queue is bounded, and no answer waits for it', async () => {
    const broker = await fakeBroker()
    const lost: string[] = []
    const verifier = verifierFor(broker, { reports: { maxWaiting: 2, onLost: ({ tokenId }) => lost.push(tokenId) } })
    const access = await verifier.verifyAccess(await broker.request({ token: { claims: { jti: 'x' } } }))
    for (let n = 0; n < 5; n++) void verifier.delivered(access, what)
    expect(lost).toEqual(['x', 'x', 'x'])
    await verifier.settled()
    expect(broker.uses).toHaveLength(2)
  })
})

test('The holder reads who the pseudonyms are, page by page', async () => {
  const broker = await fakeBroker()
  const pairs = ['ali', 'fatima', 'pim'].map((name) => ({ identifier: `https://ketenid.nl/pilot/${name}`, sub: `hs_${name}` }))
  broker.state.subjectPages = [
    { subjects: pairs.slice(0, 2), next_cursor: '1' },
    { subjects: pairs.slice(2), next_cursor: null },
  ]
  const read = []
  for await (const subject of verifierFor(broker).subjects()) read.push(subject)
  expect(read).toEqual(pairs)
  expect(broker.calls.filter((call) => call.includes('/v1/'))).toEqual(['GET /v1/subjects', 'GET /v1/subjects?cursor=1'])
})

test('A pseudonym that comes by is asked about once', async () => {
  const broker = await fakeBroker()
  broker.state.subjectPages = [{ subjects: [{ identifier: 'https://ketenid.nl/pilot/fatima', sub: 'hs_fatima' }] }]
  const verifier = verifierFor(broker)
  expect(await verifier.identifierOf('hs_fatima')).toBe('https://ketenid.nl/pilot/fatima')
  expect(await verifier.identifierOf('hs_fatima')).toBe('https://ketenid.nl/pilot/fatima')
  expect(await verifier.identifierOf('hs_ali')).toBeUndefined()
  expect(broker.calls.filter((call) => call.includes('/v1/'))).toEqual(['GET /v1/subjects?sub=hs_fatima', 'GET /v1/subjects?sub=hs_ali'])
})
