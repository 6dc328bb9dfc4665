import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { inTransaction } from '../../src/database.ts'
import { type DutyId, newId, type PersonId, type RequestId } from '../../src/ids.ts'
import { enqueueEvent } from '../../src/notifications/enqueue.ts'
import { pushEvents } from '../../src/streams/push.ts'
import { sweep } from '../../src/sweep.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { type Driver, drive } from '../support/driver.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { instead, race, withoutLock } from '../support/race.ts'
import { type RestClient, restClient } from '../support/rest.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const PUSH = 'urn:ietf:rfc:8935'
const POLL = 'urn:ietf:rfc:8936'

/** The supplier's endpoint: keeps what it is told, and answers what a test wants. */
async function listening() {
  const got: { authorization: string | undefined; type: string | undefined; set: string }[] = []
  const state: { status: number; text: string; location?: string | undefined; answer?: (set: string) => number } = { status: 202, text: '' }
  const server = createServer((request, response) => {
    let set = ''
    request.on('data', (chunk) => (set += chunk))
    request.on('end', () => {
      got.push({ authorization: request.headers.authorization, type: request.headers['content-type'], set })
      const leads = state.location === undefined ? {} : { location: state.location }
      response.writeHead(state.answer?.(set) ?? state.status, { 'content-type': 'application/json', ...leads }).end(state.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, got, state, close: () => new Promise((resolve) => server.close(resolve)) }
}

let supplier: Awaited<ReturnType<typeof listening>>
let broker: TestBroker
let world: SmallWorld
let driver: Driver
let reken: RestClient
beforeEach(async () => {
  supplier = await listening()
  broker = await freshBroker({ allowedLoopback: [supplier.origin] })
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  reken = await restClient(broker, driver, 'organisation', 'changes')
})
afterEach(async () => {
  vi.useRealTimers()
  await broker.close()
  await supplier.close()
})

const open = async (delivery: Record<string, unknown>, more: Record<string, unknown> = {}, as = reken) =>
  (await as('POST', '/v1/event-streams', { delivery, ...more })).body.id!
const pushed = (more = {}) =>
  open({ method: PUSH, endpoint_url: `${supplier.origin}/events`, authorization_header: 'Bearer of-ours' }, more)
const polled = (more = {}) => open({ method: POLL }, more)
const poll = async (id: string, body: Record<string, unknown> = { returnImmediately: true }, as = reken) => {
  await readable()
  return (await as('POST', `/v1/event-streams/${id}/poll`, body)).body as { sets: Record<string, string>; moreAvailable: boolean }
}
const jwks = async () => createLocalJWKSet((await (await driver.fetch(`${broker.deps.issuer}/jwks`)).json()) as JSONWebKeySet)
/** Something was released to the supplier, for a purpose. */
async function release(purpose = '5.1.a') {
  const given = await consented(broker, world, { purpose })
  const at = broker.clock.now()
  const [approach, event] = ['organisation', 'released'] as const
  await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
    enqueueEvent(tx, {
      boardId: world.boardId,
      receiverId: world.supplierId,
      approach,
      event,
      subjectId: given.subjectId,
      ref: given.requestId,
      facts: { requestId: given.requestId },
      at,
    }),
  )
  return given
}

/** Until readers see all that was written: transactions of other databases in the same PostgreSQL hold them up as well. */
async function readable() {
  const isReadable = async () => {
    const [row] = await broker.owner`select coalesce(bool_and(xid < pg_snapshot_xmin(pg_current_snapshot())), true) as all from events`
    expect(row!.all).toBe(true)
  }
  await vi.waitFor(isReadable, { timeout: 30_000, interval: 50 })
}

const push = async () => {
  await readable()
  return await pushEvents(broker.deps)
}

const typesIn = (set: string) => Object.entries(decodeJwt(set).events as Record<string, { event: string }>)[0]!

describe('A supplier is told what happened, by signed events', () => {
  test('pushed: any JWT library reads them; about whom by its own pseudonym, and nobody’s name', async () => {
    const pseudonym = await pseudonymOf(broker, world, world.people.fatima.id)
    await pushed()
    const given = await release()
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    expect(await push()).toBeGreaterThan(1)
    const sets = supplier.got.map(({ set }) => set)
    for (const { authorization, type } of supplier.got)
      expect([authorization, type]).toEqual(['Bearer of-ours', 'application/secevent+jwt'])
    const keys = await jwks()
    for (const set of sets) {
      const { payload } = await jwtVerify(set, keys, {
        typ: 'secevent+jwt',
        issuer: broker.deps.issuer,
        audience: world.clients.organisation,
      })
      expect(payload).not.toHaveProperty('sub')
      expect(payload).not.toHaveProperty('exp')
    }
    const [type, told] = typesIn(sets.at(-1)!)
    expect(type).toBe(`${broker.deps.issuer}/event-types/withdrawn`)
    expect(told).toMatchObject({ event: 'consent_withdrawn', approach: 'organisation', ref: given.consentId, facts: { stands: false } })
    expect(decodeJwt(sets.at(-1)!).sub_id).toEqual({ format: 'opaque', id: pseudonym })
    const secret = ['Fatima', 'Amrani', world.people.fatima.id, world.people.nadia.id, world.boardId]
    for (const set of sets) for (const word of secret) expect(JSON.stringify(decodeJwt(set))).not.toContain(word)
    expect(await push()).toBe(0)
    const [row] = await broker.owner`select count(*)::int as n from stream_events where payload is not null`
    expect(row!.n).toBe(0)
  })

  test('what happened before it asked is not told, and each event comes once to each of its streams', async () => {
    await release()
    const [one, other] = [await polled(), await polled()]
    expect(await poll(one)).toEqual({ sets: {}, moreAvailable: false })
    await release('5.2.a')
    const [first, second] = [await poll(one), await poll(other)]
    expect(Object.keys(first.sets).length).toBeGreaterThan(0)
    expect(Object.keys(second.sets)).toEqual(Object.keys(first.sets))
  })

  test('fetched: each comes again until it is acknowledged; what could not be taken is laid aside (RFC 8936)', async () => {
    const id = await polled()
    const given = await release()
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    const { sets } = await poll(id, { returnImmediately: true, maxEvents: 1 })
    const [jti] = Object.keys(sets)
    expect(Object.keys((await poll(id)).sets)[0]).toBe(jti)
    const rest = await poll(id, { returnImmediately: true, ack: [jti] })
    expect(Object.keys(rest.sets)).not.toContain(jti)
    const [broken] = Object.keys(rest.sets)
    await poll(id, {
      returnImmediately: true,
      maxEvents: 0,
      setErrs: { [broken!]: { err: 'invalid_request', description: 'we cannot read it' } },
    })
    expect(Object.keys((await poll(id)).sets)).not.toContain(broken)
    const aside = await reken('GET', `/v1/event-streams/${id}/events?state=laid_aside`)
    expect(aside.body.events).toMatchObject([{ jti: broken, last_error: 'rejected: invalid_request' }])
    expect((await reken('POST', `/v1/event-streams/${id}/retry`, {})).body).toEqual({ retried: 1 })
    expect(Object.keys((await poll(id)).sets)).toContain(broken)
  })

  test('filtered by type and by purpose; what has no purpose always comes', async () => {
    const withdrawn = await polled({ event_types: ['withdrawn'] })
    const forOne = await polled({ purposes: ['5.2.a'] })
    const given = await release()
    const other = await release('5.2.a')
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    await endAgreement(broker.deps, world.people.ruud.actor, { agreementId: world.agreementId, because: 'test' })
    expect(Object.values((await poll(withdrawn)).sets).map((set) => typesIn(set)[1].event)).toEqual(['consent_withdrawn'])
    const told = Object.values((await poll(forOne)).sets).map(
      (set) => typesIn(set)[1] as { event: string; ref: string; facts: { request_id?: string } },
    )
    expect(told.map(({ event }) => event)).toContain('agreement_ended')
    expect(
      told.filter(({ event }) => event !== 'agreement_ended').every(({ ref, facts }) => [ref, facts.request_id].includes(other.requestId)),
    ).toBe(true)
    expect(told.length).toBeGreaterThan(1)
  })

  test('a duty to destroy tells that data are to be erased; another duty is a change', async () => {
    const id = await polled({ event_types: ['erased'] })
    const at = broker.clock.now()
    const duty = { boardId: world.boardId, approach: 'organisation', receiverId: world.supplierId, event: 'duty_given', at } as const
    const refs = [newId<DutyId>(at), newId<DutyId>(at)]
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
      enqueueEvent(tx, { ...duty, ref: refs[0]!, facts: { kind: 'destroy' } }, { ...duty, ref: refs[1]!, facts: { kind: 'correct' } }),
    )
    expect(Object.values((await poll(id)).sets).map((set) => (typesIn(set)[1] as unknown as { ref: string }).ref)).toEqual([refs[0]])
  })

  test('delivered is not done: done the receiver says itself, once', async () => {
    const id = await polled()
    await release()
    const jtis = Object.keys((await poll(id)).sets)
    expect((await reken('POST', `/v1/event-streams/${id}/done`, { jtis })).body).toEqual({ done: 0 })
    await poll(id, { returnImmediately: true, ack: jtis })
    expect((await reken('GET', `/v1/event-streams/${id}/events?state=delivered`)).body.events).toHaveLength(jtis.length)
    expect((await reken('POST', `/v1/event-streams/${id}/done`, { jtis })).body).toEqual({ done: jtis.length })
    expect((await reken('POST', `/v1/event-streams/${id}/done`, { jtis })).body).toEqual({ done: 0 })
    driver.pass({ days: 91 })
    await sweep(broker.deps)
    expect((await broker.owner`select from stream_events`).length).toBe(0)
  })
})

describe('An endpoint that does not take them', () => {
  test('is tried again later and later, and after three days the event is laid aside until somebody retries', async () => {
    const id = await pushed()
    await release()
    supplier.state.status = 500
    const tries = async () => {
      const before = supplier.got.length
      await push()
      return supplier.got.length - before
    }
    expect(await tries()).toBeGreaterThan(0)
    expect(await tries()).toBe(0)
    for (let turn = 0; turn < 40; turn++) {
      driver.pass({ hours: 2 })
      await push()
    }
    reken = await restClient(broker, driver, 'organisation', 'changes')
    const { body } = await reken('GET', `/v1/event-streams/${id}/events?state=laid_aside`)
    expect(body.events).not.toEqual([])
    for (const event of body.events as { last_error: string }[]) expect(event.last_error).toBe('answered 500')
    expect(await tries()).toBe(0)
    supplier.state.status = 202
    await reken('POST', `/v1/event-streams/${id}/retry`, {})
    for (const _ of body.events as unknown[]) await push()
    expect((await reken('GET', `/v1/event-streams/${id}/events?state=laid_aside`)).body.events).toEqual([])
  })

  test('what it calls wrong is laid aside after five times, with its code and not its words', async () => {
    const id = await pushed({ event_types: ['released'] })
    await release()
    Object.assign(supplier.state, { status: 400, text: JSON.stringify({ err: 'invalid_audience', description: 'Fatima is unknown here' }) })
    for (let n = 0; n < 8; n++) {
      await push()
      driver.pass({ hours: 2 })
    }
    reken = await restClient(broker, driver, 'organisation', 'changes')
    const { body } = await reken('GET', `/v1/event-streams/${id}/events?state=laid_aside`)
    expect(body.events).toMatchObject([{ attempts: 5, last_error: 'rejected: invalid_audience' }])
  })

  test('a key or a password it does not know today is tried as long as an endpoint that is down', async () => {
    const id = await pushed({ event_types: ['released'] })
    await release()
    Object.assign(supplier.state, { status: 400, text: JSON.stringify({ err: 'invalid_key' }) })
    for (let n = 0; n < 8; n++) {
      await push()
      driver.pass({ hours: 2 })
    }
    Object.assign(supplier.state, { status: 202, text: '' })
    const before = supplier.got.length
    await push()
    expect(supplier.got.length - before).toBe(1)
    reken = await restClient(broker, driver, 'organisation', 'changes')
    expect((await reken('GET', `/v1/event-streams/${id}/events?state=laid_aside`)).body.events).toEqual([])
  })

  describe('of events about one pupil the order stays, whatever is laid aside (INV-03)', () => {
    /** Three about one, of which the first is laid aside, and one about another. */
    async function oneAside(id: string, layAside: (first: string) => Promise<unknown>) {
      const at = broker.clock.now()
      const about = (subjectId: PersonId) => ({ subjectId, ref: newId<RequestId>(at), event: 'released' as const })
      const [one, other] = [about(world.people.fatima.id), about(newId<PersonId>(at))]
      const common = { boardId: world.boardId, receiverId: world.supplierId, approach: 'organisation', at } as const
      const refs = [1, 2, 3].map(() => newId<RequestId>(at))
      await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
        enqueueEvent(tx, ...refs.map((ref) => ({ ...common, ...one, ref })), { ...common, ...other }),
      )
      await layAside(refs[0]!)
      reken = await restClient(broker, driver, 'organisation', 'changes')
      expect((await reken('GET', `/v1/event-streams/${id}/events?state=laid_aside`)).body.events).toHaveLength(1)
      return { refs, other: other.ref }
    }
    const refsIn = (sets: readonly string[]) => sets.map((set) => (typesIn(set)[1] as unknown as { ref: RequestId }).ref)
    /** The receiver calls one event wrong, five times. */
    const refusing = (id: string) =>
      oneAside(id, async (first) => {
        supplier.state.answer = (set) => (refsIn([set])[0] === first ? 400 : 202)
        for (let n = 0; n < 6; n++) {
          await push()
          driver.pass({ hours: 2 })
        }
        delete supplier.state.answer
        expect(await push()).toBe(0)
      })

    const broken = {
      'where the next does not wait for the one before it': instead(/and \(d\.subject_key is null or not exists \([\s\S]*?\n\s+\)\)/, ''),
      'where what was not taken counts as delivered': instead(/(?<=delivered_at = case when )r\.delivered(?= then)/, 'true'),
    }
    race('pushed: what waits behind it comes after it when it is sent again, and others wait for nobody', broken, async () => {
      const id = await pushed()
      supplier.got.length = 0
      const { refs, other } = await refusing(id)
      expect((await reken('GET', `/v1/event-streams/${id}/events?state=waiting`)).body.events).toHaveLength(2)
      expect(new Set(refsIn(supplier.got.map(({ set }) => set)))).toEqual(new Set([refs[0], other]))
      supplier.got.length = 0
      expect((await reken('POST', `/v1/event-streams/${id}/retry`, {})).body).toEqual({ retried: 1 })
      expect(await push()).toBe(3)
      expect(refsIn(supplier.got.map(({ set }) => set))).toEqual(refs)
    })

    test('let go: it never comes, and what waited does', async () => {
      const id = await pushed()
      const { refs } = await refusing(id)
      supplier.got.length = 0
      expect((await reken('POST', `/v1/event-streams/${id}/skip`, {})).body).toEqual({ skipped: 1 })
      expect(await push()).toBe(2)
      expect(refsIn(supplier.got.map(({ set }) => set))).toEqual(refs.slice(1))
      expect((await reken('GET', `/v1/event-streams/${id}/events?state=skipped`)).body.events).toHaveLength(1)
      expect((await reken('POST', `/v1/event-streams/${id}/retry`, {})).body).toEqual({ retried: 0 })
    })

    test('polled: what waits behind it is not given before it', async () => {
      const id = await polled()
      const { refs, other } = await oneAside(id, async (first) => {
        const [jti] = Object.entries((await poll(id)).sets).find(([, set]) => refsIn([set])[0] === first)!
        await poll(id, { returnImmediately: true, maxEvents: 0, setErrs: { [jti]: { err: 'invalid_key' } } })
      })
      expect(refsIn(Object.values((await poll(id)).sets))).toEqual([other])
      await reken('POST', `/v1/event-streams/${id}/retry`, {})
      expect(refsIn(Object.values((await poll(id)).sets)).filter((ref) => ref !== other)).toEqual(refs)
    })
  })

  test('that cannot be reached rests, and is tried again when it was moved', async () => {
    const id = await pushed()
    await release()
    const { origin } = supplier
    await broker.owner`update event_streams set endpoint_url = 'https://10.0.0.1/events'`
    await push()
    expect((await reken('GET', `/v1/event-streams/${id}`)).body.rests_until).not.toBeNull()
    await reken('PATCH', `/v1/event-streams/${id}`, { endpoint_url: `${origin}/elsewhere` })
    driver.pass({ minutes: 1 })
    expect(await push()).toBeGreaterThan(0)
  })

  test('a paused stream waits, and goes on where it stopped', async () => {
    const id = await pushed()
    await reken('PATCH', `/v1/event-streams/${id}`, { status: 'paused' })
    await release()
    expect(await push()).toBe(0)
    await reken('PATCH', `/v1/event-streams/${id}`, { status: 'enabled' })
    expect(await push()).toBeGreaterThan(0)
  })
})

describe('Bad input changes nothing', () => {
  test.each([
    'http://publisher.example/events',
    'https://publisher.example:8443/events',
    'https://127.0.0.1/events',
    'https://localhost/events',
    'https://169.254.169.254/latest',
    'https://[::1]/events',
    'https://[::ffff:10.0.0.1]/events',
    'https://10.1.2.3/events',
    'https://user:secret@publisher.example/events',
    'https://publisher.example/events#here',
    'ftp://publisher.example/events',
    'not an address',
  ])('%s is no endpoint, neither at first nor later', async (endpoint_url) => {
    const refused = await reken('POST', '/v1/event-streams', { delivery: { method: PUSH, endpoint_url } })
    expect([refused.status, refused.body.code]).toEqual([400, 'stream_endpoint_invalid'])
    const id = await pushed()
    expect((await reken('PATCH', `/v1/event-streams/${id}`, { endpoint_url })).body.code).toBe('stream_endpoint_invalid')
    expect(((await reken('GET', `/v1/event-streams/${id}`)).body.delivery as { endpoint_url: string }).endpoint_url).toBe(
      `${supplier.origin}/events`,
    )
  })

  test('an endpoint that sends us elsewhere is not followed: nothing of ours is connected to', async () => {
    const inside = await listening()
    try {
      supplier.state.status = 307
      supplier.state.location = `${inside.origin}/latest/meta-data`
      const id = await pushed()
      await release()
      expect(await push()).toBe(0)
      expect(supplier.got.length).toBeGreaterThan(0)
      expect(inside.got).toEqual([])
      const waiting = await reken('GET', `/v1/event-streams/${id}/events?state=waiting`)
      expect(waiting.body.events).toMatchObject([{ last_error: 'answered 307' }])
    } finally {
      await inside.close()
    }
  })

  test('another’s stream is as one that never was; sibling clients share theirs', async () => {
    const id = await polled()
    const holder = await restClient(broker, driver, 'holder', 'changes')
    const sibling = await restClient(broker, driver, 'ciba', 'changes')
    const nowhere = '0190a000-0000-7000-8000-000000000000'
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { status: 'paused' }],
      ['DELETE', '', undefined],
      ['POST', '/poll', {}],
      ['GET', '/events', undefined],
      ['POST', '/retry', {}],
      ['POST', '/skip', {}],
      ['POST', '/done', { jtis: [nowhere] }],
    ] as const) {
      const [theirs, none] = [
        await holder(method, `/v1/event-streams/${id}${path}`, body),
        await holder(method, `/v1/event-streams/${nowhere}${path}`, body),
      ]
      expect([theirs.status, theirs.body.code]).toEqual([404, 'stream_not_found'])
      expect(none.body.code).toBe('stream_not_found')
    }
    expect((await sibling('GET', `/v1/event-streams/${id}`)).status).toBe(200)
    expect((await sibling('DELETE', `/v1/event-streams/${id}`)).status).toBe(204)
    expect((await reken('GET', '/v1/event-streams')).body.streams).toEqual([])
  })

  const unlocked = { 'without the lock on the receiver': withoutLock }
  race('at most five streams, also when twenty are opened at once', unlocked, async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => reken('POST', '/v1/event-streams', { delivery: { method: POLL } })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5)
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(new Set(['too_many_streams']))
  })

  test('unknown fields, types and purposes are refused by name', async () => {
    const wrong = { delivery: { method: POLL }, event_types: ['everything'], purposes: ['advertising'], more: 1 }
    const { status, body } = await reken('POST', '/v1/event-streams', wrong)
    expect([status, body.code]).toEqual([400, 'input_invalid'])
    expect((await reken('GET', '/v1/event-streams')).body.streams).toEqual([])
  })
})
