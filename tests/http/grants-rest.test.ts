import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { newId, type PersonId } from '../../src/ids.ts'
import { enqueueEvent } from '../../src/notifications/enqueue.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { race } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Transactions of other databases in the same PostgreSQL hold readers up as well. */
const PATIENT = { timeout: 20_000, interval: 100 }

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let given: Awaited<ReturnType<typeof consented>>
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  given = await consented(broker, world)
}
beforeAll(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

type Json = Record<string, unknown>

/** Calls the REST API as a client with a token of this scope. */
async function call(
  name: 'organisation' | 'holder',
  scope: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const key = await dpopKey(broker)
  const form = { grant_type: 'client_credentials', scope, ...(await driver.assertion(name)) }
  const token = (await driver.post('/token', form, { dpop: await key.proof() })).body.access_token as string
  const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')
  const url = `https://broker.test${path}`
  const answer = await driver.app.request(url, {
    method,
    headers: {
      authorization: `DPoP ${token}`,
      dpop: await key.proof({ htm: method, htu: url.split('?')[0], ath }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Json }
}

const grants = (query = '') => call('organisation', 'access_requests', 'GET', `/v1/agreements/${world.agreementId}/grants${query}`)

async function token(purpose = '5.1.a') {
  const key = await dpopKey(broker)
  const identifier = await pseudonymOf(broker, world, given.subjectId)
  const details = {
    type: 'pupil-data',
    locations: [world.resource],
    actions: ['read'],
    datatypes: ['arithmetic-results'],
    purpose,
    identifier,
  }
  const form = { grant_type: 'client_credentials', authorization_details: JSON.stringify([details]) }
  const { body } = await driver.post('/token', { ...form, ...(await driver.assertion('organisation')) }, { dpop: await key.proof() })
  return decodeJwt(body.access_token as string)
}

describe('GET /v1/agreements/{id}/grants', () => {
  test('C20, M20 lists what the school released, by the supplier’s own reference and pseudonym, and how long it may be kept', async () => {
    const { status, body } = await grants()
    expect(status).toBe(200)
    expect(body).toEqual({
      grants: [
        {
          grant_id: expect.any(String),
          request_id: given.requestId,
          reference: 'leerling-1',
          identifier: await pseudonymOf(broker, world, given.subjectId),
          location: world.resource,
          purpose: '5.1.a',
          active: true,
          needs_assignment: false,
          datatypes: ['arithmetic-results'],
          period: { from: given.startsAt.toISOString(), until: given.endsAt.toISOString() },
        },
      ],
      retention: 'tot einde schooljaar',
    })
    expect(JSON.stringify(body)).not.toContain(given.subjectId)
    expect((await token()).grant_id).toBe((body.grants as Json[])[0]!.grant_id)
  })

  test('page by page, each once, and none that was over before it was listed', async () => {
    for (const purpose of ['5.1.b', '5.1.c', '5.1.d']) await consented(broker, world, { purpose })
    await consented(broker, world, { purpose: '5.1.e', answers: { nadia: 'yes', karim: 'no' } })
    const seen: string[] = []
    let query = '?limit=2'
    for (;;) {
      const { body } = await grants(query)
      seen.push(...(body.grants as Json[]).map(({ purpose }) => purpose as string))
      if (!body.next_cursor) break
      query = `?limit=2&cursor=${body.next_cursor as string}`
    }
    expect(seen.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['5.1.a', '5.1.b', '5.1.c', '5.1.d'])
  })

  test('what ended is listed without data', async () => {
    const over = await consented(broker, world, { purpose: '5.2.c' })
    await grants()
    const at = broker.clock.now()
    await broker.owner`update consents set ended_at = ${at}, ended_as = 'withdrawn', ended_by = 'test' where consent_id = ${over.consentId}`
    const { body } = await grants()
    expect((body.grants as Json[]).find(({ purpose }) => purpose === '5.2.c')).toMatchObject({ active: false, datatypes: [] })
  })

  test.each([
    ['another supplier’s agreement', () => `/v1/agreements/${world.holderAgreementId}/grants`, 404, 'agreement_not_found'],
    ['no agreement', () => `/v1/agreements/${newId(new Date())}/grants`, 404, 'agreement_not_found'],
    ['no id', () => '/v1/agreements/x/grants', 400, 'input_invalid'],
    ['a wrong cursor', () => `/v1/agreements/${world.agreementId}/grants?cursor=e30`, 400, 'input_invalid'],
    ['an unknown parameter', () => `/v1/agreements/${world.agreementId}/grants?page=2`, 400, 'input_invalid'],
  ])('%s', async (_name, path, status, code) => {
    expect(await call('organisation', 'access_requests', 'GET', path())).toMatchObject({ status, body: { code } })
  })
})

describe('GET /v1/subjects', () => {
  test('tells the holder which of its pupils a pseudonym is, by the ECK iD the school gave it', async () => {
    const { sub } = await token()
    const { status, body } = await call('holder', 'subjects', 'GET', '/v1/subjects')
    expect(status).toBe(200)
    expect(body.subjects).toEqual([{ sub, identifier: expect.stringMatching(/^https:\/\/ketenid\.nl\/pilot\//) }])
    expect((await call('holder', 'subjects', 'GET', `/v1/subjects?sub=${sub}`)).body.subjects).toHaveLength(1)
    expect((await call('holder', 'subjects', 'GET', '/v1/subjects?sub=ph_nobody')).body.subjects).toEqual([])
  })

  test('not when its agreement with the board has ended', async () => {
    await broker.owner`update supplier_agreements set ended_at = ${broker.clock.now()} where agreement_id = ${world.holderAgreementId}`
    expect((await call('holder', 'subjects', 'GET', '/v1/subjects')).body).toEqual({ subjects: [] })
    await broker.owner`update supplier_agreements set ended_at = null`
  })
})

describe('POST /v1/uses', () => {
  const delivery = (jti: unknown, other: Json = {}) => ({
    jti,
    delivered_at: broker.clock.now().toISOString(),
    datatypes: ['arithmetic-results'],
    records: 12,
    ...other,
  })
  const report = (uses: unknown[], key?: string) =>
    call('holder', 'uses', 'POST', '/v1/uses', { uses }, key === undefined ? {} : { 'idempotency-key': key })
  const kept = async (jti: string) =>
    (await broker.owner`select records from uses where token_id = ${jti}`).map(({ records }) => records as number)

  test('takes down what was handed over, and the ledger tells it', async () => {
    const { jti } = await token()
    expect(await report([delivery(jti)])).toEqual({ status: 201, body: { accepted: 1 } })
    expect(await kept(jti!)).toEqual([12])
    const [entry] = await broker.owner`select body::jsonb as facts from ledger where event = 'use_reported' order by seq desc limit 1`
    expect(entry!.facts.uses).toEqual([{ useId: expect.any(String), tokenId: jti }])
  })

  race(
    'counts once with an Idempotency-Key, also ten times at once; another body with it is refused (INV-15)',
    { 'where a key is never found': { statements: /(?<=from "idempotency_keys" where )/, become: 'false and ' } },
    async () => {
      const { jti } = await token()
      const answers = await Promise.all(Array.from({ length: 10 }, () => report([delivery(jti)], 'key-0001')))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([...answers.map(({ status }) => status), 201]))
      for (const { status, body } of answers) expect([201, 409], JSON.stringify(body)).toContain(status)
      expect(await report([delivery(jti)], 'key-0001')).toEqual({ status: 201, body: { accepted: 1 } })
      expect(await kept(jti!)).toEqual([12])
      expect(await report([delivery(jti, { records: 13 })], 'key-0001')).toMatchObject({
        status: 422,
        body: { code: 'idempotency_key_reused' },
      })
    },
    begin,
  )

  test('all or none, and never about a token of somebody else', async () => {
    const { jti } = await token()
    expect(await report([delivery(jti), delivery(newId(new Date()))])).toMatchObject({ status: 404, body: { code: 'use_unknown_token' } })
    expect(await kept(jti!)).toEqual([])
    const later = new Date(broker.clock.now().getTime() + 3_600_000).toISOString()
    expect(await report([delivery(jti, { delivered_at: later })])).toMatchObject({ status: 400, body: { code: 'input_invalid' } })
    for (const wrong of [{ records: -1 }, { records: 1.5 }, { datatypes: [] }, { pupil: 'x' }, { jti: 'x' }]) {
      expect(await report([delivery(jti, wrong)])).toMatchObject({ status: 400, body: { code: 'input_invalid' } })
    }
    expect((await call('organisation', 'access_requests', 'POST', '/v1/uses', { uses: [delivery(jti)] })).status).toBe(403)
  })
})

describe('GET /v1/changes', () => {
  const happened = (ref: string, receiverId: string = world.supplierId) =>
    inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
      enqueueEvent(tx, {
        boardId: world.boardId,
        approach: 'organisation',
        receiverId,
        event: 'consent_withdrawn',
        subjectId: given.subjectId,
        ref,
        facts: { consentId: given.consentId, subjectId: given.subjectId as PersonId },
        at: broker.clock.now(),
      }),
    )

  test('tells each receiver what is its own, in order, by its own pseudonym, and goes on where one was', async () => {
    const refs = Array.from({ length: 5 }, () => newId<never>(new Date()) as string)
    for (const ref of refs) await happened(ref)
    await happened(newId<never>(new Date()), world.holderId)
    await vi.waitFor(
      async () => expect((await call('organisation', 'changes', 'GET', '/v1/changes')).body.changes).toHaveLength(5),
      PATIENT,
    )
    const first = await call('organisation', 'changes', 'GET', '/v1/changes?limit=3')
    expect(first.status).toBe(200)
    const changes = first.body.changes as Json[]
    expect(changes[0]).toEqual({
      id: expect.any(String),
      event: 'consent_withdrawn',
      approach: 'organisation',
      at: broker.clock.now().toISOString(),
      ref: refs[0],
      subject: await pseudonymOf(broker, world, given.subjectId),
      sequence: 1,
      facts: { consent_id: given.consentId },
    })
    const rest = await call('organisation', 'changes', 'GET', `/v1/changes?cursor=${first.body.next_cursor as string}`)
    expect([...changes, ...(rest.body.changes as Json[])].map(({ ref }) => ref)).toEqual(refs)
    const nothing = await call('organisation', 'changes', 'GET', `/v1/changes?cursor=${rest.body.next_cursor as string}`)
    expect(nothing.body).toEqual({ changes: [], next_cursor: rest.body.next_cursor })
    await vi.waitFor(async () => expect((await call('holder', 'changes', 'GET', '/v1/changes')).body.changes).toHaveLength(1), PATIENT)
  })
})
