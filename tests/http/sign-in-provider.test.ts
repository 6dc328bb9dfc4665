import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openSessions } from '../../src/accounts/sessions.ts'
import { createApp } from '../../src/app.ts'
import { FRESH_MINUTES } from '../../src/fresh-sign-in.ts'
import type { IdentityProvider } from '../../src/identity-providers.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts'
import { instead, raceFrom, without } from '../support/race.ts'
import { codeIn, signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let portal: TestIdentityProvider
let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let offered: IdentityProvider[]
async function begin() {
  await portal?.close()
  portal = await startIdentityProvider()
  // The provider's clock is the real one, so the broker's begins there too.
  broker = await freshBroker({ at: new Date().toISOString(), allowedLoopback: [portal.origin] })
  offered = [portal.config]
  broker.deps.identityProviders = offered
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  await broker.close()
  await portal.close()
})
beforeEach(async () => {
  broker.clock.set(new Date())
  offered.splice(0, offered.length, portal.config)
  Object.assign(portal.next, { as: undefined, email: undefined, acr: undefined })
  await broker.owner`delete from provider_subjects`
  await broker.owner`delete from rates`
})

const START = '/sign-in/with/portaal'
/** Leaves for the provider: where the link leads. */
async function leave(visitor: Visitor, next = '/consents'): Promise<string> {
  const answer = await visitor.getOnly(`${START}?${new URLSearchParams({ next })}`)
  expect(answer.status).toBe(303)
  return answer.headers.get('location')!
}
async function thereAndBack(visitor: Visitor, as: string, { next = '/consents', email = undefined as string | undefined } = {}) {
  Object.assign(portal.next, { as, email })
  const back = await portal.visit(await leave(visitor, next))
  return await visitor.get(back.pathname + back.search)
}
/** Comes as a stranger, signs in by a code, and binds. */
async function bound(as: string, email: string): Promise<Visitor> {
  const visitor = await signIn(broker, app, email)
  const page = await thereAndBack(visitor, as, { next: '/account' })
  await visitor.post(page.path, {})
  await broker.settled()
  return visitor
}
const accountOf = async (subject: string) => {
  const visitor = new Visitor(app)
  return (await thereAndBack(visitor, subject, { next: '/account' })).words
}

describe('Signing in by way of an identity provider (OpenID Connect)', () => {
  test('a stranger signs in once by mail, sees as whom and to which account, and from then on comes straight in', async () => {
    const nadia = new Visitor(app)
    expect((await nadia.get('/sign-in')).words).toContain('Log in met Ouderportaal')
    const first = await thereAndBack(nadia, 'nadia-17', { email: 'n.amrani@portaal.example' })
    expect(first.words).toContain('U komt hier voor het eerst via Ouderportaal.')
    const page = await nadia.post('/sign-in', { ...first.fields('/sign-in'), email: world.people.nadia.email })
    await broker.settled()
    const confirm = await nadia.post('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) })
    expect(confirm.words).toContain('U logde bij Ouderportaal in als n.amrani@portaal.example')
    expect(confirm.words).toContain(`Uw account hier ${world.people.nadia.email}`)
    const done = await nadia.post(confirm.path, {})
    expect(done.path, 'where they were going').toBe('/consents')
    await broker.settled()
    expect(broker.mails.at(-1)).toMatchObject({ to: world.people.nadia.email, subject: 'Er is iets veranderd aan uw account' })

    const later = new Visitor(app)
    expect((await thereAndBack(later, 'nadia-17')).path).toBe('/consents')
    expect((await later.get('/account')).words).toContain('via een andere organisatie')
    const kept = JSON.stringify(await broker.owner`select * from provider_subjects`)
    expect(kept, 'the subject is kept under a key').not.toContain('nadia-17')
  })

  test('with PKCE, a nonce, a state and the time they signed in there', async () => {
    await leave(new Visitor(app)).then((url) => portal.visit(url).catch(() => {}))
    const sent = Object.fromEntries(portal.asked.at(-1)!)
    expect(sent).toMatchObject({ code_challenge_method: 'S256', response_type: 'code', scope: 'openid email', max_age: '43200' })
    for (const name of ['code_challenge', 'state', 'nonce']) expect(sent[name]).toMatch(/^[\w-]{43}$/)
    expect(sent.prompt).toBeUndefined()
  })

  test('an address that the provider names, verified and the same as an account’s, signs in nobody', async () => {
    const thief = new Visitor(app)
    const page = await thereAndBack(thief, 'dief', { email: world.people.nadia.email })
    expect(page.path).toMatch(/^\/sign-in\?next=/)
    expect((await thief.get('/account')).path).toMatch(/^\/sign-in/)
    expect(await broker.owner`select from provider_subjects`).toHaveLength(0)
  })

  test('nor an invitation by itself: who has a letter comes in with it, and then binds', async () => {
    await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    const path = `/school/people/${world.people.karim.id}`
    const letter = await mirjam.post(`${path}/letter`, (await mirjam.get(path)).fields(`${path}/letter`))
    const code = letter.words.match(/\b(\w{4}-){3}\w{4}\b/)![0]
    const karim = new Visitor(app)
    const first = await thereAndBack(karim, 'karim-3')
    const letterPage = await karim.get(first.html.match(/href="(\/sign-in\/letter[^"]*)"/)![1]!.replaceAll('&amp;', '&'))
    const confirm = await karim.post('/sign-in/letter', { ...letterPage.fields('/sign-in/letter'), code })
    expect(confirm.words).toContain('Uw account hier Karim Amrani')
    await karim.post(confirm.path, {})
    expect(await accountOf('karim-3')).toContain('U bent ingelogd als Karim Amrani')
    const again = await karim.post('/account/providers/portaal/remove')
    expect([again.status, again.words.includes('de enige manier waarop u kunt inloggen')]).toEqual([409, true])
  })
})

describe('What comes back is used once, by the browser that left (INV-11)', () => {
  test('the same answer a second time, or in another browser, is nothing', async () => {
    await bound('nadia-17', world.people.nadia.email)
    portal.next.as = 'nadia-17'
    const nadia = new Visitor(app)
    const back = await portal.visit(await leave(nadia))
    const path = back.pathname + back.search
    const thief = new Visitor(app)
    await leave(thief)
    expect([(await thief.get(path)).status, (await thief.get('/account')).path.slice(0, 8)]).toEqual([400, '/sign-in'])
    expect((await nadia.get(path)).path).toBe('/consents')
    await nadia.post('/sign-out')
    const twice = await nadia.get(path)
    expect([twice.status, twice.words.includes('in een andere browser')]).toEqual([400, true])
  })

  const backTwice = { 'where a used state is taken': without(/(?<=update "provider_visits".*) and "used_at" is null/) }
  race('of twenty at the same moment one signs in', backTwice, async () => {
    await bound('nadia-17', world.people.nadia.email)
    portal.next.as = 'nadia-17'
    const nadia = new Visitor(app)
    const back = await portal.visit(await leave(nadia))
    const before = (await openSessions(broker.db, world.people.nadia.account, broker.clock.now())).length
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await nadia.getOnly(back.pathname + back.search)).status))
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    expect((await openSessions(broker.db, world.people.nadia.account, broker.clock.now())).length - before).toBe(1)
  })

  test('a quarter of an hour after leaving it is over', async () => {
    portal.next.as = 'nadia-17'
    const nadia = new Visitor(app)
    const back = await portal.visit(await leave(nadia))
    broker.clock.pass({ minutes: 15 })
    expect((await nadia.get(back.pathname + back.search)).status).toBe(400)
  })

  test.each([
    ['another issuer (RFC 9207)', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x'.repeat(43))],
    ['no code', (url: URL) => url.searchParams.delete('code')],
  ])('an answer with %s signs in nobody', async (_, twist) => {
    await bound('nadia-17', world.people.nadia.email)
    portal.next.as = 'nadia-17'
    const nadia = new Visitor(app)
    const back = await portal.visit(await leave(nadia))
    twist(back)
    const answer = await nadia.get(back.pathname + back.search)
    expect([answer.status, answer.words.includes('Log in met een code per mail.')]).toEqual([502, true])
    expect((await nadia.get('/account')).path).toMatch(/^\/sign-in/)
  })

  test('who does not go through with it there reads so, and can choose another way', async () => {
    const nadia = new Visitor(app)
    const back = await portal.visit(await leave(nadia))
    const answer = await nadia.get(back.pathname + back.search)
    expect([answer.status, answer.words.includes('U bent niet ingelogd.')]).toEqual([403, true])
  })

  test('a provider that does not answer leaves the other ways', async () => {
    offered[0] = { ...portal.config, issuer: 'http://127.0.0.1:1' }
    const answer = await new Visitor(app).get(START)
    expect([answer.status, answer.words.includes('werkt nu niet')]).toEqual([503, true])
    expect((await new Visitor(app).get('/sign-in')).words).toContain('Stuur mij een code')
    expect((await new Visitor(app).get('/sign-in/with/nergens')).status).toBe(404)
  })
})

describe('What must hold at the provider', () => {
  test('a level of assurance that was asked for', async () => {
    await bound('nadia-17', world.people.nadia.email)
    offered[0] = { ...portal.config, acr: ['hoog'] }
    portal.next.acr = 'laag'
    const nadia = new Visitor(app)
    expect((await thereAndBack(nadia, 'nadia-17')).status).toBe(502)
    expect(portal.asked.at(-1)!.get('acr_values')).toBe('hoog')
    portal.next.acr = 'hoog'
    expect((await thereAndBack(nadia, 'nadia-17')).path).toBe('/consents')
  })

  test('a subject that can be a BSN is never taken in', async () => {
    const answer = await thereAndBack(new Visitor(app), '111222333')
    expect(answer.status).toBe(502)
    expect(await broker.owner`select from provider_visits where subject_mac is not null and label like '111%'`).toHaveLength(0)
  })
})

describe('Binding', () => {
  test('takes a press of a button by who is signed in: coming back does it not', async () => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const page = await thereAndBack(nadia, 'nadia-17', { next: '/account' })
    expect(page.path).toMatch(/^\/account\/providers\//)
    expect(await broker.owner`select from provider_subjects`).toHaveLength(0)
    const karim = await signIn(broker, app, world.people.karim.email)
    for (const attempt of [await karim.get(page.path), await karim.post(page.path)]) expect([400, 404]).toContain(attempt.status)
    expect((await nadia.post(page.path)).words).toContain('De andere organisatie is gekoppeld.')
    expect((await nadia.post(page.path)).status, 'once').toBe(400)
  })

  test('and a fresh sign-in', async () => {
    broker.clock.pass({ minutes: 5 - FRESH_MINUTES })
    const nadia = await signIn(broker, app, world.people.nadia.email)
    broker.clock.set(new Date())
    const page = await thereAndBack(nadia, 'nadia-17')
    broker.clock.pass({ minutes: 6 })
    expect((await nadia.post(page.path)).path).toMatch(/^\/sign-in\/again/)
    expect(await broker.owner`select from provider_subjects`).toHaveLength(0)
  })

  test('a subject is of one account, an account has one subject of each provider, and nobody comes in as another by trying', async () => {
    await bound('nadia-17', world.people.nadia.email)
    const karim = await signIn(broker, app, world.people.karim.email)
    const taken = await thereAndBack(karim, 'nadia-17')
    expect([taken.status, taken.words.includes('hoort al bij een ander account')]).toEqual([409, true])
    expect((await karim.get('/account')).words, 'and stays who he was').toContain(world.people.karim.email)
    await bound('karim-3', world.people.karim.email)
    const second = await thereAndBack(karim, 'karim-4')
    const refused = await karim.post(second.path)
    expect([refused.status, refused.words.includes('al een andere inlog')]).toEqual([409, true])
  })

  const boundTwice = {
    'where what is bound is bound to another': [
      { schema: 'grant update on provider_subjects to consent_broker' },
      instead(/on conflict do nothing/, 'on conflict (issuer, subject_mac) do update set account_id = excluded.account_id'),
    ],
  }
  race('of two accounts that bind the same subject at the same moment one has it', boundTwice, async () => {
    const visitors = [await signIn(broker, app, world.people.nadia.email), await signIn(broker, app, world.people.karim.email)]
    const pages: string[] = []
    for (const visitor of visitors) pages.push((await thereAndBack(visitor, 'samen')).path)
    const statuses = await Promise.all(visitors.map(async (visitor, nr) => (await visitor.postOnly(pages[nr]!)).status))
    expect(statuses.toSorted((a, b) => a - b)).toEqual([303, 409])
    expect(await broker.owner`select from provider_subjects`).toHaveLength(1)
  })

  test('can be taken back, and then it is a stranger again', async () => {
    const nadia = await bound('nadia-17', world.people.nadia.email)
    expect((await nadia.get('/account')).words).toContain('Gekoppeld op')
    const after = await nadia.post('/account/providers/portaal/remove')
    expect(after.words).toContain('De koppeling is verwijderd.')
    expect((await thereAndBack(new Visitor(app), 'nadia-17')).path).toMatch(/^\/sign-in\?next=/)
  })
})

describe('Signing in again at the provider', () => {
  test('makes a session fresh only when they proved it there just now', async () => {
    const nadia = await bound('nadia-17', world.people.nadia.email)
    broker.clock.pass({ minutes: FRESH_MINUTES + 1 })
    const again = await nadia.get('/sign-in/again?next=%2Faccount')
    expect(again.words).toContain('Log in met Ouderportaal')
    portal.next.as = 'nadia-17'
    const url = await leave(nadia, '/account')
    expect(new URL(url).searchParams.get('prompt')).toBe('login')
    // The provider signs in by its own clock, which stands before the broker's here: that is not just now.
    const stale = await portal.visit(url)
    expect((await nadia.get(stale.pathname + stale.search)).status).toBe(502)
    broker.clock.set(new Date())
    const back = await portal.visit(await leave(nadia, '/account'))
    expect((await nadia.get(back.pathname + back.search)).path).toBe('/account')
  })

  test('a session that was open there already comes in, and is as old as that', async () => {
    await bound('nadia-17', world.people.nadia.email)
    const jar = new Map<string, string>()
    portal.next.as = 'nadia-17'
    const first = new Visitor(app)
    const back = await portal.visit(await leave(first), jar)
    await first.get(back.pathname + back.search)
    broker.clock.pass({ minutes: FRESH_MINUTES + 5 })
    const second = new Visitor(app)
    const silent = await portal.visit(await leave(second), jar)
    expect((await second.get(silent.pathname + silent.search)).path).toBe('/consents')
    expect((await second.post('/account/providers/portaal/remove')).path, 'not fresh').toMatch(/^\/sign-in\/again/)
  })
})
