import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { FRESH_MINUTES } from '../../src/fresh-sign-in.ts'
import { Authenticator } from '../support/authenticator.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { whileHeld } from '../support/held.ts'
import { raceFrom, without, withoutRowLock } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
beforeEach(async () => {
  await broker.owner`delete from passkeys`
  broker.clock.pass({ minutes: 20 })
})

const options = async (visitor: Visitor, path: string) => {
  const answer = await visitor.postOnly(`${path}/start`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as { challenge: string; user: { id: string }; allowCredentials?: unknown[]; rp?: unknown; rpId?: string }
}
/** Nadia, signed in, with a passkey. */
async function withPasskey(email = world.people.nadia.email) {
  const visitor = await signIn(broker, app, email)
  const passkey = new Authenticator(broker.deps.issuer)
  const page = await visitor.post('/account/passkeys', { answer: passkey.create(await options(visitor, '/account/passkeys')) })
  expect(page.words).toContain('De passkey is toegevoegd.')
  await broker.settled()
  return { visitor, passkey }
}
const comeIn = async (visitor: Visitor, answer: string) => await visitor.post('/sign-in/passkey', { answer, next: '/consents' })

describe('Signing in with a passkey', () => {
  test('is added by who is signed in, told by mail, and brings them in at another browser without any address', async () => {
    const { visitor, passkey } = await withPasskey()
    expect(broker.mails.at(-1)).toMatchObject({ to: world.people.nadia.email, subject: 'Er is iets veranderd aan uw account' })
    expect((await visitor.get('/account')).words).toContain('Nog niet gebruikt.')
    const elsewhere = new Visitor(app)
    expect((await comeIn(elsewhere, passkey.get(await options(elsewhere, '/sign-in/passkey')))).path).toBe('/consents')
    const account = await elsewhere.get('/account')
    expect(account.words).toContain('(passkey)')
    expect(account.words).toContain('Voor het laatst gebruikt op')
  })

  test('the question to the device names no account and no key: it is the same for everybody', async () => {
    await withPasskey()
    const asked = await options(new Visitor(app), '/sign-in/passkey')
    expect(asked).toMatchObject({ rpId: 'broker.test', allowCredentials: [], userVerification: 'required' })
  })

  test('without JavaScript there is no button, and the code by mail is there', async () => {
    const page = await new Visitor(app).get('/sign-in')
    expect(page.html).toMatch(/<form[^>]*data-passkey="\/sign-in\/passkey\/start"[^>]*hidden/)
    const script = page.html.match(/src="(\/assets\/[\w-]+\.js)"/)![1]!
    const asset = await app.request(`https://broker.test${script}`)
    expect([asset.status, asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ])
  })
})

describe('An answer of a passkey holds once, here, and for its owner (INV-11)', () => {
  const usedTwice = { 'where a used challenge is taken': without(/(?<=update "passkey_challenges".*) and "used_at" is null/) }
  race('not a second time, and of twenty at once one comes in', usedTwice, async () => {
    const { passkey } = await withPasskey()
    const visitor = new Visitor(app)
    const answer = passkey.get(await options(visitor, '/sign-in/passkey'))
    const all = await Promise.all(Array.from({ length: 20 }, async () => (await visitor.postOnly('/sign-in/passkey', { answer })).status))
    expect(all.filter((status) => status === 303)).toHaveLength(1)
    expect((await comeIn(visitor, answer)).status).toBe(400)
  })

  test('not with another challenge of ours, that was used or is of another browser', async () => {
    const { passkey } = await withPasskey()
    const [mine, thief] = [new Visitor(app), new Visitor(app)]
    const answer = passkey.get(await options(mine, '/sign-in/passkey'))
    await options(thief, '/sign-in/passkey')
    expect((await comeIn(thief, answer)).status).toBe(400)
    expect((await comeIn(mine, passkey.get({ challenge: 'eigen-verzinsel' }))).status).toBe(400)
    const adding = await options((await withPasskey(world.people.karim.email)).visitor, '/account/passkeys')
    expect((await comeIn(mine, passkey.get(adding))).status, 'a challenge for adding is not one for signing in').toBe(400)
    expect((await comeIn(mine, answer)).path).toBe('/consents')
  })

  test('nor five minutes later', async () => {
    const { passkey } = await withPasskey()
    const visitor = new Visitor(app)
    const answer = passkey.get(await options(visitor, '/sign-in/passkey'))
    broker.clock.pass({ minutes: 5 })
    expect((await comeIn(visitor, answer)).status).toBe(400)
  })

  test.each([
    ['made for another site', { origin: 'https://broker.test.evil.example' }],
    ['made for another host', { rpId: 'evil.example' }],
    ['given without finger, face or PIN', { unverified: true }],
    ['with a counter that went back', { counter: 0 }],
    ['that names another account', { userHandle: Buffer.alloc(16, 7).toString('base64url') }],
  ])('nor when it was %s', async (_, twist) => {
    const { passkey } = await withPasskey()
    const first = new Visitor(app)
    await comeIn(first, passkey.get(await options(first, '/sign-in/passkey')))
    const visitor = new Visitor(app)
    const refused = await comeIn(visitor, passkey.get(await options(visitor, '/sign-in/passkey'), twist))
    expect([refused.status, refused.words.includes('(passkey) lukte niet')]).toEqual([400, true])
    expect((await visitor.get('/account')).path).toMatch(/^\/sign-in/)
  })

  test.each(['', '{}', 'null', '[]', '{"id":"x","response":{"clientDataJSON":"e30"}}', '{"id":1}', 'x'.repeat(19_999)])(
    'nor when it is nothing of the kind: %s',
    async (answer) => {
      const refused = await comeIn(new Visitor(app), answer.slice(0, 20_000))
      expect(refused.status).toBe(400)
      expect(refused.headers.get('content-type')).toMatch(/^text\/html/)
    },
  )

  test('another’s key in one’s own browser is no proof that one is still oneself', async () => {
    const { passkey } = await withPasskey(world.people.karim.email)
    const { visitor: nadia } = await withPasskey()
    expect((await comeIn(nadia, passkey.get(await options(nadia, '/sign-in/passkey')))).status).toBe(400)
    expect((await nadia.get('/account')).words).toContain(world.people.nadia.email)
  })
})

describe('Adding and removing', () => {
  test('takes a fresh sign-in, which a passkey gives', async () => {
    const { visitor, passkey } = await withPasskey()
    broker.clock.pass({ minutes: FRESH_MINUTES, seconds: 1 })
    const stale = await visitor.postOnly('/account/passkeys/start', {}, { referer: 'https://broker.test/account' })
    expect(stale.headers.get('location')).toBe('/sign-in/again?next=%2Faccount')
    const credential = passkey.id.toString('base64url')
    expect((await visitor.post('/account/passkeys/remove', { credential })).path).toMatch(/^\/sign-in\/again/)
    const again = await options(visitor, '/sign-in/passkey')
    expect(again.allowCredentials, 'who is signed in is asked for a key of their own').toMatchObject([{ id: credential }])
    await comeIn(visitor, passkey.get(again))
    expect((await visitor.post('/account/passkeys/remove', { credential })).words).toContain('De passkey is verwijderd.')
    const elsewhere = new Visitor(app)
    expect((await comeIn(elsewhere, passkey.get(await options(elsewhere, '/sign-in/passkey')))).status).toBe(400)
  })

  test('an answer to a question that was asked of another account adds nothing', async () => {
    const karim = await signIn(broker, app, world.people.karim.email)
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const passkey = new Authenticator(broker.deps.issuer)
    const answer = passkey.create(await options(karim, '/account/passkeys'))
    expect((await nadia.post('/account/passkeys', { answer })).status).toBe(400)
    nadia.cookies.set('__Host-browser', karim.cookies.get('__Host-browser')!)
    expect((await nadia.post('/account/passkeys', { answer })).status, 'also in the same browser').toBe(400)
    expect((await karim.post('/account/passkeys', { answer })).status).toBe(200)
    expect((await karim.post('/account/passkeys', { answer })).status).toBe(400)
    expect(await broker.owner`select account_id from passkeys`).toEqual([{ account_id: world.people.karim.account }])
  })

  test('nobody removes another’s, nor the last way into an account without an address', async () => {
    const { visitor, passkey } = await withPasskey()
    const { visitor: karim } = await withPasskey(world.people.karim.email)
    const credential = passkey.id.toString('base64url')
    expect((await karim.post('/account/passkeys/remove', { credential })).status).toBe(404)
    await broker.owner`update accounts set email = null where account_id = ${world.people.nadia.account}`
    const refused = await visitor.post('/account/passkeys/remove', { credential })
    expect([refused.status, refused.words.includes('de enige manier waarop u kunt inloggen')]).toEqual([409, true])
    await broker.owner`update accounts set email = ${world.people.nadia.email} where account_id = ${world.people.nadia.account}`
  })

  const unheld = { 'without the lock on the account': withoutRowLock('accounts') }
  race('two passkeys removed at the same moment: one stays, where it is all there is', unheld, async () => {
    const { visitor, passkey } = await withPasskey()
    const second = new Authenticator(broker.deps.issuer)
    await visitor.post('/account/passkeys', { answer: second.create(await options(visitor, '/account/passkeys')) })
    await broker.settled()
    await broker.owner`update accounts set email = null where account_id = ${world.people.nadia.account}`
    const ended = await whileHeld(
      broker,
      (sql) => sql`select from accounts where account_id = ${world.people.nadia.account} for update`,
      [passkey, second].map(
        ({ id }) =>
          () =>
            visitor.postOnly('/account/passkeys/remove', { credential: id.toString('base64url') }),
      ),
    )
    expect(ended.map((one) => (one.status === 'fulfilled' ? one.value.status : 0)).toSorted((a, b) => a - b)).toEqual([303, 409])
    await broker.owner`update accounts set email = ${world.people.nadia.email} where account_id = ${world.people.nadia.account}`
  })
})
