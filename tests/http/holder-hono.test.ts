import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { entryFor } from '../../src/holder/access.ts'
import { AccessError } from '../../src/holder/access-error.ts'
import { type AccessVariables, metadataHandler, requireAccess } from '../../src/holder/hono.ts'
import { metadataUrl } from '../../src/holder/metadata.ts'
import type { Verifier } from '../../src/holder/verifier.ts'
import { fakeBroker, ISSUER, RESOURCE } from '../fakes/broker.ts'
import { verifierFor } from '../support/holder-verifier.ts'

const METADATA_URL = 'https://api.rekenrijk.example/.well-known/oauth-protected-resource'

function publisher(verifier: Verifier) {
  const app = new Hono<{ Variables: AccessVariables }>()
  app.get(new URL(verifier.metadataUrl).pathname, metadataHandler(verifier))
  app.get('/results', requireAccess(verifier), (c) => {
    const pupil = c.req.query('pupil') ?? 'hs_fatima'
    if (!entryFor(c.var.access, pupil, 'arithmetic-results')) {
      throw new AccessError('insufficient_scope', 'the token does not allow these data of this pupil')
    }
    c.var.delivered({ datatypes: ['arithmetic-results'], records: 1 })
    return c.json([{ sum: '7 × 8', right: true }])
  })
  app.get('/broken', requireAccess(verifier), () => {
    throw new Error('its own fault')
  })
  app.onError((_, c) => c.text('broken', 500))
  return app
}

describe('A publisher on Hono', () => {
  test('hands over data and tells the broker afterwards', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const answer = await publisher(verifier).request(await broker.request())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual([{ sum: '7 × 8', right: true }])
    await verifier.settled()
    expect(broker.uses).toHaveLength(1)
  })

  test('on Workers the report is announced with waitUntil', async () => {
    const broker = await fakeBroker()
    const waiting: Promise<unknown>[] = []
    const context = { waitUntil: (work: Promise<unknown>) => waiting.push(work), passThroughOnException() {}, props: {} }
    await publisher(verifierFor(broker)).request(await broker.request(), undefined, undefined, context)
    expect(waiting).toHaveLength(1)
    await Promise.all(waiting)
    expect(broker.uses).toHaveLength(1)
  })

  test('without a token says where to get one (RFC 9728 §5.1)', async () => {
    const broker = await fakeBroker()
    const answer = await publisher(verifierFor(broker)).request('/results')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(`DPoP algs="EdDSA Ed25519 ES256", resource_metadata="${METADATA_URL}"`)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ status: 401, code: 'token_missing' })
  })

  test('says what was wrong with the one that came (RFC 9449 §7.1)', async () => {
    const broker = await fakeBroker()
    const app = publisher(verifierFor(broker))
    const ended = { status: { status_list: { idx: 7, uri: `${ISSUER}/status/l1` } } }
    const answer = await app.request(await broker.request({ token: { claims: ended } }))
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(
      `DPoP error="invalid_token", error_description="access token: it was ended", algs="EdDSA Ed25519 ES256", resource_metadata="${METADATA_URL}"`,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('refuses what the token does not allow with 403', async () => {
    const broker = await fakeBroker()
    const request = await broker.request({ url: 'http://10.0.0.7:3000/results?pupil=hs_ali' })
    const answer = await publisher(verifierFor(broker)).request(request)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect(await answer.json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
  })

  test('answers 503, without a challenge, when the broker cannot be asked', async () => {
    const broker = await fakeBroker()
    broker.state.down = true
    const answer = await publisher(verifierFor(broker)).request(await broker.request())
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  test('leaves its own faults to itself', async () => {
    const broker = await fakeBroker()
    const request = await broker.request({
      url: 'http://10.0.0.7:3000/broken',
      proof: { claims: { htu: `${RESOURCE}broken` } },
    })
    const answer = await publisher(verifierFor(broker)).request(request)
    expect([answer.status, await answer.text()]).toEqual([500, 'broken'])
  })

  test('publishes its metadata (RFC 9728 §2)', async () => {
    const broker = await fakeBroker()
    const answer = await publisher(verifierFor(broker, { name: 'Rekenrijk Oefenen' })).request('/.well-known/oauth-protected-resource')
    expect(await answer.json()).toEqual({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header'],
      authorization_details_types_supported: ['pupil-data'],
      dpop_bound_access_tokens_required: true,
      dpop_signing_alg_values_supported: ['EdDSA', 'Ed25519', 'ES256'],
      resource_name: 'Rekenrijk Oefenen',
    })
  })
})

test.each([
  ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/rekenen', 'https://api.example/.well-known/oauth-protected-resource/rekenen'],
])('the metadata of %s are at %s', (resource, url) => {
  expect(metadataUrl(resource)).toBe(url)
})
