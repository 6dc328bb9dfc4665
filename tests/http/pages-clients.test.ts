import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { ClientId } from '../../src/ids.ts'
import { noteRequest } from '../../src/oauth/client-requests.ts'
import { sweep } from '../../src/sweep.ts'
import { keyPair } from '../fakes/broker.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { dpopKey, driveThrough } from '../support/driver.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let driver: ReturnType<typeof driveThrough>
let iris: Awaited<ReturnType<typeof supplierPerson>>
/** What stands at addresses outside. */
const outside = new Map<string, string>()

beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  vi.useFakeTimers({ toFake: ['Date'], now: broker.clock.now() })
  app = createApp(() => ({
    ...broker.deps,
    outsideFetch: async (url) => ({ status: outside.has(url) ? 200 : 404, text: outside.get(url) ?? '' }),
  }))
  driver = driveThrough(app, broker, world)
  iris = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Iris Smit', roles: ['engineer'] })
})
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const clients = () => `${iris.path}/clients`

/** Registers a program as Iris does, and finds it on the page. */
async function registered(fields: Record<string, string>) {
  const page = await iris.visitor.get(clients())
  return await iris.visitor.post(clients(), {
    ...page.fields(clients()),
    name: 'Rooster',
    way: 'organisation',
    jwks: '',
    jwks_uri: '',
    redirects: '',
    ...fields,
  })
}

async function newestClient(): Promise<ClientId> {
  const [row] = await broker.owner<
    { client_id: ClientId }[]
  >`select client_id from clients order by registered_at desc, client_id desc limit 1`
  return row!.client_id
}

/** The program asks for a token of the REST API, with this key. */
async function comesWith(clientId: ClientId, key: CryptoKey, kid = 'own-1') {
  const claims = { iss: clientId, sub: clientId }
  const assertion = await driver.assertion('organisation', claims, { kid }, key)
  const proof = await (await dpopKey(broker)).proof()
  const form = { grant_type: 'client_credentials', scope: 'access_requests', resource: `${broker.deps.issuer}/v1`, ...assertion }
  const { status } = await driver.post('/token', form, { dpop: proof })
  await broker.settled()
  return status
}

describe('An engineer on a Friday afternoon', () => {
  test('registers a program with a pasted key, which then gets a token, and sees that it did', async () => {
    const key = await keyPair()
    const done = await registered({ jwks: JSON.stringify({ ...key.publicJwk, kid: 'own-1' }) })
    expect(done.words).toContain('Het programma is aangemeld.')
    const clientId = await newestClient()
    expect((await iris.visitor.get(`${clients()}/${clientId}`)).words).toContain('Het programma is nog nooit bij ons geweest.')
    expect(await comesWith(clientId, key.privateKey)).toBe(200)
    const page = await iris.visitor.get(`${clients()}/${clientId}`)
    expect(page.words).toContain('De laatste aanvraag die lukte, was op 16 november 2026 om 10:00')
    expect(page.words).toContain('POST /token 200 gelukt 1')

    const other = await generateKeyPair('EdDSA')
    expect(await comesWith(clientId, other.privateKey)).toBe(401)
    expect(await comesWith(clientId, other.privateKey)).toBe(401)
    const wrong = await iris.visitor.get(`${clients()}/${clientId}`)
    expect(wrong.words).toContain('POST /token 401 invalid_client 2 Het programma bewees niet wie het is.')
    const [entry] = await broker.owner`select actor from ledger where event = 'client_registered' order by at desc, seq desc limit 1`
    expect(entry!.actor).toBe(`member:${iris.actor.memberId}`)
  })

  test('is told at the field what is wrong with a key or address, and nothing is half-saved', async () => {
    const before = await newestClient()
    const key = await keyPair()
    const secret = JSON.stringify({ ...key.privateJwk, kid: 'x' })
    const refused = await registered({ jwks: secret })
    expect(refused.status).toBe(400)
    expect(refused.words).toContain('Dit zijn geen openbare sleutels die werken.')
    expect(refused.html).not.toContain(key.privateJwk.d)
    expect(refused.html).toContain('value="Rooster"')
    const cases: [Record<string, string>, string][] = [
      [{ jwks: 'nonsense' }, 'Dit zijn geen openbare sleutels die werken.'],
      [{ jwks: 'x'.repeat(25_000) }, 'Dit zijn geen openbare sleutels die werken.'],
      [{ jwks_uri: `https://rekenplus.example/${'x'.repeat(600)}` }, 'Dit adres kan niet.'],
      [{}, 'Geef de sleutels of het adres'],
      [{ jwks: '[]', jwks_uri: 'https://rekenplus.example/jwks' }, 'Geef de sleutels of het adres'],
      [{ jwks_uri: 'http://rekenplus.example/jwks' }, 'Dit adres kan niet.'],
      [{ jwks_uri: 'https://127.0.0.1/jwks' }, 'Dit adres kan niet.'],
      [{ jwks_uri: 'https://10.0.0.7/jwks' }, 'Dit adres kan niet.'],
      [{ jwks_uri: 'https://rekenplus.example/jwks', redirects: 'https://rekenplus.example/terug' }, 'Zo’n adres begint met https'],
      [
        { jwks_uri: 'https://rekenplus.example/jwks', way: 'redirect', redirects: 'http://rekenplus.example/terug' },
        'Zo’n adres begint met https',
      ],
      [{ jwks_uri: 'https://rekenplus.example/jwks', name: ' ' }, 'Vul een naam in.'],
    ]
    for (const [fields, sentence] of cases) {
      const page = await registered(fields)
      expect([page.status, fields]).toEqual([400, fields])
      expect(page.words).toContain(sentence)
    }
    expect(await newestClient()).toBe(before)
  })

  test('replaces the keys: both work for a while, then only the new', async () => {
    const [old, next] = [await keyPair(), await keyPair('ES256')]
    const [oldJwk, nextJwk] = [
      { ...old.publicJwk, kid: 'own-1' },
      { ...next.publicJwk, kid: 'own-2' },
    ]
    await registered({ jwks: JSON.stringify(oldJwk) })
    const clientId = await newestClient()
    const path = `${clients()}/${clientId}`
    const rotate = async (jwks: unknown) => {
      const page = await iris.visitor.get(path)
      return await iris.visitor.post(`${path}/keys`, { ...page.fields(`${path}/keys`), jwks: JSON.stringify(jwks), jwks_uri: '' })
    }
    expect((await rotate({ keys: [nextJwk, oldJwk] })).words).toContain('De sleutels zijn vervangen.')
    expect(await comesWith(clientId, old.privateKey)).toBe(200)
    await rotate(nextJwk)
    expect(await comesWith(clientId, old.privateKey)).toBe(401)
    expect((await rotate(old.privateJwk)).status).toBe(400)
  })

  test('gives an address only when keys that work are there, and replaces no keys by one that has none', async () => {
    const address = 'https://rekenplus.example/new-jwks.json'
    const [key, other] = [await keyPair(), await keyPair()]
    await registered({ jwks: JSON.stringify({ ...key.publicJwk, kid: 'own-1' }) })
    const clientId = await newestClient()
    const path = `${clients()}/${clientId}`
    const moved = async () => {
      const page = await iris.visitor.get(path)
      return await iris.visitor.post(`${path}/keys`, { ...page.fields(`${path}/keys`), jwks: '', jwks_uri: address })
    }
    const cases: [string | undefined, string][] = [
      [undefined, 'Het adres antwoordt wel, maar niet met 200.'],
      ['<html>', 'Het antwoord is geen JSON.'],
      ['{"keys":[]}', 'Er staat geen sleutel bij waarmee u bij ons kunt tekenen.'],
      [JSON.stringify({ keys: [{ ...other.publicJwk, kid: 'own-2', use: 'enc' }] }), 'Er staat geen sleutel bij'],
      [JSON.stringify({ keys: [{ ...other.privateJwk, kid: 'own-2' }] }), 'Op dit adres staat een geheime sleutel'],
    ]
    for (const [served, sentence] of cases) {
      if (served !== undefined) outside.set(address, served)
      for (const refused of [await registered({ jwks_uri: address }), await moved()]) {
        expect([refused.status, served]).toEqual([400, served])
        expect(refused.html).toContain('href="#jwks_uri"')
        expect(refused.words).toContain(sentence)
        expect(refused.html).toContain(`value="${address}"`)
      }
    }
    expect(await newestClient()).toBe(clientId)
    expect(await comesWith(clientId, key.privateKey)).toBe(200)
    outside.set(address, JSON.stringify({ keys: [{ ...other.publicJwk, kid: 'own-2' }] }))
    expect((await moved()).words).toContain('De sleutels zijn vervangen.')
    expect(await comesWith(clientId, other.privateKey, 'own-2')).toBe(200)
    expect(await comesWith(clientId, key.privateKey)).toBe(401)
  })

  test('tries the connection to the address of the keys', async () => {
    const address = 'https://rekenplus.example/jwks.json'
    const key = await keyPair()
    const served = JSON.stringify({ keys: [{ ...key.publicJwk, kid: 'own-1' }] })
    outside.set(address, served)
    await registered({ jwks_uri: address })
    const clientId = await newestClient()
    const path = `${clients()}/${clientId}`
    outside.delete(address)
    expect((await iris.visitor.post(`${path}/test`)).words).toContain('Het adres antwoordt wel, maar niet met 200.')
    outside.set(address, served)
    expect((await iris.visitor.post(`${path}/test`)).words).toContain('Sleutels op het adres die werken: 1.')
    for (let tries = 2; tries < 5; tries++) await iris.visitor.post(`${path}/test`)
    expect((await iris.visitor.post(`${path}/test`)).words).toContain('Wij probeerden het net te vaak.')
    expect(await comesWith(clientId, key.privateKey)).toBe(200)
  })

  test('tries what the program signs, and reads exactly what is wrong with it; it is neither used up nor shown again', async () => {
    const [key, other, p256] = [await keyPair(), await keyPair(), await keyPair('ES256')]
    await registered({ jwks: JSON.stringify({ ...key.publicJwk, kid: 'own-1' }) })
    const clientId = await newestClient()
    const path = `${clients()}/${clientId}`
    const made = async (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = key.privateKey) => {
      const ours = { iss: clientId, sub: clientId }
      return (await driver.assertion('organisation', { ...ours, ...claims }, { kid: 'own-1', ...header }, by)).client_assertion
    }
    const tried = async (assertion: string) => await iris.visitor.post(`${path}/test`, { assertion })
    expect((await iris.visitor.get(path)).words).toContain(`Adres van deze makelaar (issuer) ${broker.deps.issuer}`)
    const seconds = Math.floor(broker.clock.now().getTime() / 1000)
    const cases: [string, string][] = [
      ['', 'Plak een client assertion die uw programma maakte.'],
      ['-----BEGIN PRIVATE KEY-----', 'Dit is geen JWT.'],
      [await made({ sub: 'another' }), 'iss en sub zijn allebei de client-id.'],
      [await made({ iss: 'another', sub: 'another' }), 'iss en sub noemen een ander programma.'],
      [await made({ aud: [broker.deps.issuer] }), 'aud klopt niet.'],
      [await made({ aud: `${broker.deps.issuer}/token` }), 'aud klopt niet.'],
      [await made({ jti: '' }), 'jti ontbreekt'],
      [await made({ exp: seconds - 1 }), 'exp ontbreekt of is voorbij.'],
      [await made({ exp: (seconds + 60) * 1000 }), 'exp ligt meer dan tien minuten vooruit.'],
      [await made({ iat: seconds + 3600 }), 'iat of nbf ligt in de toekomst.'],
      [await made({}, { typ: 'dpop+jwt' }), 'De typ in de header'],
      [await made({}, { kid: 'own-2' }), 'De kid in de header'],
      [await made({}, { alg: 'ES256' }, p256.privateKey), 'Van dit programma kennen wij geen sleutel voor deze alg.'],
      [await made({}, {}, other.privateKey), 'De handtekening klopt niet'],
    ]
    for (const [assertion, sentence] of cases) {
      const page = await tried(assertion)
      expect([page.status, sentence, page.html]).toEqual([400, sentence, expect.stringContaining('href="#assertion"')])
      expect(page.words).toContain(sentence)
      if (assertion) expect(page.html).not.toContain(assertion)
    }
    const right = await made()
    for (const time of ['first', 'second']) {
      const page = await tried(` ${right}\n`)
      expect([time, page.status, page.words]).toEqual([time, 200, expect.stringContaining('Deze client assertion klopt')])
      expect(page.html).not.toContain(right)
    }
    expect(await broker.owner`select from replay where owner = ${clientId}`).toHaveLength(0)
    await broker.owner`update clients set assertion_alg = 'ES256' where client_id = ${clientId}`
    expect((await tried(right)).words, 'as the token endpoint').toContain('Dit programma meldde zich aan met een andere alg.')
    expect(await comesWith(clientId, key.privateKey)).toBe(401)
  })

  test('sees what last went wrong, also while the program waits for a parent', async () => {
    const key = await keyPair()
    await registered({ way: 'ciba', jwks: JSON.stringify({ ...key.publicJwk, kid: 'own-1' }) })
    const clientId = await newestClient()
    const answered = async (code: string, minutes: number) => {
      const at = new Date(broker.clock.now().getTime() + minutes * 60_000)
      noteRequest(broker.deps, { clientId, at, route: 'POST /token', status: 400, code })
      await broker.settled()
      return (await iris.visitor.get(`${clients()}/${clientId}`)).words
    }
    for (const code of ['authorization_pending', 'slow_down']) {
      const words = await answered(code, 0)
      expect(words).toContain(code)
      expect(words).not.toContain('De laatste aanvraag die niet lukte')
    }
    await answered('expired_token', 1)
    expect(await answered('authorization_pending', 2)).toContain(
      'De laatste aanvraag die niet lukte, was op 16 november 2026 om 10:01. Er kwam niet op tijd een antwoord.',
    )
  })

  test('says at which holders a program may ask, and stops it', async () => {
    const key = await keyPair()
    await registered({ jwks: JSON.stringify({ ...key.publicJwk, kid: 'own-1' }) })
    const clientId = await newestClient()
    const path = `${clients()}/${clientId}`
    const page = await iris.visitor.get(path)
    const limit = async (fields: Record<string, string | string[]>) =>
      await iris.visitor.post(`${path}/limit`, { ...page.fields(`${path}/limit`), ...fields, form: crypto.randomUUID() })
    const wrong = await limit({ types: 'pupil-data', holders: world.resource, datatypes: ['arithmetic-results', 'shoe-size'] })
    expect(wrong.status).toBe(400)
    expect(wrong.words).toContain('Kies gegevens die een van de gekozen bronnen heeft.')
    expect(wrong.html).toMatch(/value="arithmetic-results" checked/)
    const limited = await limit({ types: 'pupil-data', holders: world.resource, datatypes: 'practice-time' })
    expect(limited.words).toContain(`Mag vragen bij ${world.resource} Mag vragen om practice-time`)
    const [row] = await broker.owner`select holder_resources, datatypes from clients where client_id = ${clientId}`
    expect(row).toEqual({ holder_resources: [world.resource], datatypes: ['practice-time'] })
    const nothing = await limit({ types: [] })
    expect(nothing.words).toContain('Mag vragen om niets over een persoon')
    const [none] = await broker.owner`select detail_types, holder_resources from clients where client_id = ${clientId}`
    expect(none).toEqual({ detail_types: [], holder_resources: null })
    const ended = await iris.visitor.post(`${path}/end`, limited.fields(`${path}/end`))
    expect(ended.words).toContain('Dit programma is stilgezet.')
    expect(await comesWith(clientId, key.privateKey)).toBe(401)
  })

  test('is not found at another supplier, and nobody with another role comes in', async () => {
    const stranger = await supplierPerson(broker, app, { supplierId: world.publisherId, name: 'Kim', roles: ['engineer'] })
    const tess = await supplierPerson(broker, app, {
      supplierId: world.supplierId,
      name: 'Tess',
      roles: ['case_worker', 'contracts', 'administrator'],
    })
    const own = world.clients.organisation
    expect((await iris.visitor.get(`${clients()}/${own}`)).status).toBe(200)
    expect((await stranger.visitor.get(`${stranger.path}/clients/${own}`)).status).toBe(404)
    const page = await iris.visitor.get(`${clients()}/${own}`)
    const theirs = `${stranger.path}/clients/${own}`
    expect((await stranger.visitor.post(`${theirs}/end`, page.fields(`${clients()}/${own}/end`))).status).toBe(404)
    for (const path of [clients(), `${clients()}/${own}`, `${iris.path}/events`]) expect((await tess.visitor.get(path)).status).toBe(403)
    const [row] = await broker.owner`select disabled_at from clients where client_id = ${own}`
    expect(row!.disabled_at).toBeNull()
    // A holder's own client is its engineers' as well.
    expect((await stranger.visitor.get(`${stranger.path}/clients`)).words).toContain(world.clients.holder)
  })

  test('the log of requests holds nothing but routes and answers, and goes after two weeks', async () => {
    const columns = await broker.owner`select column_name from information_schema.columns where table_name = 'client_requests' order by 1`
    expect(columns.map(({ column_name }) => column_name)).toEqual(['client_id', 'code', 'count', 'minute', 'route', 'status'])
    await driver.post('/token', {
      grant_type: 'client_credentials',
      ...(await driver.assertion('organisation', { iss: 'nobody', sub: 'nobody' })),
    })
    await broker.settled()
    expect(await broker.owner`select 1 from client_requests where client_id = 'nobody'`).toEqual([])
    broker.clock.pass({ days: 15 })
    await sweep(broker.deps)
    expect(await broker.owner`select 1 from client_requests`).toEqual([])
  })
})

describe('Events that could not be delivered', () => {
  test('are shown with why, and sent again by hand', async () => {
    const streamId = crypto.randomUUID()
    await broker.owner`
      insert into event_streams (stream_id, client_id, receiver_id, supplier_id, delivery, endpoint_url, status, made_at, opened_snapshot, place_xid, place_seq, place_event_id)
      values (${streamId}, ${world.clients.organisation}, ${world.supplierId}, ${world.supplierId}, 'push', 'https://rekenplus.example/events', 'enabled', now(),
        pg_current_snapshot()::text, '0', '0', gen_random_uuid())`
    await broker.owner`
      insert into stream_events (stream_id, event_id, subject_key, payload, run_at, attempts, taken_in_at, dead_at, last_error)
      values (${streamId}, gen_random_uuid(), 'x', '{}', now(), 12, now(), now(), 'answered 500'),
        (${streamId}, gen_random_uuid(), 'x', '{}', now(), 0, now(), null, null)`
    broker.clock.pass({ days: -15 })
    const events = `${iris.path}/events`
    const page = await iris.visitor.get(events)
    expect(page.words).toContain('Uw adres antwoordde met 500')
    expect(page.words).toContain('Berichten die erop wachten, omdat ze over dezelfde leerlingen gaan: 1.')
    const again = await iris.visitor.post(`${events}/${streamId}/retry`, page.fields(`${events}/${streamId}/retry`))
    expect(again.words).toContain('De berichten gaan opnieuw naar buiten, op volgorde.')
    expect(again.words).toContain('Er ligt niets apart.')
    const [row] = await broker.owner`select dead_at, attempts from stream_events where stream_id = ${streamId} order by nr`
    expect(row).toEqual({ dead_at: null, attempts: 0 })
    await broker.owner`update stream_events set dead_at = now() where stream_id = ${streamId} and last_error is not null`
    const aside = await iris.visitor.get(events)
    const skipped = await iris.visitor.post(`${events}/${streamId}/skip`, aside.fields(`${events}/${streamId}/skip`))
    expect(skipped.words).toContain('De berichten zijn overgeslagen.')
    expect(await broker.owner`select 1 from stream_events where stream_id = ${streamId} and skipped_at is not null`).toHaveLength(1)
  })
})

test('An administrator who mistypes the address of a colleague keeps what was typed and ticked, and nobody is invited', async () => {
  const ad = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Ad', roles: ['administrator'] })
  const path = `${ad.path}/people`
  const invited = async () => (await broker.owner`select from member_invitations`).length
  const [before, fields] = [await invited(), (await ad.visitor.get(path)).fields(path)]
  const wrong = await ad.visitor.post(path, { ...fields, name: 'Bo Bakker', email: 'bo@', roles: ['engineer', 'case_worker'] })
  expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('href="#email"')])
  expect(wrong.html).toContain('value="Bo Bakker"')
  const ticked = [...wrong.html.matchAll(/id="roles-(\w+)"[^>]* checked/g)].map(([, role]) => role)
  expect(new Set(ticked)).toEqual(new Set(['case_worker', 'engineer']))
  expect(await invited()).toBe(before)
})
