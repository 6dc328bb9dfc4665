import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { runBoardJobs } from '../../src/board-jobs.ts'
import { holders, suppliers } from '../../src/catalog/store.ts'
import { runLongWork } from '../../src/long-work.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { directServices } from '../../src/requests/suggest.ts'
import { keyPair } from '../fakes/broker.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { driveThrough } from '../support/driver.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { tellWorld } from '../support/told-world.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let iris: Awaited<ReturnType<typeof supplierPerson>>
let trial: Awaited<ReturnType<typeof program>>

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  vi.useFakeTimers({ toFake: ['Date'], now: broker.clock.now() })
  app = createApp(() => broker.deps)
  iris = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Iris Smit', roles: ['engineer'] })
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const fetchApp = (async (url: string, init: RequestInit) => await app.request(url, init)) as client.CustomFetch

function pass(time: Parameters<TestBroker['clock']['pass']>[0]) {
  broker.clock.pass(time)
  vi.setSystemTime(broker.clock.now())
}

/** Whoever lives in the sandbox takes their turn, as far as it is time for it. */
const turns = async () => {
  await broker.settled()
  await runLongWork(broker.deps)
}

const page = () => `${iris.path}/sandbox`

/** What the engineer reads on the page. */
async function needed() {
  const { html } = await iris.visitor.get(page())
  const codes = Array.from(html.matchAll(/<dt>([^<]*)<\/dt><dd><code[^>]*>([^<]*)<\/code>/g), ([, name, value]) => [name!, value!] as const)
  const of = (name: string) => codes.find(([known]) => known.startsWith(name))![1]
  const pupils = Array.from(html.matchAll(/id="pupil-([0-9a-f-]{36})">\s*([^<]+?)\s*</g), ([, id, name]) => ({ id: id!, name: name! }))
  return {
    brin: of('Nummer van de school'),
    resource: of('Bron'),
    agreement: of('Overeenkomst'),
    service: of('Nummer (service)'),
    idOf: (name: string) => pupils.find((pupil) => pupil.name.startsWith(name))!.id,
  }
}

async function begunAnew() {
  const before = await iris.visitor.get(page())
  return await iris.visitor.post(`${page()}/reset`, before.fields(`${page()}/reset`))
}

/** The engineer registers a program for the sandbox; it signs in with openid-client, unmodified. */
async function program(way: 'organisation' | 'ciba' | 'redirect') {
  const key = await keyPair('ES256')
  const at = `${iris.path}/clients`
  const form = await iris.visitor.get(at)
  const done = await iris.visitor.post(at, {
    ...form.fields(at),
    name: `Proef ${way}`,
    way,
    world: 'sandbox',
    jwks: JSON.stringify({ ...key.publicJwk, kid: 'try-1' }),
    jwks_uri: '',
    redirects: way === 'redirect' ? 'https://rekenplus.example/terug' : '',
  })
  expect(done.words).toContain('Het programma is aangemeld.')
  const [row] = await broker.owner<{ client_id: string }[]>`select client_id from clients where name = ${`Proef ${way}`}`
  const config = await client.discovery(
    new URL(broker.deps.issuer),
    row!.client_id,
    {},
    client.PrivateKeyJwt({ key: key.privateKey, kid: 'try-1' }),
    { [client.customFetch]: fetchApp, algorithm: 'oauth2' },
  )
  return { clientId: row!.client_id, config, DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) }
}

/** What may be in an answer, of the broker or of the holder. */
interface Told {
  id?: string
  status?: string
  code?: string
  subjects?: { status: string; pupil?: string; records?: unknown[] }[]
  grants?: { reference: string; identifier: string }[]
  changes?: { event: string }[]
  access_requests?: unknown[]
}

type Program = Pick<Awaited<ReturnType<typeof program>>, 'config' | 'DPoP'>

async function rest({ config, DPoP }: Program, method: string, path: string, body?: unknown) {
  const scope = path.startsWith('/v1/changes') ? 'changes' : 'access_requests'
  const { access_token } = await client.clientCredentialsGrant(config, { scope }, { DPoP })
  const headers = new Headers(body === undefined ? {} : { 'content-type': 'application/json' })
  const sent = body === undefined ? undefined : JSON.stringify(body)
  const answer = await client.fetchProtectedResource(config, access_token, new URL(path, broker.deps.issuer), method, sent, headers, {
    DPoP,
  })
  return (await answer.json()) as Told
}

const entry = ({ resource }: { resource: string }) => ({
  type: 'pupil-data',
  locations: [resource],
  actions: ['read'],
  datatypes: ['learning-results'],
  purpose: '5.1.a',
})

const ask = (needed: { brin: string; service: string; resource: string }, more: Record<string, unknown>) => ({
  addressed_to: { scheme: 'BRIN', value: needed.brin },
  service_id: needed.service,
  authorization_details: [entry(needed)],
  window: { until: '2026-12-20' },
  occasion: 'Wij proberen ons programma.',
  reason: { nl: 'Wij proberen ons programma.' },
  ...more,
})

/** The program redeems for one pupil and reads at the holder of the sandbox. */
async function read({ config, DPoP }: Program, { resource }: { resource: string }, identifier: string) {
  const details = JSON.stringify([{ ...entry({ resource }), identifier }])
  const { access_token } = await client.clientCredentialsGrant(config, { authorization_details: details }, { DPoP })
  return { access_token, ...(await readWith({ config, DPoP }, { resource }, access_token)) }
}

async function readWith({ config, DPoP }: Program, { resource }: { resource: string }, token: string) {
  const answer = await client
    .fetchProtectedResource(config, token, new URL('learning-results', resource), 'GET', undefined, undefined, { DPoP })
    .catch((error: client.WWWAuthenticateChallengeError) => error.response)
  return { status: answer.status, body: answer.status === 200 ? ((await answer.json()) as Told) : undefined }
}

describe('An engineer tries a program in a sandbox, both ways (K09, K12)', () => {
  test('makes it, asks the school, and each parent does what their rule says', async () => {
    expect((await iris.visitor.get(page())).words).toContain('Er is nog geen oefenschool.')
    expect((await begunAnew()).words).toContain('De oefenschool is er.')
    const known = await needed()
    trial = await program('organisation')
    const names = ['Jada Altijd-Ja', 'Nina Altijd-Nee', 'Coen Oneens', 'Lotte Langzaam', 'Sam Stopt-Later', 'Pim Onbekend']
    const subjects = names.map((name, nr) => ({ reference: `leerling-${nr}`, hint: `${name}, groep 6` }))
    const asked = await rest(trial, 'POST', '/v1/access-requests', ask(known, { subjects }))
    expect(asked.status).toBe('received')
    await turns()
    const states = async () => (await rest(trial, 'GET', `/v1/access-requests/${asked.id}`)).subjects!.map(({ status }) => status)
    expect(await states()).toEqual(['released', 'pending', 'pending', 'pending', 'released', 'not_released'])

    const grants = async () => (await rest(trial, 'GET', `/v1/agreements/${known.agreement}/grants`)).grants!
    const jada = (await grants()).find(({ reference }) => reference === 'leerling-0')!
    const got = await read(trial, known, jada.identifier)
    expect(got.body!.subjects![0]).toMatchObject({ pupil: expect.stringMatching(/^https:\/\/ketenid\.nl\/pilot\//), records: [{}, {}, {}] })
    await broker.settled()
    expect(await broker.owner`select datatypes, records from uses`).toMatchObject([{ datatypes: ['learning-results'], records: 3 }])

    // Slow parents answer some minutes later, and by then others have stopped.
    const sam = (await grants()).find(({ reference }) => reference === 'leerling-4')!
    const before = await read(trial, known, sam.identifier)
    expect(before.status).toBe(200)
    pass({ minutes: 3 })
    await turns()
    expect(await states()).toEqual(['released', 'pending', 'pending', 'released', 'not_released', 'not_released'])
    expect((await readWith(trial, known, before.access_token)).status).toBe(401)
    await expect(read(trial, known, sam.identifier)).rejects.toMatchObject({ error: 'invalid_authorization_details' })
    // Changes stop before the oldest transaction that is open in the whole PostgreSQL, also of other databases.
    const events = async () => (await rest(trial, 'GET', '/v1/changes')).changes!.map(({ event }) => event)
    await vi.waitFor(async () => expect(await events()).toContain('consent_withdrawn'), { timeout: 30_000, interval: 200 })
  })

  test('asks a parent directly by a link code (CIBA)', async () => {
    await begunAnew()
    const known = await needed()
    const direct = await program('ciba')
    const codeFor = async (name: string) => {
      const path = `${page()}/pupils/${known.idOf(name)}/code`
      const form = await iris.visitor.get(page())
      const { html } = await iris.visitor.post(path, form.fields(path))
      return /id="link-code">\s*([\w-]+)\s*</.exec(html)![1]!
    }
    const begin = async (name: string) =>
      await client.initiateBackchannelAuthentication(direct.config, {
        scope: 'openid',
        login_hint: await codeFor(name),
        authorization_details: JSON.stringify([{ ...entry(known), service: known.service, period: { until: '2026-12-20' } }]),
      })
    const poll = async ({ auth_req_id }: client.BackchannelAuthenticationResponse) =>
      await client.genericGrantRequest(direct.config, 'urn:openid:params:grant-type:ciba', { auth_req_id }, { DPoP: direct.DPoP })
    const [yes, no, slow] = [await begin('Jada'), await begin('Nina'), await begin('Lotte')]
    await turns()
    pass({ seconds: 6 })
    const { access_token } = await poll(yes)
    expect((await readWith(direct, known, access_token)).status).toBe(200)
    await expect(poll(no)).rejects.toMatchObject({ error: 'access_denied' })
    await expect(poll(slow)).rejects.toMatchObject({ error: 'authorization_pending' })
    pass({ minutes: 3 })
    await turns()
    expect((await poll(slow)).access_token).toBeTruthy()
  })

  test('sends a browser there and gets it back with a code, or with a no (redirect)', async () => {
    const known = await needed()
    const { config, DPoP } = await program('redirect')
    const visit = async (name: string) => {
      const verifier = client.randomPKCECodeVerifier()
      const details = [{ ...entry(known), service: known.service, period: { until: '2026-12-21' } }]
      const parameters = {
        redirect_uri: 'https://rekenplus.example/terug',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: 'here',
        authorization_details: JSON.stringify(details),
      }
      const { pathname, search } = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
      const browser = new Visitor(app, { origin: broker.deps.issuer })
      const who = await browser.get(pathname + search)
      expect(who.words).toContain('Kies een kind dat niet bestaat')
      const back = await browser.postOnly(who.path, { about: known.idOf(name) })
      expect(back.status, await back.clone().text()).toBe(303)
      const came = new URL(back.headers.get('location')!)
      return {
        came,
        pressAgain: async (other = name) => await browser.postOnly(who.path, { about: known.idOf(other) }),
        collect: async () =>
          await client.authorizationCodeGrant(config, came, { pkceCodeVerifier: verifier, expectedState: 'here' }, {}, { DPoP }),
      }
    }
    const sam = await visit('Sam')
    expect((await sam.pressAgain()).headers.get('location'), 'the second press leads where the first led (INV-06)').toBe(sam.came.href)
    expect((await sam.pressAgain('Coen')).status, 'another child is no second press').toBe(400)
    const { access_token } = await sam.collect()
    const late = await sam.pressAgain()
    expect([late.status, await late.text()]).toEqual([200, expect.stringContaining('De ouder zei ja')])
    expect((await readWith({ config, DPoP }, known, access_token)).status, 'and what the code gave stands').toBe(200)
    await expect((await visit('Coen')).collect()).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('begins anew: what was asked, answered and given out is gone, the addresses and programs stay', async () => {
    const before = await needed()
    const asked = await rest(trial, 'POST', '/v1/access-requests', ask(before, { subjects: [], school_picks: true }))
    await turns()
    const path = `/v1/access-requests/${asked.id}`
    expect((await rest(trial, 'GET', path)).status).toBe('released')
    const [grant] = (await rest(trial, 'GET', `/v1/agreements/${before.agreement}/grants`)).grants!
    const { identifier } = grant!
    const { access_token } = await read(trial, before, identifier)

    await begunAnew()
    const after = await needed()
    expect(after).toMatchObject({ brin: before.brin, resource: before.resource, service: before.service })
    expect(after.agreement).not.toBe(before.agreement)
    expect((await readWith(trial, before, access_token)).status).toBe(401)
    await expect(read(trial, before, identifier)).rejects.toMatchObject({ error: 'invalid_authorization_details' })
    expect(await rest(trial, 'GET', path)).toMatchObject({ code: 'request_not_found' })
    expect((await rest(trial, 'GET', '/v1/access-requests')).access_requests).toEqual([])
    const events = (await rest(trial, 'GET', '/v1/changes')).changes!.map(({ event }) => event)
    expect(events).not.toContain('released')
    expect((await rest(trial, 'POST', '/v1/access-requests', ask(after, { subjects: [], school_picks: true }))).status).toBe('received')
  })
})

describe('Nothing of a sandbox meets anything real (INV-07)', () => {
  test('no mail, no public page, no list; and what runs by itself leaves it as it is', async () => {
    const known = await needed()
    await turns()
    await runBoardJobs(broker.deps)
    await deliverMails(broker.deps)
    expect(broker.mails).toEqual([])
    expect((await iris.visitor.get(`/schools/${known.brin}`)).status).toBe(404)
    expect((await suppliers(broker.db)).map(({ legalName }) => legalName).toSorted()).toEqual([
      'Reken Plus B.V.',
      'Uitgeverij Rekenrijk B.V.',
    ])
    expect((await holders(broker.db)).map(({ resource }) => resource)).toEqual([world.resource])
    expect((await directServices(broker.db)).map(({ serviceId }) => serviceId)).toEqual([world.serviceId])
  })

  test('a program under test reaches no real school or holder, and a real one no sandbox', async () => {
    const known = await needed()
    const driver = driveThrough(app, broker, world)
    const config = await driver.connect('organisation')
    const real = { config, DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) }
    const about = { subjects: [], school_picks: true }
    const toReal = { addressed_to: { scheme: 'BRIN', value: '99ZA' } }
    expect(await rest(trial, 'POST', '/v1/access-requests', ask(known, { ...about, ...toReal }))).toMatchObject({ code: 'board_not_found' })
    const of = { ...known, service: world.serviceId, resource: world.resource }
    expect(await rest(real, 'POST', '/v1/access-requests', ask(of, about))).toMatchObject({ code: 'board_not_found' })
    const atReal = ask({ ...known, resource: world.resource }, about)
    atReal.authorization_details[0]!.datatypes = ['arithmetic-results']
    expect(await rest(trial, 'POST', '/v1/access-requests', atReal)).toMatchObject({ code: 'holder_not_found' })
    const atSandbox = ask({ ...of, resource: known.resource }, { ...about, ...toReal })
    expect(await rest(real, 'POST', '/v1/access-requests', atSandbox)).toMatchObject({ code: 'holder_not_found' })
    // What a program under test may not do is no matter of a real school.
    const [refused] = await broker.owner`
      select count(*)::int as n from ledger where board_id = ${world.boardId} and event = 'attempt_refused' and actor = ${`client:${trial.clientId}`}`
    expect(refused!.n).toBe(0)
  })

  test('nobody but an engineer of the supplier opens it', async () => {
    const tess = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Tess', roles: ['contracts', 'administrator'] })
    const kim = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Kim', roles: ['engineer'] })
    expect((await tess.visitor.get(page())).status).toBe(403)
    expect((await kim.visitor.get(page())).status).toBe(404)
    const { idOf } = await needed()
    const form = await iris.visitor.get(page())
    const theirs = `${kim.path}/sandbox/pupils/${idOf('Jada')}/code`
    expect((await kim.visitor.post(theirs, form.fields(`${page()}/pupils`))).status).toBe(404)
  })
})
