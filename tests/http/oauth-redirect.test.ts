import { calculateJwkThumbprint, decodeJwt } from 'jose'
import * as client from 'openid-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sha256 } from '../../src/canonical.ts'
import { limitClient } from '../../src/catalog/limit-client.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { FRESH_MINUTES } from '../../src/fresh-sign-in.ts'
import type { ConsentId } from '../../src/ids.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, dpopKey, drive } from '../support/driver.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { whileHeld } from '../support/held.ts'
import { instead, race, without } from '../support/race.ts'
import { type Redirecting, redirecting } from '../support/redirecting.ts'
import { codeIn, signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Redirecting
let nadia: Visitor
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  driver = await drive(broker, world)
  supplier = await redirecting(broker, world, driver)
  nadia = await supplier.visitor('nadia')
}
async function end() {
  vi.useRealTimers()
  await broker.close()
}

const consents = async () =>
  await broker.owner<{ consent_id: ConsentId; approach: string }[]>`select consent_id, approach from consents order by consent_id`

const onlyConsent = async () => {
  const rows = await consents()
  expect(rows).toHaveLength(1)
  return rows[0]!.consent_id
}

/** A whole flow up to the moment that the browser is sent back. */
async function decided(fields: Record<string, string | string[]> = { answer: 'yes' }, other: Record<string, string | undefined> = {}) {
  const flow = await supplier.begin(other)
  const page = await supplier.open(nadia, await supplier.pushed(flow))
  return { flow, came: await supplier.press(nadia, page, fields) }
}

/** The token request by hand, with what a library would not send. */
async function exchange(
  form: Record<string, string>,
  { name = 'redirect' as 'redirect' | 'ciba', proof = undefined as undefined | (() => Promise<string>) } = {},
) {
  const key = await dpopKey(broker)
  const fields = { grant_type: 'authorization_code', ...form, ...(await driver.assertion(name)) }
  return await driver.post('/token', fields, { dpop: await (proof ?? key.proof)() })
}

/** A code by hand, bound to a key that this test has. */
async function codeOfOwnKey() {
  const key = await dpopKey(broker)
  const verifier = client.randomPKCECodeVerifier()
  const { body } = await supplier.push({
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    dpop_jkt: await calculateJwkThumbprint(key.jwk),
  })
  const page = await nadia.get(
    `/authorize?${new URLSearchParams({ client_id: world.clients.redirect, request_uri: String(body.request_uri) })}`,
  )
  const came = await supplier.press(nadia, page, { answer: 'yes' })
  return { code: came.searchParams.get('code')!, verifier, key }
}

describe('A parent at a supplier’s site decides at the broker, and openid-client does the rest', () => {
  beforeEach(begin)
  afterEach(end)

  test('PAR, sign in, yes, code, and a token with what was granted', async () => {
    const flow = await supplier.begin()
    const url = await supplier.pushed(flow)
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])

    // Not signed in yet: the way leads over signing in and back.
    const fresh = new Visitor(driver.app, { origin: broker.deps.issuer })
    expect((await fresh.get(supplier.pathOf(url))).path).toMatch(/^\/sign-in\?next=%2Fauthorize%2F/)

    const page = await supplier.open(nadia, url)
    expect(page.words).toContain('Mag Reken Plus B.V. dit zien van Fatima Amrani')
    expect(page.words).toContain('De school weet hier niet van')
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://rekenplus.example")
    expect(await consents(), 'looking makes nothing').toEqual([])

    const came = await supplier.press(nadia, page, { answer: 'yes' })
    expect(came.href.startsWith(`${world.redirectUri}?`)).toBe(true)
    expect(came.searchParams.get('iss')).toBe(broker.deps.issuer)
    expect(came.searchParams.get('state')).toBe(flow.state)

    const tokens = await supplier.collect(flow, came)
    const claims = decodeJwt(tokens.access_token)
    expect(claims).toMatchObject({ aud: world.resource, client_id: world.clients.redirect, grant_id: tokens.grant_id })
    expect(claims.sub).toMatch(/^ph_/)
    const [details] = tokens.authorization_details as { identifier: string; datatypes: string[] }[]
    expect(details!.identifier).toMatch(/^ps_/)
    expect(details!.datatypes).toEqual(['arithmetic-results', 'practice-time'])
    expect(tokens.refresh_token).toMatch(/^[\w-]{43}$/)
    expect((await consents()).map(({ approach }) => approach)).toEqual(['subject'])
    const rows =
      await broker.owner`select distinct approach from ledger where event in ('access_requested', 'consents_asked', 'answer_given', 'token_issued')`
    expect(rows, 'the school sees none of it (K14)').toEqual([{ approach: 'subject' }])
    await expectNothingBroken(broker)
  })

  test('granting less returns what was granted', async () => {
    const { flow, came } = await decided({ answer: 'yes', without: 'practice-time', until: '2026-11-20' })
    const tokens = await supplier.collect(flow, came)
    expect((tokens.authorization_details as { datatypes: string[] }[])[0]!.datatypes).toEqual(['arithmetic-results'])
    const [row] = await broker.owner`select datatypes, expires_at from refresh_tokens`
    expect(row).toEqual({ datatypes: ['arithmetic-results'], expires_at: new Date('2026-11-20T23:00:00Z') })
  })

  test('a client that is limited later gets less by its refresh token, and nothing of what it may not have', async () => {
    const { flow, came } = await decided()
    const { refresh_token } = await supplier.collect(flow, came)
    const refreshed = async () => await client.refreshTokenGrant(supplier.config, refresh_token!, {}, { DPoP: flow.DPoP })
    const limits = { clientId: world.clients.redirect, holders: null }
    await limitClient(broker.deps, { ...limits, datatypes: ['practice-time'] })
    const [details] = (await refreshed()).authorization_details as { datatypes: string[] }[]
    expect(details!.datatypes).toEqual(['practice-time'])
    await broker.owner`update clients set datatypes = '{shoe-size}' where client_id = ${world.clients.redirect}`
    await expect(refreshed()).rejects.toMatchObject({ error: 'invalid_authorization_details' })
    await broker.owner`update clients set holder_resources = '{https://elsewhere.example/}', datatypes = null where client_id = ${world.clients.redirect}`
    await expect(refreshed()).rejects.toMatchObject({ error: 'invalid_target' })
  })

  test('nor by the code or the yes that it was still to collect', async () => {
    const limited = { datatypes: ['practice-time'], holders: null }
    const { code } = await makeLinkCode(broker.deps, world.people.nadia.actor, {
      subjectId: world.people.fatima.id,
      supplierId: world.supplierId,
    })
    const asks = { scope: 'openid', login_hint: code, authorization_details: JSON.stringify([supplier.entry()]) }
    const { body } = await driver.post('/bc-authorize', { ...asks, ...(await driver.assertion('ciba')) })
    await asking(broker, world).answer(world.people.nadia, await onlyConsent(), 'yes')
    await limitClient(broker.deps, { ...limited, clientId: world.clients.ciba })
    const { proof } = await dpopKey(broker)
    const form = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: body.auth_req_id as string }
    const collected = async () =>
      (await driver.post('/token', { ...form, ...(await driver.assertion('ciba')) }, { dpop: await proof() })).body
    await limitClient(broker.deps, { ...limited, clientId: world.clients.ciba, types: [] })
    expect(await collected()).toMatchObject({ error: 'invalid_authorization_details' })
    await limitClient(broker.deps, { ...limited, clientId: world.clients.ciba })
    broker.clock.pass({ seconds: 10 })
    expect(await collected()).toMatchObject({ authorization_details: [{ datatypes: ['practice-time'] }] })

    const { flow, came } = await decided()
    await limitClient(broker.deps, { ...limited, clientId: world.clients.redirect })
    const tokens = await supplier.collect(flow, came)
    expect(tokens.authorization_details).toMatchObject([{ datatypes: ['practice-time'] }])
  })

  test('declining answers access_denied with iss, is recorded as a no, and rests (D01)', async () => {
    const { flow, came } = await decided({ answer: 'no' })
    expect(Object.fromEntries(came.searchParams)).toMatchObject({ error: 'access_denied', iss: broker.deps.issuer, state: flow.state })
    await expect(supplier.collect(flow, came)).rejects.toMatchObject({ error: 'access_denied' })
    const consent_id = await onlyConsent()
    expect(await asking(broker, world).state(consent_id)).toBe('refused')

    const other = await supplier.begin({ authorization_details: JSON.stringify([supplier.entry({ period: { until: '2026-12-25' } })]) })
    const page = await supplier.open(nadia, await supplier.pushed(other))
    expect(page.words).toContain('Dit kan nu niet gevraagd worden')
    expect((await supplier.back(nadia, page)).searchParams.get('error')).toBe('access_denied')
  })

  test('the very same question can be answered otherwise while it is open, and makes no second one', async () => {
    await decided({ answer: 'no' })
    const flow = await supplier.begin()
    const page = await supplier.open(nadia, await supplier.pushed(flow))
    expect(page.words).toContain('U zei nee op 16 november 2026')
    const came = await supplier.press(nadia, page, { answer: 'yes' })
    expect((await supplier.collect(flow, came)).access_token).toBeTruthy()
    expect(await consents()).toHaveLength(1)
  })

  test('going back decides nothing, and the request is used up', async () => {
    const flow = await supplier.begin()
    const url = await supplier.pushed(flow)
    const page = await supplier.open(nadia, url)
    const came = await supplier.back(nadia, page)
    expect(came.searchParams.get('error')).toBe('access_denied')
    expect(await consents()).toEqual([])
    expect((await supplier.open(nadia, url)).status).toBe(400)
  })

  test('where both parents must say yes, the first yes is no grant yet; the second makes it one', async () => {
    await broker.owner`update boards set decision_rule = 'all'`
    const first = await decided()
    expect(first.came.searchParams.get('error')).toBe('access_denied')
    const consent_id = await onlyConsent()
    await asking(broker, world).answer(world.people.karim, consent_id, 'yes')
    const { flow, came } = await decided()
    expect((await supplier.collect(flow, came)).access_token).toBeTruthy()
  })

  test('a signed request object is kept as evidence, and the ledger names its hash (RFC 9101)', async () => {
    const flow = await supplier.begin()
    const signed = await client.buildAuthorizationUrlWithJAR(supplier.config, flow.parameters, {
      key: world.keys.redirect.privateKey,
      kid: 'k1',
    })
    const url = await client.buildAuthorizationUrlWithPAR(supplier.config, signed.searchParams, { DPoP: flow.DPoP })
    const came = await supplier.press(nadia, await supplier.open(nadia, url), { answer: 'yes' })
    expect((await supplier.collect(flow, came)).grant_id).toBeTruthy()
    const [row] = await broker.owner`select request_object from par_requests`
    expect(row!.request_object).toBe(signed.searchParams.get('request'))
    const [entry] = await broker.owner`select body from ledger where event = 'access_requested'`
    expect(JSON.parse(entry!.body).requestObjectHash).toBe(sha256(row!.request_object).toString('hex'))
  })

  test('stopped between the yes and the exchange: invalid_grant', async () => {
    const { flow, came } = await decided()
    const consent_id = await onlyConsent()
    await withdrawConsent(broker.deps, world.people.nadia.actor, consent_id)
    await expect(supplier.collect(flow, came)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('an English page is in English', async () => {
    await broker.owner`update accounts set language = 'en' where email = ${world.people.karim.email}`
    const visitor = await supplier.visitor('karim', 'en')
    const page = await supplier.open(visitor, await supplier.pushed(await supplier.begin()))
    expect(page.words).toContain('After your answer you go back to Reken Plus B.V.')
  })
})

describe('Whose browser, and how long', () => {
  beforeEach(begin)
  afterEach(end)

  test('opening uses nothing up: a browser that went before does no harm (FAPI 2.0 §5.3.2.2 note 3)', async () => {
    const flow = await supplier.begin()
    const url = await supplier.pushed(flow)
    await new Visitor(driver.app, { origin: broker.deps.issuer }).get(supplier.pathOf(url))
    await supplier.open(nadia, url)
    const came = await supplier.press(nadia, await supplier.open(nadia, url), { answer: 'yes' })
    expect(came.searchParams.has('code')).toBe(true)
  })

  test('pressed twice: the second leads where the first led, and once that was collected to what was answered (INV-06)', async () => {
    const flow = await supplier.begin()
    const page = await supplier.open(nadia, await supplier.pushed(flow))
    const came = await supplier.press(nadia, page, { answer: 'yes' })
    expect((await supplier.press(nadia, page, { answer: 'yes' })).href).toBe(came.href)
    const otherwise = await nadia.postOnly(page.path, { ...page.fields(page.path), answer: 'no', reviewed: '1' })
    expect(otherwise.status, 'another answer is no second press').toBe(400)
    const { access_token } = await supplier.collect(flow, came)
    const late = await nadia.post(page.path, { ...page.fields(page.path), answer: 'yes', reviewed: '1' })
    expect([late.path, late.words.includes('U zei ja')]).toEqual([`/questions/${await onlyConsent()}/done`, true])
    expect(await broker.owner`select ended_at from tokens`, 'and what the code gave stands').toEqual([{ ended_at: null }])
    expect(access_token).toBeTruthy()
    const other = await supplier.open(nadia, await supplier.pushed(await supplier.begin()))
    expect((await supplier.back(nadia, other)).href).toBe((await supplier.back(nadia, other)).href)
  })

  test('another browser cannot go on with it, though its person is signed in', async () => {
    const page = await supplier.open(nadia, await supplier.pushed(await supplier.begin()))
    const karim = await supplier.visitor('karim')
    expect((await karim.get(page.path)).status).toBe(400)
    const action = page.path
    const answer = await karim.postOnly(action, { ...page.fields(action), answer: 'yes', reviewed: '1' })
    expect(answer.status).toBe(400)
  })

  test('a client that is taken out of use meanwhile gets nothing decided', async () => {
    const page = await supplier.open(nadia, await supplier.pushed(await supplier.begin()))
    await broker.owner`update clients set disabled_at = now() where client_id = ${world.clients.redirect}`
    const answer = await nadia.postOnly(page.path, { ...page.fields(page.path), answer: 'yes', reviewed: '1' })
    await broker.owner`update clients set disabled_at = null`
    expect([answer.status, await consents()]).toEqual([400, []])
  })

  test('opened within 90 seconds, then half an hour', async () => {
    const late = await supplier.pushed(await supplier.begin())
    driver.pass({ seconds: 91 })
    expect((await supplier.open(nadia, late)).status).toBe(400)

    const page = await supplier.open(nadia, await supplier.pushed(await supplier.begin()))
    driver.pass({ minutes: 29 })
    expect((await nadia.get(page.path)).status).toBe(200)
    driver.pass({ minutes: 2 })
    const answer = await nadia.postOnly(page.path, { ...page.fields(page.path), answer: 'yes', reviewed: '1' })
    expect(answer.status).toBe(400)
    expect(await consents()).toEqual([])
  })

  test.each(['client_id', 'request_uri'])('without %s, or with it twice, there is a page and no way on', async (name) => {
    const url = await supplier.pushed(await supplier.begin())
    const twice = new URL(url)
    twice.searchParams.append(name, url.searchParams.get(name)!)
    url.searchParams.delete(name)
    for (const one of [url, twice]) expect((await supplier.open(nadia, one)).status).toBe(400)
  })

  test('another client’s id does not open it, nor does a guess', async () => {
    const url = await supplier.pushed(await supplier.begin())
    const foreign = new URL(url)
    foreign.searchParams.set('client_id', world.clients.ciba)
    const guess = new URL(url)
    guess.searchParams.set('request_uri', `urn:ietf:params:oauth:request_uri:${client.randomState()}`)
    for (const one of [foreign, guess]) expect((await supplier.open(nadia, one)).status).toBe(400)
  })

  test('a child that is not theirs, or a question that changed, is not decided', async () => {
    const page = await supplier.open(nadia, await supplier.pushed(await supplier.begin()))
    const fields = { ...page.fields(page.path), answer: 'yes', reviewed: '1' }
    expect((await nadia.postOnly(page.path, { ...fields, about: world.people.sara.id })).status).toBe(404)
    expect((await nadia.postOnly(page.path, { ...fields, shown: 'f'.repeat(64) })).status).toBe(409)
    expect((await nadia.postOnly(page.path, fields, { origin: 'https://rekenplus.example', 'sec-fetch-site': 'cross-site' })).status).toBe(
      403,
    )
    expect(await consents()).toEqual([])
    expect((await supplier.press(nadia, page, { answer: 'yes' })).searchParams.has('code')).toBe(true)
  })

  test('somebody with several people around them chooses first; somebody with nobody can only go back', async () => {
    await broker.owner`insert into persons (board_id, person_id, given_name, family_name, birth_date, created_at)
      select board_id, gen_random_uuid(), 'Yusuf', 'Amrani', '2018-01-01', created_at from persons where person_id = ${world.people.fatima.id}`
    await broker.owner`insert into guardianships (board_id, guardianship_id, guardian_id, pupil_id, authority, source, starts_at)
      select board_id, gen_random_uuid(), ${world.people.nadia.id}, person_id, 'yes', 'staff', created_at from persons where given_name = 'Yusuf'`
    await broker.owner`insert into enrolments (board_id, enrolment_id, person_id, school_id, group_name, starts_at)
      select e.board_id, gen_random_uuid(), p.person_id, e.school_id, 'Groep 5', e.starts_at from enrolments e, persons p where p.given_name = 'Yusuf'`
    const flow = await supplier.begin()
    const choose = await supplier.open(nadia, await supplier.pushed(flow))
    expect(choose.words).toContain('Over wie gaat het?')
    const link = Array.from(choose.html.matchAll(/href="(\/authorize\/[^"]+)"[^>]*>([^<]+)</g), ([, href, name]) => [name!.trim(), href!])
    const page = await nadia.get(Object.fromEntries(link)['Yusuf Amrani']!)
    expect(page.words).toContain('van Yusuf Amrani')
    await supplier.press(nadia, page, { answer: 'yes' })
    const [row] = await broker.owner`select p.given_name from consents c join persons p on p.person_id = c.subject_id`
    expect(row).toEqual({ given_name: 'Yusuf' })

    await broker.owner`insert into accounts (account_id, email, created_at) values (gen_random_uuid(), 'niemand@gezin.example', now())`
    const nobody = await signIn(broker, driver.app, 'niemand@gezin.example')
    const alone = await supplier.open(nobody, await supplier.pushed(await supplier.begin()))
    expect(alone.words).toContain('U kunt hier over niemand beslissen')
    expect((await supplier.back(nobody, alone)).searchParams.get('error')).toBe('access_denied')
  })
})

describe('Used once, however many come at once (INV-11)', () => {
  beforeEach(begin)
  afterEach(end)

  const usedTwice = { 'where a used code is taken': without(/(?<=update "authorization_codes".*) and "used_at" is null/) }
  race('one code', usedTwice, async () => {
    const { code, verifier, key } = await codeOfOwnKey()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => exchange({ code, code_verifier: verifier, redirect_uri: world.redirectUri }, { proof: key.proof })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49)
    const [counts] =
      await broker.owner`select (select count(*)::int from refresh_tokens) as refresh, (select count(*)::int from tokens) as tokens`
    expect(counts).toEqual({ refresh: 1, tokens: 1 })
  })

  const decidedTwice = { 'where a decided request is taken': without(/(?<=update "par_requests".*) and "decided_at" is null/) }
  race('one request_uri, decided in several windows at once', decidedTwice, async () => {
    const url = await supplier.pushed(await supplier.begin())
    const pages = []
    for (let nr = 0; nr < 8; nr++) pages.push(await supplier.open(nadia, url))
    const answers = await whileHeld(
      broker,
      (sql) => sql`select from par_requests for update`,
      pages.map((page) => async () => await nadia.postOnly(page.path, { ...page.fields(page.path), answer: 'yes', reviewed: '1' })),
    )
    const statuses = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : 0))
    expect(statuses.toSorted((a, b) => a - b)).toEqual([303, ...Array(7).fill(400)])
    expect(await consents()).toHaveLength(1)
    expect(await broker.owner`select count(*)::int from authorization_codes`).toEqual([{ count: 1 }])
  })
})

describe('How somebody signs in, as the supplier wants it (OpenID Connect Core §3.1.2.1)', () => {
  beforeEach(begin)
  afterEach(end)

  test('prompt=none: login_required or interaction_required, with state and iss; nothing is shown or used up', async () => {
    const flow = await supplier.begin({ prompt: 'none' })
    const url = await supplier.pushed(flow)
    const fresh = new Visitor(driver.app, { origin: broker.deps.issuer })
    for (const [who, error] of [
      [fresh, 'login_required'],
      [nadia, 'interaction_required'],
    ] as const) {
      const answer = await who.getOnly(supplier.pathOf(url))
      expect(answer.status).toBe(303)
      const came = new URL(answer.headers.get('location')!)
      expect(came.origin + came.pathname).toBe(world.redirectUri)
      expect(Object.fromEntries(came.searchParams)).toMatchObject({ error, state: flow.state, iss: broker.deps.issuer })
      await expect(supplier.collect(flow, came)).rejects.toMatchObject({ error })
    }
    expect(await broker.owner`select from interactions`).toEqual([])
  })

  test.each([
    ['prompt=login', { prompt: 'login' }],
    ['prompt=login consent', { prompt: 'login consent' }],
    ['max_age=0', { max_age: '0' }],
    ['max_age=60, signed in two minutes ago', { max_age: '60' }],
  ])('%s: a yes takes a fresh sign-in, and then gives a code', async (_name, wanted) => {
    driver.pass({ minutes: 2 })
    const flow = await supplier.begin(wanted)
    const page = await supplier.open(nadia, await supplier.pushed(flow))
    const yes = { ...page.fields(page.path), reviewed: '1', answer: 'yes' }
    const answer = await nadia.postOnly(page.path, yes, { referer: broker.deps.issuer + page.path })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/sign-in/again?${new URLSearchParams({ next: page.path })}`])
    driver.pass({ seconds: 5 })
    const again = await nadia.get(answer.headers.get('location')!)
    const code = await nadia.post('/sign-in/again', again.fields('/sign-in/again'))
    await broker.settled()
    const back = await nadia.post('/sign-in/code', { ...code.fields('/sign-in/code'), code: codeIn(broker, world.people.nadia.email) })
    const came = await supplier.press(nadia, back, { answer: 'yes' })
    expect((await supplier.collect(flow, came)).grant_id).toBeTruthy()
  })

  test('a yes about very sensitive data takes one too, and a no does not (P36)', async () => {
    const asked = async () => await supplier.open(nadia, await supplier.pushed(await supplier.begin()))
    await supplier.press(nadia, await asked(), { answer: 'no' })
    await broker.owner`update items set special_category = true`
    driver.pass({ minutes: FRESH_MINUTES, seconds: 1 })
    const page = await asked()
    const yes = { ...page.fields(page.path), reviewed: '1', answer: 'yes' }
    const answer = await nadia.postOnly(page.path, yes, { referer: broker.deps.issuer + page.path })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/sign-in/again?${new URLSearchParams({ next: page.path })}`])
    expect((await supplier.press(nadia, page, { answer: 'no' })).searchParams.get('error')).toBe('access_denied')
  })

  test('a no goes back at once, and a sign-in that is recent enough is enough', async () => {
    driver.pass({ minutes: 2 })
    const login = await supplier.begin({ prompt: 'login' })
    const denied = await supplier.press(nadia, await supplier.open(nadia, await supplier.pushed(login)), { answer: 'no' })
    expect(denied.searchParams.get('error')).toBe('access_denied')
    const recent = await supplier.begin({ max_age: '3600', acr_values: 'urn:x:high' }, [supplier.entry({ datatypes: ['practice-time'] })])
    await broker.owner`update consents set ended_at = now(), ended_as = 'invalidated', ended_by = 'job'`
    const came = await supplier.press(nadia, await supplier.open(nadia, await supplier.pushed(recent)), { answer: 'yes' })
    expect(came.searchParams.has('code')).toBe(true)
  })

  test.each(['create', 'none login', 'select_account'])('prompt=%s: invalid_request', async (prompt) => {
    expect((await supplier.push({ prompt })).body.error).toBe('invalid_request')
  })

  test('max_age that is no number: invalid_request', async () => {
    expect((await supplier.push({ max_age: '-1' })).body.error).toBe('invalid_request')
  })
})

describe('What a code is bound to', () => {
  beforeEach(begin)
  afterEach(end)

  test('client, key, verifier, redirect_uri and a minute; a wrong try does not use it up', async () => {
    const { code, verifier, key } = await codeOfOwnKey()
    const right = { code, code_verifier: verifier, redirect_uri: world.redirectUri }
    const wrongs: [string, Record<string, string>, Parameters<typeof exchange>[1], string][] = [
      ['RFC 9449 §10: another key', right, {}, 'invalid_grant'],
      [
        'RFC 7636 §4.6: another verifier',
        { ...right, code_verifier: client.randomPKCECodeVerifier() },
        { proof: key.proof },
        'invalid_grant',
      ],
      [
        'RFC 6749 §4.1.3: another redirect_uri',
        { ...right, redirect_uri: 'https://rekenplus.example/' },
        { proof: key.proof },
        'invalid_grant',
      ],
      ['RFC 6749 §4.1.3: another code', { ...right, code: client.randomState() }, { proof: key.proof }, 'invalid_grant'],
      ['RFC 8707 §2.2: another resource', { ...right, resource: 'https://x.example/' }, { proof: key.proof }, 'invalid_target'],
      ['another client of the supplier', right, { name: 'ciba', proof: key.proof }, 'unauthorized_client'],
    ]
    for (const [name, form, how, error] of wrongs) expect((await exchange(form, how)).body.error, name).toBe(error)
    const { code_verifier: _, ...without } = right
    expect((await exchange(without, { proof: key.proof })).body.error, 'RFC 7636 §4.5: no verifier').toBe('invalid_request')
    driver.pass({ seconds: 59 })
    expect((await exchange(right, { proof: key.proof })).status).toBe(200)
    expect((await exchange(right, { proof: key.proof })).body.error, 'RFC 6749 §4.1.2: again').toBe('invalid_grant')
  })

  test('a code that comes again ends what it gave: access token, refresh token, and no more than once (RFC 6749 §4.1.2)', async () => {
    const { code, verifier, key } = await codeOfOwnKey()
    const right = { code, code_verifier: verifier, redirect_uri: world.redirectUri }
    const { body } = await exchange(right, { proof: key.proof })
    const introspected = async () =>
      (await driver.post('/introspect', { token: String(body.access_token), ...(await driver.assertion('holder')) })).body.active
    const refreshed = async () => {
      const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token), ...(await driver.assertion('redirect')) }
      return (await driver.post('/token', form, { dpop: await key.proof() })).status
    }
    expect([await introspected(), await refreshed()]).toEqual([true, 200])
    expect((await exchange(right, { name: 'ciba', proof: key.proof })).body.error, 'another client’s attempt ends nothing').toBe(
      'unauthorized_client',
    )
    expect(await introspected()).toBe(true)
    driver.pass({ minutes: 5 })
    const wrongVerifier = { ...right, code_verifier: client.randomPKCECodeVerifier() }
    expect((await exchange(wrongVerifier, { proof: key.proof })).body.error).toBe('invalid_grant')
    expect([await introspected(), await refreshed()]).toEqual([false, 400])
    await exchange(right, { proof: key.proof })
    const rows = await broker.owner`select body from ledger where event = 'tokens_ended'`
    expect(rows.map(({ body: facts }) => JSON.parse(facts as string))).toMatchObject([{ because: 'code_reused' }])
  })

  const livesOn = {
    'where what a code gave is left': instead(/(?<=update "refresh_tokens".*"code_hash" = \$\d+ and) "ended_at" is null/, ' false'),
  }
  race('fifty at once: one gets tokens, and because the others came too nothing of them lives on', livesOn, async () => {
    const { code, verifier, key } = await codeOfOwnKey()
    const right = { code, code_verifier: verifier, redirect_uri: world.redirectUri }
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(right, { proof: key.proof })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49)
    expect(await broker.owner`select from tokens where ended_at is null`).toEqual([])
    expect(await broker.owner`select from refresh_tokens where ended_at is null`).toEqual([])
  })

  test('after a minute it is nothing', async () => {
    const { code, verifier, key } = await codeOfOwnKey()
    driver.pass({ seconds: 60 })
    expect((await exchange({ code, code_verifier: verifier }, { proof: key.proof })).body.error).toBe('invalid_grant')
  })

  test('no secret of it is kept in the database', async () => {
    const { flow, came } = await decided()
    const { refresh_token } = await supplier.collect(flow, came)
    const [dump] = await broker.owner<{ all: string }[]>`select concat((select json_agg(p) from par_requests p),
      (select json_agg(a) from authorization_codes a), (select json_agg(r) from refresh_tokens r), (select json_agg(i) from interactions i)) as all`
    for (const secret of [came.searchParams.get('code')!, refresh_token!]) expect(dump!.all).not.toContain(secret)
  })
})
