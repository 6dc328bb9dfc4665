import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RequestId } from '../../src/ids.ts'
import { narrowRequest } from '../../src/requests/narrow-request.ts'
import { refuseRequest } from '../../src/requests/refuse-request.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { drive } from '../support/driver.ts'
import { untilWaiting, whileHeld } from '../support/held.ts'
import { told } from '../support/ledger.ts'
import { race, withoutLock } from '../support/race.ts'
import { type Requesting, requesting } from '../support/requesting.ts'
import { type RestClient, restClient } from '../support/rest.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking & Requesting
let rest: RestClient
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = { ...asking(broker, world), ...requesting(broker, world) }
  rest = await restClient(broker, await drive(broker, world), 'organisation', 'access_requests')
}
beforeAll(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

let nr = 0
/** A request about a subject of its own, so that none is in the way of another. */
const body = (change: Record<string, unknown> = {}) => ({
  addressed_to: { scheme: 'BRIN', value: '99ZA' },
  service_id: world.serviceId,
  part_id: 'begeleiding',
  authorization_details: [details()],
  window: { from: '2026-11-16', until: '2027-01-31' },
  occasion: 'Deze leerling loopt vast met rekenen.',
  reason: { nl: 'Zo ziet de begeleider wat moeilijk is.' },
  subjects: [{ reference: `ref-${(nr += 1)}`, hint: 'groep 6' }],
  ...change,
})
const details = (change: Record<string, unknown> = {}) => ({
  type: 'pupil-data',
  locations: [world.resource],
  actions: ['read'],
  datatypes: ['arithmetic-results'],
  purpose: '5.1.a',
  ...change,
})
const post = (change: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  rest('POST', '/v1/access-requests', body(change), headers)
/** Holds what every ask of Reken Plus at this board waits for. */
const holdAsks = (sql: postgres.Sql | postgres.TransactionSql) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`asks:${world.boardId}:${world.supplierId}`}, 0))`
const requests = async () => Number((await broker.owner`select count(*) as n from access_requests`)[0]!.n)

describe('POST /v1/access-requests', () => {
  test('201 with its place and what the supplier may see of it', async () => {
    const sent = body()
    const { status, body: made, headers } = await rest('POST', '/v1/access-requests', sent)
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/v1/access-requests/${made.id}`)
    const { hint: _hint, ...subject } = sent.subjects[0]!
    expect(made).toEqual({
      id: expect.any(String),
      status: 'received',
      addressed_to: sent.addressed_to,
      service_id: world.serviceId,
      part_id: 'begeleiding',
      authorization_details: sent.authorization_details,
      // A day that is named as the last is in.
      window: { from: '2026-11-15T23:00:00.000Z', until: '2027-01-31T23:00:00.000Z' },
      narrowed: false,
      occasion: sent.occasion,
      reason: sent.reason,
      subject_kind: 'pupil',
      received_at: '2026-11-16T09:00:00.000Z',
      subjects: [{ ...subject, status: 'pending' }],
    })
    expect((await rest('GET', `/v1/access-requests/${made.id}`)).body).toEqual(made)
  })

  test('the school picks where the supplier names nobody and says so', async () => {
    const { status, body: made } = await post({
      subjects: [],
      school_picks: true,
      addressed_to: { scheme: 'OIN', value: '00000099999999990001' },
    })
    expect(status).toBe(201)
    expect(made).toMatchObject({ subjects: [], addressed_to: { scheme: 'OIN' } })
  })

  describe('K18 a blank cheque is refused, each kind with its own message', () => {
    const table: [string, () => Record<string, unknown>][] = [
      ['blank_cheque_no_end', () => ({ window: { from: '2026-11-16' } })],
      ['blank_cheque_too_long', () => ({ window: { until: '2027-08-01' } })],
      ['blank_cheque_no_purpose', () => ({ authorization_details: [details({ purpose: undefined })] })],
      ['blank_cheque_no_purpose', () => ({ authorization_details: [details({ purpose: 'alles' })] })],
      ['blank_cheque_all_data', () => ({ authorization_details: [details({ datatypes: [] })] })],
      ['blank_cheque_all_data', () => ({ authorization_details: [details({ datatypes: ['*'] })] })],
      ['blank_cheque_all_pupils', () => ({ subjects: [] })],
      ['blank_cheque_all_pupils', () => ({ subjects: [{ reference: 'all' }] })],
      ['blank_cheque_no_occasion', () => ({ occasion: ' ' })],
      ['blank_cheque_no_reason', () => ({ reason: { en: 'Because.' } })],
      ['purpose_unknown', () => ({ authorization_details: [details({ purpose: '5.2.a' })] })],
      ['purpose_forbidden', () => ({ reason: { nl: 'Voor reclame op maat.' } })],
      ['datatype_unknown', () => ({ authorization_details: [details({ datatypes: ['medical-file'] })] })],
      ['part_unknown', () => ({ part_id: 'iets-anders' })],
    ]
    test.each(table)('%s', async (code, change) => {
      const before = await requests()
      const { status, body: problem, headers } = await post(change())
      expect(problem).toMatchObject({ code, status: 400, title: expect.any(String) })
      expect(status).toBe(400)
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(await requests()).toBe(before)
    })

    test('such an attempt is in the ledger of the board, and the words are not', async () => {
      const attempts = (await told(broker, 'attempt_refused')).map(({ actor, facts }) => [actor, facts.code])
      expect(attempts).toContainEqual([`client:${world.clients.organisation}`, 'blank_cheque_no_end'])
      expect(attempts).toContainEqual([`client:${world.clients.organisation}`, 'purpose_forbidden'])
    })
  })

  test('a client that is limited asks a school within its limits too (RFC 9396 §10), and is told what stands in the way', async () => {
    const before = await requests()
    const limited = async (limits: Record<string, string[]>) => {
      await broker.owner`update clients set ${broker.owner(limits)} where client_id = ${world.clients.organisation}`
      const { status, body: problem } = await post()
      return [status, problem.code, problem.detail]
    }
    const none = { detail_types: ['pupil-data'], holder_resources: null, datatypes: null }
    const refused = (what: string) => [403, 'not_allowed', `This client is not registered for ${what}`]
    try {
      expect(await limited({ datatypes: ['practice-time'] })).toEqual(refused('these data'))
      expect(await limited({ holder_resources: ['https://elsewhere.example/'] })).toEqual(refused('this holder'))
      expect(await limited({ detail_types: [] })).toEqual(refused('authorization_details of this type'))
      expect(await requests()).toBe(before)
    } finally {
      await broker.owner`update clients set ${broker.owner(none)} where client_id = ${world.clients.organisation}`
    }
    expect((await post()).status).toBe(201)
  })

  test('bad input names the fields, never their values, and changes nothing', async () => {
    const before = await requests()
    const table: [Record<string, unknown>, string][] = [
      [{ extra: 1 }, 'extra'],
      [{ addressed_to: { scheme: 'BRIN', value: 'school' } }, 'addressed_to.value'],
      [{ service_id: 'x' }, 'service_id'],
      [{ authorization_details: [details(), details()] }, 'authorization_details'],
      [{ authorization_details: [details({ actions: ['write'] })] }, 'authorization_details.0.actions.0'],
      [{ window: { until: 'zondag' } }, 'window.until'],
      [{ subjects: [{ reference: 'Fatima Amrani' }] }, 'subjects.0.reference'],
      [{ subjects: [{ reference: 'a', hint: 'Fa\u202etima' }] }, 'subjects.0.hint'],
      [{ subjects: [{ reference: 'a' }, { reference: 'a' }] }, 'subjects'],
      [{ occasion: 'Fa\u202etima' }, 'occasion'],
      [{ window: { from: '2026-09-01', until: '2026-10-01' } }, 'window.until'],
    ]
    for (const [change, field] of table) {
      const { status, body: problem } = await post(change)
      expect([status, problem.code], field).toEqual([400, 'input_invalid'])
      expect(JSON.stringify(problem.errors), field).toContain(field)
      expect(JSON.stringify(problem), field).not.toMatch(/Amrani|tima|zondag/)
    }
    expect((await rest('POST', '/v1/access-requests')).status).toBe(400)
    expect((await rest('POST', '/v1/access-requests', '{"a":1,"a":2}')).status).toBe(400)
    expect((await rest('POST', '/v1/access-requests', body(), { 'content-type': 'text/plain' })).status).toBe(415)
    expect(await requests()).toBe(before)
  })

  test('what is not there and what is somebody else’s give the same answer', async () => {
    const unknown = await post({ addressed_to: { scheme: 'BRIN', value: '99ZX' } })
    expect([unknown.status, unknown.body.code]).toEqual([404, 'board_not_found'])
    const [other] = await broker.owner<{ id: string }[]>`
      insert into services (service_id, supplier_id, name, kind, created_at)
      values (gen_random_uuid(), ${world.publisherId}, 'Oefenen', 'I', ${world.since}) returning service_id as id`
    await broker.owner`insert into leaflets select gen_random_uuid(), ${other!.id}, 1, content, content_hash, published_at from leaflets limit 1`
    const foreign = await post({ service_id: other!.id })
    const missing = await post({ service_id: randomUUID() })
    expect(foreign.body).toEqual(missing.body)
    expect(foreign.status).toBe(404)
    const holder = await post({ authorization_details: [details({ locations: ['https://nobody.example/'] })] })
    expect([holder.status, holder.body.code]).toEqual([404, 'holder_not_found'])
  })

  test('the same is not asked twice while it waits, nor within ninety days of a refusal, in whatever words', async () => {
    const subjects = [{ reference: 'twice' }]
    const first = await post({ subjects })
    const other = {
      subjects,
      occasion: 'Iets anders.',
      authorization_details: [details({ datatypes: ['practice-time', 'arithmetic-results'] })],
    }
    expect((await post(other)).body).toMatchObject({ status: 409, code: 'request_already_open' })
    expect((await post({ subjects, authorization_details: [details({ datatypes: ['practice-time'] })] })).status).toBe(201)
    await refuseRequest(broker.deps, they.staff, { requestId: first.body.id as RequestId, because: 'Niet nodig.' })
    expect((await post(other)).body).toMatchObject({ status: 409, code: 'request_cooling_down' })
  })

  race(
    'two at once that mean the same: one is made',
    { 'without the lock on what a supplier asks here': withoutLock },
    async () => {
      const subjects = [{ reference: 'race' }]
      const before = await requests()
      const both = await whileHeld(broker, holdAsks, [() => post({ subjects }), () => post({ subjects })])
      const answers = both.map((one) => (one.status === 'fulfilled' ? one.value.status : 0))
      expect(answers.toSorted((a, b) => a - b)).toEqual([201, 409])
      expect(await requests()).toBe(before + 1)
    },
    begin,
  )
})

describe('INV-15 Idempotency-Key', () => {
  const keyed = (key: string, sent: unknown) => rest('POST', '/v1/access-requests', sent, { 'idempotency-key': key })

  test('the same key and body give the same answer and one request', async () => {
    const sent = body()
    const before = await requests()
    const first = await keyed('key-same-1', sent)
    const again = await keyed('key-same-1', sent)
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await requests()).toBe(before + 1)
  })

  test('another body under it is refused', async () => {
    await keyed('key-other-1', body())
    const { status, body: problem } = await keyed('key-other-1', body())
    expect([status, problem.code]).toEqual([422, 'idempotency_key_reused'])
  })

  race(
    'while the first is being handled the second is told so',
    {
      'where a key is never in flight': {
        statements: /pg_try_advisory_xact_lock\((hashtextextended\([^)]*\))\)/,
        become: '$1 is not null',
      },
    },
    async () => {
      const sent = body()
      let second: Awaited<ReturnType<typeof keyed>> | undefined
      const [first] = await whileHeld<unknown>(broker, holdAsks, [
        () => keyed('key-flight-1', sent),
        async () => {
          await untilWaiting(broker, 1)
          second = await keyed('key-flight-1', sent)
          await broker.owner.begin((sql) => holdAsks(sql))
        },
      ])
      expect([second!.status, second!.body.code]).toEqual([409, 'idempotency_in_flight'])
      expect(first).toMatchObject({ status: 'fulfilled', value: { status: 201 } })
    },
    begin,
  )

  test('a refusal leaves no key behind, and effect and key are there together or not at all', async () => {
    const sent = body({ occasion: '' })
    expect((await keyed('key-refused-1', sent)).status).toBe(400)
    expect(await broker.owner`select key from idempotency_keys where key = 'key-refused-1'`).toEqual([])
    const before = await requests()
    await broker.owner.unsafe(`
      create function fail() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
      create trigger crash before insert on idempotency_keys for each row execute function fail()`)
    expect((await keyed('key-crash-1', body())).status).toBe(500)
    expect(await requests()).toBe(before)
    await broker.owner.unsafe('drop trigger crash on idempotency_keys')
  })
})

describe('GET and DELETE', () => {
  test('the list goes page by page, oldest first, whole and without doubles', async () => {
    const all: string[] = []
    let cursor = ''
    do {
      const { status, body: page } = await rest('GET', `/v1/access-requests?limit=3${cursor}`)
      expect(status).toBe(200)
      all.push(...page.access_requests!.map(({ id }) => id))
      cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
    } while (cursor)
    expect(all).toHaveLength(await requests())
    expect(all).toEqual([...new Set(all)].toSorted())
    for (const wrong of ['cursor=x', 'limit=0', 'limit=101', 'page=2']) {
      expect((await rest('GET', `/v1/access-requests?${wrong}`)).status, wrong).toBe(400)
    }
  })

  test('what the school made smaller is told, and who was left out', async () => {
    const made = await post({
      subjects: [{ reference: 'n-1' }, { reference: 'n-2' }],
      authorization_details: [details({ datatypes: ['arithmetic-results', 'practice-time'] })],
    })
    const requestId = made.body.id as RequestId
    await narrowRequest(broker.deps, they.staff, {
      requestId,
      datatypes: ['practice-time'],
      endsAt: new Date('2026-12-31T23:00:00Z'),
      without: ['n-2'],
    })
    const { body: seen } = await rest('GET', `/v1/access-requests/${requestId}`)
    expect(seen).toMatchObject({
      narrowed: true,
      authorization_details: [{ datatypes: ['practice-time'] }],
      window: { until: '2026-12-31T23:00:00.000Z' },
      subjects: [
        { reference: 'n-1', status: 'pending' },
        { reference: 'n-2', status: 'not_released' },
      ],
    })
  })

  test('taking back is final, and again changes nothing', async () => {
    const { body: made } = await post()
    const path = `/v1/access-requests/${made.id}`
    expect((await rest('DELETE', path)).status).toBe(204)
    expect((await rest('DELETE', path)).status).toBe(204)
    expect((await rest('GET', path)).body).toMatchObject({ status: 'withdrawn', subjects: [{ status: 'not_released' }] })
    expect(await broker.owner`select hint from request_subjects where request_id = ${made.id!} and hint is not null`).toEqual([])
    const refused = await post()
    await refuseRequest(broker.deps, they.staff, { requestId: refused.body.id as RequestId, because: 'Niet nodig.' })
    const { status, body: problem } = await rest('DELETE', `/v1/access-requests/${refused.body.id}`)
    expect([status, problem.code]).toEqual([409, 'request_closed'])
  })

  test('another supplier’s request is not there, to read or to take back; nor without the scope', async () => {
    const { body: made } = await post()
    await broker.owner`update clients set supplier_id = ${world.publisherId} where client_id = ${world.clients.organisation}`
    for (const method of ['GET', 'DELETE']) {
      const foreign = await rest(method, `/v1/access-requests/${made.id}`)
      const missing = await rest(method, `/v1/access-requests/${randomUUID()}`)
      expect(foreign.status).toBe(404)
      expect(foreign.body).toEqual(missing.body)
    }
    expect((await rest('GET', '/v1/access-requests')).body).toEqual({ access_requests: [] })
    await broker.owner`update clients set supplier_id = ${world.supplierId} where client_id = ${world.clients.organisation}`
    const changes = await restClient(broker, await drive(broker, world), 'organisation', 'changes')
    expect((await changes('GET', '/v1/access-requests')).status).toBe(403)
  })
})
