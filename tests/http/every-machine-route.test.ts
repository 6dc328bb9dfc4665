import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { inviteClient } from '../../src/catalog/invite-client.ts'
import { newId } from '../../src/ids.ts'
import { LARGEST_ROSTER_BYTES } from '../../src/rosters/routes.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { dpopKey, drive, type WorldClient } from '../support/driver.ts'
import { told } from '../support/ledger.ts'
import { MACHINE } from '../support/machine-routes.ts'
import { type RestClient, restClient } from '../support/rest.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Awaited<ReturnType<typeof drive>>
const clients = new Map<string, RestClient>()
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

/** A client with a token of this scope, made once. */
async function clientOf(name: WorldClient, scope: string): Promise<RestClient> {
  const known = clients.get(`${name} ${scope}`)
  if (known) return known
  const made = await restClient(broker, driver, name, scope)
  clients.set(`${name} ${scope}`, made)
  return made
}

interface Tried {
  as: WorldClient
  scope: string
  /** A sound body: what is wrong with it is whose it is about. */
  body?: () => unknown
  type?: string
  query?: string
  /** What a foreign id comes to; absent where there is nothing to name. */
  refused?: string
}

const id = () => newId(new Date('2026-11-16T09:00:00Z'))
const asking = () => ({
  addressed_to: { scheme: 'BRIN', value: '99ZA' },
  service_id: id(),
  authorization_details: [
    { type: 'pupil-data', locations: [world.resource], actions: ['read'], datatypes: ['arithmetic-results'], purpose: '5.1.a' },
  ],
  window: { until: '2027-01-31' },
  occasion: 'Deze leerling loopt vast met rekenen.',
  reason: { nl: 'Zo ziet de begeleider wat moeilijk is.' },
  subjects: [{ reference: 'r1' }],
})
const use = () => ({ uses: [{ jti: id(), delivered_at: '2026-11-16T09:00:00Z', datatypes: ['arithmetic-results'], records: 1 }] })
const pushed = { delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: 'http://127.0.0.1/events' } }
const requests = { as: 'organisation', scope: 'access_requests' } as const
const streams = { as: 'ciba', scope: 'changes', refused: 'stream_not_found' } as const

/** Every route of the REST API and of grant management. */
const REST: Record<string, Tried> = {
  'GET /v1/access-requests': requests,
  'POST /v1/access-requests': { ...requests, body: asking, refused: 'service_not_found' },
  'GET /v1/access-requests/:request_id': { ...requests, refused: 'request_not_found' },
  'DELETE /v1/access-requests/:request_id': { ...requests, refused: 'request_not_found' },
  'GET /v1/agreements/:agreement_id/grants': { ...requests, refused: 'agreement_not_found' },
  'GET /v1/assignments': requests,
  'POST /v1/assignments': { ...requests, body: () => ({ identifier: 'ps_x', guide: 'Marit' }), refused: 'person_not_found' },
  'DELETE /v1/assignments/:assignment_id': { ...requests, refused: 'assignment_not_found' },
  'GET /v1/subjects': { as: 'holder', scope: 'subjects' },
  'POST /v1/uses': { as: 'holder', scope: 'uses', body: use, refused: 'use_unknown_token' },
  'GET /v1/changes': { as: 'holder', scope: 'changes' },
  'GET /v1/duties': { as: 'ciba', scope: 'duties' },
  'POST /v1/duties/:duty_id/confirmation': { as: 'ciba', scope: 'duties', body: () => ({}), refused: 'duty_not_found' },
  'POST /v1/roster-imports': {
    as: 'holder',
    scope: 'roster_imports',
    query: '?oin=00000099999999990099',
    type: 'text/csv',
    body: () => 'naam',
    refused: 'board_not_found',
  },
  'GET /v1/roster-imports/:import_id': { as: 'holder', scope: 'roster_imports', refused: 'roster_not_found' },
  'GET /v1/event-streams': { as: 'ciba', scope: 'changes' },
  'POST /v1/event-streams': { ...streams, body: () => pushed, refused: 'stream_endpoint_invalid' },
  'GET /v1/event-streams/:stream_id': streams,
  'PATCH /v1/event-streams/:stream_id': { ...streams, body: () => ({ status: 'paused' }) },
  'DELETE /v1/event-streams/:stream_id': streams,
  'POST /v1/event-streams/:stream_id/poll': { ...streams, body: () => ({}) },
  'GET /v1/event-streams/:stream_id/events': streams,
  'POST /v1/event-streams/:stream_id/retry': { ...streams, body: () => ({}) },
  'POST /v1/event-streams/:stream_id/skip': { ...streams, body: () => ({ jtis: [id()] }) },
  'POST /v1/event-streams/:stream_id/done': { ...streams, body: () => ({ jtis: [id()] }) },
  'GET /grants/:grant_id': { as: 'redirect', scope: 'grant_management_query', refused: 'grant_not_found' },
  'DELETE /grants/:grant_id': { as: 'redirect', scope: 'grant_management_revoke', refused: 'grant_not_found' },
}
const table = Object.entries(REST)
/** The OAuth endpoints that take a form. What stands at an address of its own and is not here, is a page (see `MACHINE`). */
const FORMS = ['/token', '/par', '/bc-authorize', '/introspect', '/revoke']

/** Calls the route as its table row says, or with something else in it. */
async function call(route: string, { as, scope, body, type, query = '' }: Tried, other: { body?: unknown; type?: string } = {}) {
  const [method, path] = route.split(' ') as [string, string]
  const rest = await clientOf(as, scope)
  const contentType = other.type ?? type
  const headers = contentType === undefined ? undefined : { 'content-type': contentType }
  return await rest(method, path.replace(/:\w+/g, id) + query, 'body' in other ? other.body : body?.(), headers)
}

test('every route of the machine interface stands in a table here', () => {
  const routes = driver.app.routes.map(({ method, path }) => `${method} ${path}`)
  const rest = routes.filter((route) => /^[A-Z]+ \/(v1|grants)\//.test(route) && !route.startsWith('ALL '))
  expect([...new Set(rest)].filter((route) => route !== 'GET /v1/openapi.json').sort()).toEqual(Object.keys(REST).sort())
  const others = MACHINE.filter((route) => !route.startsWith('GET '))
  expect(others.toSorted()).toEqual([...FORMS, '/register'].map((path) => `POST ${path}`).sort())
})

describe('What a client may not do is refused, and the ledger tells that it tried', () => {
  beforeEach(async () => {
    await broker.owner`delete from rates where bucket like 'refused:%'`
  })
  const attempts = async () => (await told(broker, 'attempt_refused')).map(({ actor, ref, facts }) => ({ actor, ref, facts }))

  /** Does it twice: the second within the minute is counted and gets no entry of its own. */
  async function expectOneEntry(by: WorldClient, code: string, act: () => Promise<unknown>): Promise<void> {
    const before = (await attempts()).length
    await act()
    await act()
    // A code and a count, and nothing about anybody.
    const entry = { actor: `client:${world.clients[by]}`, ref: null, facts: { code, repeatsBefore: expect.any(Number) } }
    expect((await attempts()).slice(before)).toEqual([entry])
  }

  test.each(table.filter(([, { refused }]) => refused))('%s, of what is not its own', async (route, tried) => {
    await expectOneEntry(tried.as, tried.refused!, async () => {
      expect((await call(route, tried)).body.code).toBe(tried.refused)
    })
  })

  test.each(table)('%s, without the scope', async (route, tried) => {
    const resource = /grant_management_(query|revoke)/.exec(tried.scope)
    const scope = resource
      ? `grant_management_${resource[1] === 'query' ? 'revoke' : 'query'}`
      : tried.scope === 'changes'
        ? 'uses'
        : 'changes'
    const as = scope === 'uses' ? 'holder' : tried.as
    await expectOneEntry(as, 'scope_insufficient', async () => {
      expect((await call(route, { ...tried, as, scope })).status).toBe(403)
    })
  })

  const details = (over: Record<string, unknown> = {}) => ({
    authorization_details: JSON.stringify([
      { type: 'pupil-data', locations: [world.resource], actions: ['read'], datatypes: ['arithmetic-results'], purpose: '5.1.a', ...over },
    ]),
  })
  const redeem = (over: Record<string, unknown> = {}) => ({
    grant_type: 'client_credentials',
    ...details({ identifier: 'ps_nobody', ...over }),
  })
  const ciba = 'urn:openid:params:grant-type:ciba'
  const push = () => ({ response_type: 'code', redirect_uri: world.redirectUri, ...details() })
  const oauth: [string, WorldClient, () => Record<string, string>, code: string, error?: string][] = [
    ['/token', 'organisation', redeem, 'grant_not_found', 'invalid_authorization_details'],
    ['/token', 'holder', redeem, 'unauthorized_client'],
    ['/token', 'organisation', () => redeem({ locations: ['https://elsewhere.example/'] }), 'invalid_target'],
    ['/token', 'organisation', () => redeem({ datatypes: ['practice-time'] }), 'invalid_authorization_details'],
    ['/token', 'organisation', () => ({ grant_type: 'client_credentials', scope: 'uses' }), 'invalid_scope'],
    ['/token', 'organisation', () => ({ grant_type: ciba, auth_req_id: 'x' }), 'unauthorized_client'],
    ['/token', 'ciba', () => ({ grant_type: ciba, auth_req_id: 'x' }), 'invalid_grant'],
    ['/token', 'ciba', () => ({ grant_type: 'authorization_code', code: 'x', code_verifier: 'x' }), 'unauthorized_client'],
    ['/token', 'redirect', () => ({ grant_type: 'authorization_code', code: 'x', code_verifier: 'x' }), 'invalid_grant'],
    ['/token', 'organisation', () => ({ grant_type: 'refresh_token', refresh_token: 'x' }), 'unauthorized_client'],
    ['/token', 'redirect', () => ({ grant_type: 'refresh_token', refresh_token: 'x' }), 'invalid_grant'],
    ['/par', 'ciba', push, 'unauthorized_client'],
    ['/par', 'redirect', () => ({ ...push(), ...details({ service: id() }) }), 'service_not_found', 'invalid_authorization_details'],
    ['/par', 'redirect', () => ({ ...push(), ...details({ datatypes: ['practice-time'] }) }), 'invalid_authorization_details'],
    ['/bc-authorize', 'organisation', () => ({ scope: 'openid', login_hint: 'x', ...details() }), 'unauthorized_client'],
    [
      '/bc-authorize',
      'ciba',
      () => ({ scope: 'openid', login_hint: 'x', ...details({ locations: ['https://elsewhere.example/'] }) }),
      'invalid_target',
    ],
    [
      '/bc-authorize',
      'ciba',
      () => ({
        scope: 'openid',
        login_hint: 'x',
        grant_management_action: 'replace',
        grant_id: id(),
        ...details({ period: { until: '2027-01-31' } }),
      }),
      'invalid_grant_id',
    ],
  ]
  describe('at the OAuth endpoints', () => {
    beforeAll(async () => {
      const limits = { holders: [world.resource], datatypes: ['arithmetic-results'] }
      for (const name of ['organisation', 'ciba', 'redirect'] as const) {
        await broker.owner`update clients set holder_resources = ${limits.holders}, datatypes = ${limits.datatypes} where client_id = ${world.clients[name]}`
      }
    })
    test.each(oauth)('%s by a client of way %s (%#)', async (path, name, form, code, error = code) => {
      const key = await dpopKey(broker)
      await expectOneEntry(name, code, async () => {
        const headers: Record<string, string> =
          path === '/bc-authorize' ? {} : { dpop: await key.proof({ htu: broker.deps.issuer + path }) }
        const { body, status } = await driver.post(path, { ...form(), ...(await driver.assertion(name)) }, headers)
        expect([status, body.error]).toEqual([400, error])
      })
    })
  })

  test('a slip of the pen is none, nor is waiting, nor what comes from nobody we know', async () => {
    const before = await attempts()
    for (const [route, tried] of table.filter(([, { body, type }]) => body && !type)) await call(route, tried, { body: '{' })
    const key = await dpopKey(broker)
    const token = async (form: Record<string, string>) => (await driver.post('/token', form, { dpop: await key.proof() })).body.error
    const known = async () => await driver.assertion('organisation')
    expect(await token({ grant_type: 'client_credentials', ...(await known()) })).toBe('invalid_scope')
    expect(await token({ grant_type: 'client_credentials', authorization_details: '[', ...(await known()) })).toBe(
      'invalid_authorization_details',
    )
    expect(await token(redeem())).toBe('invalid_client')
    expect(await attempts()).toEqual(before)
  })
})

describe('Whatever body a route gets, it is refused in its own words and not our fault', () => {
  const LARGE = 'x'.repeat(300_000)
  const unsafe = table.filter(([route]) => !route.startsWith('GET '))
  const withBody = unsafe.filter(([, { body, type }]) => body && !type)

  test.each(withBody)('%s', async (route, tried) => {
    const whole = tried.body!() as Record<string, unknown>
    const refused = async (other: { body: unknown; type?: string }) => {
      const { status, body, headers } = await call(route, tried, other)
      expect(headers.get('content-type')).toBe('application/problem+json')
      return [status, body.code]
    }
    expect(await refused({ body: '{"a":' })).toEqual([400, 'input_invalid'])
    expect(await refused({ body: '{"a":1,"a":2}' })).toEqual([400, 'input_invalid'])
    expect(await refused({ body: { ...whole, surprise: 1 } })).toEqual([400, 'input_invalid'])
    expect(await refused({ body: [whole] })).toEqual([400, 'input_invalid'])
    expect(await refused({ body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }), 'very deep').toEqual([400, 'input_invalid'])
    expect(await refused({ body: 'null' })).toEqual([400, 'input_invalid'])
    expect(await refused({ body: JSON.stringify(whole), type: 'text/plain' })).toEqual([415, 'media_type_not_supported'])
    expect(await refused({ body: JSON.stringify({ ...whole, a: LARGE }) })).toEqual([413, 'body_too_large'])
    for (const field of Object.keys(whole)) {
      // A name for a number, and the other way round; a list where none is meant.
      expect(await refused({ body: { ...whole, [field]: typeof whole[field] === 'string' ? 7 : 'x' } }), field).toEqual([
        400,
        'input_invalid',
      ])
    }
  })

  test.each(unsafe.filter(([, { body }]) => !body))('%s, which takes none', async (route, tried) => {
    expect((await call(route, tried, { body: '{"a":' })).status).toBeLessThan(500)
    expect((await call(route, tried, { body: LARGE })).status).toBe(route.includes('/v1/') ? 413 : 404)
  })

  test.each(unsafe.filter(([, { type }]) => type))('%s, which takes a file', async (route, tried) => {
    const refused = async (other: { body?: unknown; type?: string }, query = tried.query) => {
      const { status, body } = await call(route, { ...tried, query: query! }, other)
      return [status, body.code]
    }
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      expect(await refused({ type })).toEqual([415, 'media_type_not_supported'])
    expect(await refused({ body: '' })).toEqual([400, 'input_invalid'])
    expect(await refused({ body: 'x'.repeat(LARGEST_ROSTER_BYTES + 1) })).toEqual([413, 'body_too_large'])
    for (const query of ['', '?oin=x', `${tried.query}&surprise=1`, `${tried.query}&oin=x`])
      expect(await refused({}, query), query).toEqual([400, 'input_invalid'])
  })

  test.each(FORMS)('POST %s takes nothing but a form of bounded size', async (path) => {
    const send = async (body: string, type: string) => {
      const answer = await driver.app.request(broker.deps.issuer + path, { method: 'POST', body, headers: { 'content-type': type } })
      return [answer.status, ((await answer.json()) as { error: string }).error]
    }
    expect(await send('{}', 'application/json')).toEqual([415, 'invalid_request'])
    expect(await send(`token=${LARGE}`, 'application/x-www-form-urlencoded')).toEqual([413, 'invalid_request'])
    expect(await send('token=a&token=b', 'application/x-www-form-urlencoded')).toEqual([400, 'invalid_request'])
    expect(await send('token=%ff%00', 'application/x-www-form-urlencoded')).toEqual([400, 'invalid_request'])
  })

  test('POST /register takes nothing but client metadata of bounded size (RFC 7591 §2)', async () => {
    const { initialAccessToken } = await inviteClient(broker.deps, { supplierId: world.supplierId, ways: ['redirect'] })
    const send = async (body: unknown, { type = 'application/json', token = initialAccessToken } = {}) => {
      const headers = { 'content-type': type, authorization: `Bearer ${token}` }
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const answer = await driver.app.request(`${broker.deps.issuer}/register`, { method: 'POST', body: text, headers })
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    }
    const refused = async (body: unknown, other?: { type?: string; token?: string }) => {
      const answer = await send(body, other)
      return [answer.status, answer.body.error]
    }
    const whole = {
      client_name: 'Reken Plus op het web',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://rekenplus.example/terug'],
      authorization_details_types: ['pupil-data'],
      jwks: { keys: [{ ...world.keys.redirect.publicJwk, kid: 'own' }] },
    }
    const metadata = [400, 'invalid_client_metadata']
    expect(await refused('{"a":')).toEqual(metadata)
    expect(await refused(`{"client_name":"a",${JSON.stringify(whole).slice(1)}`)).toEqual(metadata)
    expect(await refused([whole])).toEqual(metadata)
    expect(await refused(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'very deep').toEqual(metadata)
    expect(await refused('null')).toEqual(metadata)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expect(await refused(whole, { type })).toEqual([415, 'invalid_client_metadata'])
    expect(await refused({ ...whole, a: LARGE })).toEqual([413, 'invalid_client_metadata'])
    for (const field of Object.keys(whole))
      for (const value of [7, null, '\u0000', [{}], 'x'.repeat(5000)])
        expect((await send({ ...whole, [field]: value })).status, field).toBe(400)
    expect(await refused({ ...whole, redirect_uris: ['http://10.0.0.1/'] })).toEqual([400, 'invalid_redirect_uri'])
    for (const token of [id(), 'x']) expect(await refused(whole, { token })).toEqual([401, 'invalid_token'])
    const known = async () => (await broker.owner`select client_id from clients`).length
    const before = await known()
    const made = await send({ ...whole, surprise: 1, client_id: world.clients.holder, client_secret: 'x' })
    expect([made.status, await known()]).toEqual([201, before + 1])
    expect(Object.keys(made.body), 'what nobody knows is passed over (§2)').not.toContain('surprise')
    expect(made.body.client_id).not.toBe(world.clients.holder)
    expect(await refused(whole), 'an invitation is good for one client').toEqual([401, 'invalid_token'])
  })
})
