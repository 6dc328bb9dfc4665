import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeProtectedHeader } from 'jose'
import * as client from 'openid-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { registerClient } from '../../src/catalog/register-client.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { type ConsentId, newSecret } from '../../src/ids.ts'
import { deliverPings } from '../../src/oauth/ping.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { sweep } from '../../src/sweep.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { whileHeld } from '../support/held.ts'
import { race, without, withoutRowLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const TOKEN = 'J3m-0wQ8pZ_r7Yt2Lx9bVkAa'

interface Told {
  method: string | undefined
  path: string | undefined
  headers: IncomingHttpHeaders
  body: string
}

/** The supplier's notification endpoint: keeps what it is told, and answers what a test wants. */
async function notified() {
  const told: Told[] = []
  const state = { status: 204, headers: {} as Record<string, string> }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      told.push({ method: request.method, path: request.url, headers: request.headers, body })
      response.writeHead(state.status, state.headers).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, told, state, close: () => new Promise((resolve) => server.close(resolve)) }
}

let supplier: Awaited<ReturnType<typeof notified>>
let broker: TestBroker
let world: SmallWorld
let driver: Driver
beforeEach(async () => {
  supplier = await notified()
  broker = await freshBroker({ allowedLoopback: [supplier.origin] })
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  await broker.owner`update clients set notification_uri = ${`${supplier.origin}/told`} where client_id = ${world.clients.ciba}`
})
afterEach(async () => {
  vi.useRealTimers()
  await broker.close()
  await supplier.close()
})

const entry = () => ({
  type: 'pupil-data',
  locations: [world.resource],
  actions: ['read'],
  datatypes: ['arithmetic-results'],
  purpose: '5.1.a',
  period: { until: '2026-12-24' },
})
const linkCode = async () =>
  (await makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, supplierId: world.supplierId })).code

const ask = async (form: Record<string, string> = {}) =>
  await driver.post('/bc-authorize', {
    scope: 'openid',
    login_hint: await linkCode(),
    authorization_details: JSON.stringify([entry()]),
    client_notification_token: TOKEN,
    ...form,
    ...(await driver.assertion('ciba')),
  })
const asked = async (form: Record<string, string> = {}) => {
  const { status, body } = await ask(form)
  expect({ status, body }).toMatchObject({ status: 200 })
  const [row] = await broker.owner`select consent_id from ciba_requests where consent_id is not null limit 1`
  return { authReqId: body.auth_req_id as string, consentId: row!.consent_id as ConsentId }
}
const says = async (who: 'nadia' | 'karim', consentId: ConsentId, answer: 'yes' | 'no') =>
  await asking(broker, world).answer(world.people[who], consentId, answer)
const poll = async (authReqId: string) => {
  const { proof } = await dpopKey(broker)
  const form = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId, ...(await driver.assertion('ciba')) }
  return await driver.post('/token', form, { dpop: await proof() })
}

describe('A client that is told when there is an answer (CIBA ping)', () => {
  test('after a yes, once, with its own token and the auth_req_id and nothing else; then it fetches', async () => {
    const config = await driver.connect('ciba')
    const waiting = await client.initiateBackchannelAuthentication(config, {
      scope: 'openid',
      login_hint: await linkCode(),
      authorization_details: JSON.stringify([entry()]),
      client_notification_token: TOKEN,
    })
    expect(await deliverPings(broker.deps), 'nobody has answered').toBe(0)
    const [row] = await broker.owner`select consent_id from ciba_requests`
    await says('nadia', row!.consent_id, 'yes')
    expect(await deliverPings(broker.deps)).toBe(1)
    expect(await deliverPings(broker.deps)).toBe(0)
    expect(supplier.told).toHaveLength(1)
    const [{ method, path, headers, body }] = supplier.told as [Told]
    expect([method, path, headers.authorization, headers['content-type']]).toEqual(['POST', '/told', `Bearer ${TOKEN}`, 'application/json'])
    expect(JSON.parse(body)).toEqual({ auth_req_id: waiting.auth_req_id })

    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const tokens = await client.pollBackchannelAuthenticationGrant(config, { ...waiting, interval: 0.01 }, undefined, { DPoP })
    expect(tokens.authorization_details).toHaveLength(1)
  })

  test('after a no too, and it does not say which it is', async () => {
    const { authReqId, consentId } = await asked()
    await says('nadia', consentId, 'no')
    await deliverPings(broker.deps)
    expect(supplier.told.map(({ body }) => body)).toEqual([JSON.stringify({ auth_req_id: authReqId })])
    expect((await poll(authReqId)).body.error).toBe('access_denied')
  })

  test('a conflict is no answer; once it is resolved the client is told', async () => {
    const { consentId } = await asked()
    await says('nadia', consentId, 'yes')
    await deliverPings(broker.deps)
    await says('karim', consentId, 'no')
    expect(await deliverPings(broker.deps), 'one yes and one no: still open').toBe(0)
    await says('nadia', consentId, 'no')
    expect(await deliverPings(broker.deps)).toBe(1)
  })

  test('an answer that is taken back before it was fetched is told as well', async () => {
    const { authReqId, consentId } = await asked()
    await says('nadia', consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    expect(await deliverPings(broker.deps)).toBe(2)
    expect((await poll(authReqId)).body.error).toBe('access_denied')
  })

  test('an answer that was rolled back is told to nobody', async () => {
    const { consentId } = await asked()
    await broker.owner`create function broken() returns trigger language plpgsql as $$ begin raise 'no'; end $$`
    await broker.owner`create trigger broken before insert on ledger for each row when (new.event = 'answer_given') execute function broken()`
    await expect(says('nadia', consentId, 'yes')).rejects.toThrow()
    expect(await deliverPings(broker.deps)).toBe(0)
  })

  const unheld = { 'without the lock on the consent': withoutRowLock('consents') }
  race('what asks again while somebody answers hears of it, whoever comes first', unheld, async () => {
    const { consentId } = await asked()
    const again = await linkCode()
    const [said, second] = await whileHeld<unknown>(broker, (sql) => sql`select from consents where consent_id = ${consentId} for update`, [
      () => says('nadia', consentId, 'yes'),
      () => ask({ login_hint: again }),
    ])
    expect([said!.status, second!.status]).toEqual(['fulfilled', 'fulfilled'])
    await deliverPings(broker.deps)
    expect(new Set(supplier.told.map(({ body }) => body)).size).toBe(2)
  })

  test.each<[string, number, Record<string, string>]>([
    ['an error', 500, {}],
    ['a refusal', 401, {}],
    ['a redirect, which is not followed', 302, { location: '/elsewhere' }],
  ])('%s: told again later, and later still, until it says yes', async (_name, status, headers) => {
    const { consentId } = await asked()
    await says('nadia', consentId, 'yes')
    Object.assign(supplier.state, { status, headers })
    expect(await deliverPings(broker.deps)).toBe(0)
    expect(await deliverPings(broker.deps), 'not at once').toBe(0)
    expect(supplier.told.map(({ path }) => path)).toEqual(['/told'])
    driver.pass({ minutes: 1 })
    expect(await deliverPings(broker.deps)).toBe(0)
    Object.assign(supplier.state, { status: 200, headers: {} })
    driver.pass({ minutes: 5 })
    expect(await deliverPings(broker.deps)).toBe(1)
    expect(supplier.told).toHaveLength(3)
  })

  test.each<[string, (authReqId: string) => Promise<unknown>]>([
    ['was fetched meanwhile', async (authReqId) => expect((await poll(authReqId)).status).toBe(200)],
    ['is over', async () => driver.pass({ minutes: 10 })],
    ['is of a disabled client', () => broker.owner`update clients set disabled_at = now() where client_id = ${world.clients.ciba}`],
  ])('what %s is not told any more', async (_name, over) => {
    const { authReqId, consentId } = await asked({ requested_expiry: '600' })
    await says('nadia', consentId, 'yes')
    await over(authReqId)
    await deliverPings(broker.deps)
    expect(supplier.told).toEqual([])
    expect(await broker.owner`select from deliveries where kind = 'ping' and done_at is null`).toEqual([])
  })

  const taken = { 'where what is taken is taken again': without(/and \(locked_until is null or locked_until <= \$\d+\)/) }
  race('four drainers tell it once; the token is kept sealed, and gone when it was told or is over', taken, async () => {
    const { consentId } = await asked({ requested_expiry: '600' })
    await says('nadia', consentId, 'yes')
    const dump = async () => {
      const [row] = await broker.owner`select concat((select json_agg(d) from deliveries d), (select json_agg(s) from signals s)) as all`
      return row!.all as string
    }
    expect(await dump()).not.toContain(TOKEN)
    const counts = await Promise.all([1, 2, 3, 4].map(() => deliverPings(broker.deps)))
    expect(counts.reduce((sum, count) => sum + count)).toBe(1)
    expect(supplier.told).toHaveLength(1)
    expect(await broker.owner`select from deliveries where kind = 'ping' and payload is not null`).toEqual([])
    driver.pass({ minutes: 11 })
    await sweep(broker.deps)
    expect(await broker.owner`select from signals`).toEqual([])
  })

  test.each([
    ['none', ''],
    ['too short for 128 bits (§7.1)', 'short'],
    ['too long (§7.1)', 'x'.repeat(1025)],
    ['no bearer token (§7.1)', 'a token with spaces in it, long'],
  ])('a notification token: %s is invalid_request', async (_name, token) => {
    expect((await ask({ client_notification_token: token })).body.error).toBe('invalid_request')
  })

  test('a client that polls needs none, and a hint that is good for nothing is answered the same and told nothing', async () => {
    const known = await ask()
    const unknown = await ask({ login_hint: newSecret() })
    expect([unknown.status, Object.keys(unknown.body)]).toEqual([known.status, Object.keys(known.body)])
    expect(await broker.owner`select from signals`).toHaveLength(1)
    await broker.owner`update clients set notification_uri = null`
    expect((await ask({ client_notification_token: '' })).status).toBe(200)
  })
})

describe('Where a client may be told', () => {
  const register = async (notificationUri: string) =>
    await registerClient(broker.deps, {
      name: 'Reken Plus',
      way: 'ciba',
      supplierId: world.supplierId,
      keys: [world.keys.ciba.publicJwk],
      notificationUri,
    })

  test.each([
    'http://rekenplus.example/told',
    'https://127.0.0.1/told',
    'https://10.0.0.1/told',
    'https://[::1]/told',
    'https://169.254.169.254/latest/meta-data',
    'https://rekenplus.example:8443/told',
    'https://user:pw@rekenplus.example/told',
    'https://localhost/told',
    'https://rekenplus.example/told#x',
    'not a url',
  ])('not %s', async (uri) => {
    await expect(register(uri)).rejects.toMatchObject({ code: 'notification_uri_invalid' })
  })

  test('a public https address; looked at again when it is used, so that a name that leads inside is not followed', async () => {
    await register('https://told.rekenplus.example/')
    await broker.owner`update clients set notification_uri = 'https://localhost.localdomain/' where client_id = ${world.clients.ciba}`
    const { consentId } = await asked()
    await says('nadia', consentId, 'yes')
    expect(await deliverPings(broker.deps)).toBe(0)
    expect(supplier.told).toEqual([])
  })
})

describe('Asking about somebody by an ID token (CIBA §7.1, id_token_hint)', () => {
  /** A grant that was given and collected, with its ID token. */
  async function collected() {
    const { authReqId, consentId } = await asked()
    await says('nadia', consentId, 'yes')
    const { body } = await poll(authReqId)
    return { idToken: body.id_token as string, consentId }
  }
  const hinted = async (idToken: string, form: Record<string, string> = {}) =>
    await ask({ login_hint: '', id_token_hint: idToken, ...form })
  const asks = async () => (await broker.owner`select from access_requests`).length

  test('a returning family is asked something else, months later', async () => {
    const { idToken } = await collected()
    driver.pass({ days: 20 })
    const other = JSON.stringify([{ ...entry(), datatypes: ['practice-time'] }])
    const { status, body } = await hinted(idToken, { authorization_details: other })
    expect(status).toBe(200)
    expect(await asks()).toBe(2)
    const [row] = await broker.owner`select consent_id from ciba_requests order by made_at desc limit 1`
    await says('karim', row!.consent_id, 'yes')
    expect((await poll(body.auth_req_id as string)).status).toBe(200)
    const [entered] = await broker.owner`select body from ledger where event = 'access_requested' order by seq desc limit 1`
    expect(JSON.parse(entered!.body)).toMatchObject({ hint: 'id_token' })
  })

  test('but not after a no: nobody invited it, so the no rests (D01), and it waits like everybody', async () => {
    const { idToken, consentId } = await collected()
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    const { status, body } = await hinted(idToken)
    expect(status).toBe(200)
    expect(await asks()).toBe(1)
    expect((await poll(body.auth_req_id as string)).body.error).toBe('authorization_pending')
  })

  test('it is signed with the algorithm that the client registered, and good as a hint alike (RFC 7591 §2)', async () => {
    await broker.owner`update clients set id_token_alg = 'ES256' where client_id = ${world.clients.ciba}`
    const { idToken } = await collected()
    expect(decodeProtectedHeader(idToken).alg).toBe('ES256')
    expect((await hinted(idToken)).status).toBe(200)
  })

  test('not an access token, another client’s, a changed one, or one that is too old', async () => {
    const { idToken } = await collected()
    const [head, payload, signature] = idToken.split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'ps_somebody' })).toString('base64url')
    for (const hint of [`${head}.${changed}.${signature}`, `${head}.${payload}.`, 'x'.repeat(5000)])
      expect((await hinted(hint)).body.error).toBe('invalid_request')
    await broker.owner`update signing_keys set kind = 'event' where kind = 'id_token'`
    expect((await hinted(idToken)).body.error, 'signed by a key of another kind').toBe('invalid_request')
    await broker.owner`update signing_keys set kind = 'id_token' where kind = 'event'`
    driver.pass({ days: 401 })
    expect((await hinted(idToken)).body.error, 'too old').toBe('invalid_request')
  })
})
