import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { type Driver, drive } from '../support/driver.ts'
import { liveToken } from '../support/live-token.ts'
import { type RestClient, restClient } from '../support/rest.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: RestClient
let changes: RestClient
let uses: RestClient
let subjects: RestClient
let tokenId: string
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  supplier = await restClient(broker, driver, 'organisation', 'access_requests')
  changes = await restClient(broker, driver, 'organisation', 'changes')
  uses = await restClient(broker, driver, 'holder', 'uses')
  subjects = await restClient(broker, driver, 'holder', 'subjects')
  tokenId = await liveToken(broker, world, await consented(broker, world))
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

/** Values that broke others: what PostgreSQL cannot hold, what JavaScript cannot count, days that do not exist. */
const NASTY = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  [],
  {},
  [[]],
  [null],
  ..."\u0000|a\u0000b|\ud800|\u202eabc|%00|'; drop table boards; --|constructor|__proto__".split('|'),
  ...'0000-01-01|2026-02-30|9999-12-31|+275760-09-13|-000001-01-01|2026-11-16T25:00:00Z|2026-11-16T10:00:00|10000-01-01|0000-01-01T00:00:00Z|9999-12-31T23:59:59Z|0001-01-01T00:00:00+14:00'.split(
    '|',
  ),
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(70_000),
  '🧮'.repeat(600),
]

const nasty = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...NASTY) }, { weight: 1, arbitrary: fc.jsonValue() })

type Path = (string | number)[]
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]))]
}

/** The same value with something else at one place, or nothing there, or one member too many. */
function changed(value: unknown, [step, ...rest]: Path, how: 'replace' | 'remove' | 'add', by: unknown): unknown {
  if (step === undefined) return how === 'add' && typeof value === 'object' ? { ...value, extra: by } : by
  const copy: Record<string | number, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) }
  if (how === 'remove' && rest.length === 0) delete copy[step]
  else copy[step] = changed(copy[step], rest, how, by)
  return copy
}

const request = () => ({
  addressed_to: { scheme: 'BRIN', value: '99ZA' },
  service_id: world.serviceId,
  part_id: 'begeleiding',
  authorization_details: [
    { type: 'pupil-data', locations: [world.resource], actions: ['read'], datatypes: ['arithmetic-results'], purpose: '5.1.a' },
  ],
  window: { from: '2026-11-16', until: '2027-01-31' },
  occasion: 'Deze leerling loopt vast met rekenen.',
  reason: { nl: 'Zo ziet de begeleider wat moeilijk is.', en: 'So the guide sees what is hard.' },
  subject_kind: 'pupil',
  subjects: [{ reference: crypto.randomUUID(), hint: 'groep 6' }],
})
const report = () => ({ uses: [{ jti: tokenId, delivered_at: '2026-11-16T09:01:00Z', datatypes: ['arithmetic-results'], records: 3 }] })

const count = async (table: string) => Number((await broker.owner`select count(*) as n from ${broker.owner(table)}`)[0]!.n)

describe('Whatever is sent, it is refused and not our fault', () => {
  test.each([
    ['POST /v1/access-requests', () => supplier, '/v1/access-requests', request, 'access_requests'],
    ['POST /v1/uses', () => uses, '/v1/uses', report, 'uses'],
  ] as const)('%s with something wrong in it', { timeout: 120_000 }, async (_, client, path, whole, table) => {
    const example = whole()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pathsOf(example)), fc.constantFrom('replace', 'remove', 'add'), nasty, async (at, how, by) => {
        const before = await count(table)
        const { status, body, headers } = await client()('POST', path, changed(whole(), at, how as 'replace', by))
        if (status === 201) return
        expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400)
        expect(status, `${at.join('.')} ${how} ${JSON.stringify(by)?.slice(0, 80)}`).toBeLessThan(500)
        expect(headers.get('content-type')).toBe('application/problem+json')
        expect(await count(table)).toBe(before)
      }),
      { numRuns: 250 },
    )
  })

  test('every path with an id or a query that is none', async () => {
    const ids = ['x', '%00', '%FF', '..%2f', 'a'.repeat(5000), '00000000-0000-0000-0000-000000000000', encodeURIComponent('🧮'), '%E0%A4%A']
    const queries = [
      'limit=0',
      'limit=1e9',
      'limit=x',
      'limit=1&limit=2',
      'cursor=',
      'cursor=%00',
      'cursor=bnVsbA',
      'cursor=eyJ4IjoxfQ',
      'nothing=1',
      '__proto__=1',
      '%',
    ]
    const calls: [RestClient, string, string][] = [
      ...ids.flatMap((id): [RestClient, string, string][] => [
        [supplier, 'GET', `/v1/access-requests/${id}`],
        [supplier, 'DELETE', `/v1/access-requests/${id}`],
        [supplier, 'GET', `/v1/agreements/${id}/grants`],
      ]),
      ...queries.flatMap((query): [RestClient, string, string][] => [
        [supplier, 'GET', `/v1/access-requests?${query}`],
        [supplier, 'GET', `/v1/agreements/${world.agreementId}/grants?${query}`],
        [changes, 'GET', `/v1/changes?${query}`],
        [subjects, 'GET', `/v1/subjects?${query}`],
      ]),
      ...ids.map((id): [RestClient, string, string] => [subjects, 'GET', `/v1/subjects?sub=${id}`]),
    ]
    for (const [client, method, path] of calls) {
      const { status, body } = await client(method, path)
      expect(status, `${method} ${path.slice(0, 120)} ${JSON.stringify(body)}`).toBeLessThan(500)
    }
  })

  test('every OAuth endpoint with forms that make no sense', { timeout: 120_000 }, async () => {
    const names = [
      'grant_type',
      'scope',
      'authorization_details',
      'resource',
      'client_id',
      'token',
      'login_hint',
      'auth_req_id',
      'binding_message',
      'client_assertion',
    ]
    const paths = fc.constantFrom('/token', '/introspect', '/bc-authorize', '/revoke')
    const text = nasty.map((value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')))
    const useful = fc.constantFrom(
      'client_credentials',
      'urn:openid:params:grant-type:ciba',
      'openid',
      '[{"type":"pupil-data"}]',
      'access_requests',
    )
    const forms = fc.dictionary(fc.constantFrom(...names), fc.oneof(text, useful), { maxKeys: 6 })
    await fc.assert(
      fc.asyncProperty(paths, forms, fc.boolean(), fc.constantFrom('organisation', 'ciba', 'holder'), async (path, form, known, name) => {
        const assertion = known ? await driver.assertion(name as 'ciba') : {}
        const answer = await driver.app.request(broker.deps.issuer + path, {
          method: 'POST',
          body: new URLSearchParams({ ...form, ...assertion }),
          headers: { dpop: 'x' },
        })
        expect(answer.status, `${path} ${JSON.stringify(form).slice(0, 200)}`).toBeLessThan(500)
        if (answer.status >= 400) expect(Object.keys((await answer.json()) as object)).toContain('error')
      }),
      { numRuns: 250 },
    )
  })
})
