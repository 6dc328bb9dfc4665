import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { knowBrowser } from '../../src/accounts/known-browsers.ts'
import { createApp } from '../../src/app.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { codeIn, signIn } from '../support/signed-in.ts'
import { type Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
})
afterAll(() => broker.close())
beforeEach(() => broker.clock.pass({ minutes: 20 }))

const askFor = async (visitor: Visitor, email: string, headers: Record<string, string> = {}) => {
  const page = await visitor.post('/sign-in', { email, next: '/' }, headers)
  await broker.settled()
  return page
}

describe('A person signs in with a code that comes by e-mail', () => {
  test('and is then known by a cookie that only this host gets, whose value the database does not hold', async () => {
    const nadia = new Visitor(app)
    const page = await askFor(nadia, world.people.nadia.email)
    expect(page.path).toMatch(/^\/sign-in\/code\?/)
    expect(page.words).toContain(`Wij hebben een mail gestuurd naar ${world.people.nadia.email}`)
    const answer = await nadia.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) })
    const cookie = answer.headers.getSetCookie().find((one) => one.includes('session='))
    expect(cookie).toMatch(/^__Host-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const token = cookie!.match(/=([\w-]{43})/)![1]!
    const kept = await broker.owner`select encode(token_hash, 'escape') as hash, * from sessions`
    expect(JSON.stringify(kept)).not.toContain(token)
  })

  test('also in English, and the mail speaks the language of the page', async () => {
    const visitor = new Visitor(app, { language: 'en-GB,en' })
    const page = await askFor(visitor, world.people.karim.email)
    expect(page.words).toContain('We sent a mail to')
    expect(broker.mails.at(-1)?.subject).toBe('Your code to sign in')
  })

  test('on plain http (one’s own machine) the cookies have plain names', async () => {
    const local = { ...broker.deps, issuer: 'http://localhost:8080' }
    const answer = await new Visitor(
      createApp(() => local),
      { origin: 'http://localhost:8080' },
    ).postOnly('/sign-in', { email: 'x@example.nl' })
    await broker.settled()
    expect(answer.headers.getSetCookie()[0]).toMatch(/^browser=[\w-]{43}; .*HttpOnly; SameSite=Lax$/)
  })

  test('a code works once', async () => {
    const nadia = new Visitor(app)
    const page = await askFor(nadia, world.people.nadia.email)
    const fields = { ...page.fields('/sign-in/code'), code: codeIn(broker) }
    expect((await nadia.postOnly('/sign-in/code', fields)).status).toBe(303)
    const session = nadia.cookies.get('__Host-session')
    const again = await nadia.post('/sign-in/code', fields)
    expect([again.status, again.path], 'the second press shows the first').toEqual([200, '/'])
    expect(nadia.cookies.get('__Host-session'), 'and signs nobody in').toBe(session)
    expect((await nadia.post('/sign-in/code', { ...fields, code: '00000000' })).status, 'another code is no second press').toBe(400)
    await nadia.post('/sign-out')
    expect((await nadia.post('/sign-in/code', fields)).status).toBe(400)
  })

  test('only in the browser that asked for it', async () => {
    const page = await askFor(new Visitor(app), world.people.nadia.email)
    const fields = { ...page.fields('/sign-in/code'), code: codeIn(broker) }
    const thief = new Visitor(app)
    await askFor(thief, 'thief@example.nl')
    const answer = await thief.post('/sign-in/code', fields)
    expect(answer.status).toBe(400)
    expect(answer.html).not.toContain(world.people.nadia.email)
  })

  test('and for ten minutes', async () => {
    const nadia = new Visitor(app)
    const page = await askFor(nadia, world.people.nadia.email)
    broker.clock.pass({ minutes: 10 })
    const answer = await nadia.post('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) })
    expect(answer.status).toBe(400)
    expect(answer.words).toContain('werkt niet meer')
  })

  test('five wrong tries use it up', async () => {
    const nadia = new Visitor(app)
    const page = await askFor(nadia, world.people.nadia.email)
    const code = codeIn(broker)
    const wrong = String((Number(code) + 1) % 1e8).padStart(8, '0')
    for (let i = 0; i < 5; i++) {
      expect((await nadia.post('/sign-in/code', { ...page.fields('/sign-in/code'), code: wrong })).status).toBe(400)
    }
    expect((await nadia.post('/sign-in/code', { ...page.fields('/sign-in/code'), code })).status).toBe(400)
  })

  test('typed with spaces it is the same code; something else is told at the field and keeps nothing secret', async () => {
    const nadia = new Visitor(app)
    const page = await askFor(nadia, world.people.nadia.email)
    const code = codeIn(broker)
    const wrong = await nadia.post('/sign-in/code', { ...page.fields('/sign-in/code'), code: 'abc' })
    expect(wrong.words).toContain('De code heeft 8 cijfers.')
    expect(wrong.html).toContain('aria-invalid="true"')
    const right = await nadia.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: ` ${code.slice(0, 4)} ${code.slice(4)} ` })
    expect(right.status).toBe(303)
  })
})

describe('No answer tells whether an address is known here', () => {
  test('the pages and the mails are the same but for the address', async () => {
    const seen = []
    for (const email of [world.people.nadia.email, 'niemand@nergens.example']) {
      const page = await askFor(new Visitor(app), email)
      const { headers } = page
      headers.delete('x-request-id')
      headers.delete('set-cookie')
      const plain = (text: string) =>
        text
          .replaceAll(email, 'ADDRESS')
          .replace(/[0-9a-f-]{36}/g, 'ID')
          .replace(/\d{8}|(\d{4} ){5}\d{4}/g, 'CODE')
      seen.push({ status: page.status, html: plain(page.html), headers: [...headers], mail: plain(broker.mails.at(-1)!.text) })
    }
    expect(seen[0]).toEqual(seen[1])
  })

  test('nor does a wrong code: no account comes of it', async () => {
    const visitor = new Visitor(app)
    const page = await askFor(visitor, 'nieuw@nergens.example')
    await visitor.post('/sign-in/code', { ...page.fields('/sign-in/code'), code: '00000000' })
    expect(await broker.owner`select from accounts where email = 'nieuw@nergens.example'`).toHaveLength(0)
  })
})

/** As many tries as strangers at one network may make, counted at once. */
/** Somebody asks for codes to this address, and to so many others that the network's share is used up. */
async function storm(network: string, email: string) {
  const share = `sign-in-mail:${createHash('sha256').update(`expected ${network}`).digest('base64url')}`
  for (let i = 0; i < 7; i++) await askFor(new Visitor(app), email, { 'cf-connecting-ip': network })
  await broker.owner`update rates set count = 1200 where bucket = ${share}`
}

const longCodeIn = ({ text }: { text: string }) => text.match(/\b(?:\d{4} ){5}\d{4}\b/)![0]

describe('Asking is rationed, and nobody locks out somebody else', () => {
  test('after six mails to one address in a quarter of an hour no more go out to one network, and the page says the same', async () => {
    const before = broker.mails.length
    const pages = []
    for (let i = 0; i < 8; i++) pages.push(await askFor(new Visitor(app), 'druk@gezin.example'))
    expect(broker.mails.length - before).toBe(6)
    expect(new Set(pages.map(({ status, words }) => `${status} ${words}`)).size).toBe(1)
  })

  test('a browser that signed in with the address before still gets its code', async () => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    await nadia.post('/sign-out')
    for (let i = 0; i < 8; i++) await askFor(new Visitor(app), world.people.nadia.email)
    const before = broker.mails.length
    await askFor(nadia, world.people.nadia.email)
    expect(broker.mails.length - before).toBe(1)
  })

  test('nor does a stranger on another network keep a new browser from its code', async () => {
    const email = 'voor-het-eerst@gezin.example'
    for (let i = 0; i < 8; i++) await askFor(new Visitor(app), email, { 'cf-connecting-ip': '192.0.2.1' })
    const before = broker.mails.length
    await askFor(new Visitor(app), email, { 'cf-connecting-ip': '192.0.2.2' })
    expect(broker.mails.slice(before).map(({ to }) => to)).toEqual([email])
  })

  test('from all networks together thirty mails go to one address; what a network may not ask does not count', async () => {
    const before = broker.mails.length
    const ask = async (network: number) => {
      await askFor(new Visitor(app), 'bestormd@gezin.example', { 'cf-connecting-ip': `192.0.2.${network}` })
      return broker.mails.length - before
    }
    for (let network = 1; network <= 6; network++) for (let i = 0; i < 7; i++) await ask(network)
    expect(await ask(6)).toBe(30)
    expect(await ask(7)).toBe(30)
  })

  test('whoever asks for codes to the address of another, at a school where all share a network, leaves them one that works', async () => {
    const { email } = world.people.joost
    const school = { 'cf-connecting-ip': '198.51.100.9' }
    await storm(school['cf-connecting-ip'], email)
    const mails = broker.mails.filter(({ to }) => to === email)
    const type = async (visitor: Visitor, page: Seen, code: string) =>
      await visitor.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code }, school)

    const joost = new Visitor(app)
    const page = await askFor(joost, email, school)
    expect(
      broker.mails.filter(({ to }) => to === email),
      'no further mail',
    ).toHaveLength(mails.length)
    const long = longCodeIn(mails.at(-1)!)
    const other = new Visitor(app)
    const otherPage = await askFor(other, 'iemand@anders.example', school)
    expect((await type(other, otherPage, long)).status, 'it is for his address').toBe(400)
    expect((await type(joost, page, '0000 0000 0000 0000 0000 0000')).status).toBe(400)
    expect((await type(joost, page, long)).status).toBe(303)
    expect((await type(joost, page, long)).status, 'the second press shows the first').toBe(303)
    const [again, twice] = [new Visitor(app), longCodeIn(mails.at(-2)!)]
    expect((await type(again, await askFor(again, email, school), long)).status, 'and it works once').toBe(400)
    broker.clock.pass({ minutes: 21 })
    expect((await type(again, await askFor(again, email, school), twice)).status, 'for twenty minutes').toBe(400)
  })

  test('nor does whoever uses up what a network may ask for keep a newcomer there from theirs', async () => {
    await storm('198.51.100.10', world.people.els.email)
    const before = broker.mails.length
    for (let i = 0; i < 2; i++) await askFor(new Visitor(app), world.people.mirjam.email, { 'cf-connecting-ip': '198.51.100.10' })
    expect(
      broker.mails.slice(before).map(({ to }) => to),
      'one in each quarter of an hour',
    ).toEqual([world.people.mirjam.email])
  })

  test('after fifty in a day the mails to an address have long codes only: guessing at short ones comes to an end', async () => {
    const { email } = world.people.ruud
    const short = `sign-in-mail:${createHash('sha256').update(`${email} short`).digest('base64url')}`
    const page = await askFor(new Visitor(app), email)
    expect(page.status).toBe(200)
    await broker.owner`update rates set count = 50 where bucket = ${short}`
    await askFor(new Visitor(app), email)
    expect(broker.mails.findLast(({ to }) => to === email)!.text).not.toMatch(/\b\d{8}\b/)
  })

  test('in a browser where one signed in before, by a passkey for one, no storm from anywhere keeps one out', async () => {
    const { email, account } = world.people.karim
    const karim = new Visitor(app)
    await karim.get('/sign-in')
    await askFor(karim, 'iemand@anders.example')
    await knowBrowser(broker.db, account, karim.cookies.get('__Host-browser')!, broker.clock.now())
    const home = { 'cf-connecting-ip': '198.51.100.7' }
    await storm(home['cf-connecting-ip'], email)
    const before = broker.mails.length
    const page = await askFor(karim, email, home)
    expect(broker.mails.slice(before).map(({ to }) => to)).toEqual([email])
    expect((await karim.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) }, home)).status).toBe(303)
  })

  test('who asks for many addresses that nobody has takes nothing from who has one, or is invited, on the same network', async () => {
    const school = { 'cf-connecting-ip': '198.51.100.8' }
    for (let i = 0; i < 62; i++) await new Visitor(app).postOnly('/sign-in', { email: `n${i}@x.example` }, school)
    await broker.settled()
    const before = broker.mails.length
    const unknown = await askFor(new Visitor(app), 'n63@x.example', school)
    expect(broker.mails.length - before, 'no more go out to those').toBe(0)
    const counted = async () => (await broker.owner`select count(*)::int as rows from rates`)[0]!.rows
    const rows = await counted()
    for (let i = 64; i < 70; i++) await new Visitor(app).postOnly('/sign-in', { email: `n${i}@x.example` }, school)
    expect(await counted(), 'and nothing grows by them').toBe(rows)
    const known = await askFor(new Visitor(app), world.people.nadia.email, school)
    const pageOf = ({ status, words }: Seen, email: string) => `${status} ${words.replaceAll(email, 'ADDRESS')}`
    expect(pageOf(unknown, 'n63@x.example'), 'and no page tells').toBe(pageOf(known, world.people.nadia.email))
    expect(broker.mails.slice(before).map(({ to }) => to)).toEqual([world.people.nadia.email])
  })

  test('every address of an IPv6 /64 is one caller', async () => {
    const before = broker.mails.length
    const ask = async (address: string) => await askFor(new Visitor(app), 'zes@gezin.example', { 'cf-connecting-ip': address })
    for (let i = 1; i <= 8; i++) await ask(`2001:db8:0:1::${i}`)
    expect(broker.mails.length - before).toBe(6)
    await ask('2001:db8:0:2::1')
    expect(broker.mails.length - before).toBe(7)
  })
})

describe('A session', () => {
  test('ends on signing out, for good', async () => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const token = nadia.cookies.get('__Host-session')!
    expect((await nadia.post('/sign-out')).words).toContain('U bent uitgelogd')
    nadia.cookies.set('__Host-session', token)
    expect((await nadia.get('/sign-in')).words).toContain('Stuur mij een code')
  })

  test('P40: ends after two hours without a visit, and after twelve hours in any case', async () => {
    const idle = await signIn(broker, app, world.people.nadia.email)
    const busy = await signIn(broker, app, world.people.karim.email)
    for (let hour = 0; hour < 11; hour++) {
      broker.clock.pass({ hours: 1 })
      if (hour === 2) expect((await idle.get('/sign-in')).words).toContain('Stuur mij een code')
      expect((await busy.get('/sign-in')).path, `hour ${hour}`).toBe('/')
    }
    broker.clock.pass({ hours: 1 })
    expect((await busy.get('/sign-in')).words).toContain('Stuur mij een code')
  })

  test('goes on to the page that was asked for, and never to another site', async () => {
    for (const [next, path] of [
      ['/invitation?code=x', '/invitation?code=x'],
      ['//evil.example/x', '/'],
      ['/\\evil.example', '/'],
      ['https://evil.example', '/'],
      ['/.//evil.example', '/'],
      ['/%2e//evil.example', '/'],
      ['/%2E%2E//evil.example', '/'],
      ['/a/..//evil.example', '/'],
      ['/./\\evil.example', '/'],
      ['/a/../\\/evil.example', '/'],
      ['/\t/evil.example', '/'],
    ] as const) {
      broker.clock.pass({ minutes: 16 })
      const visitor = new Visitor(app)
      const page = await visitor.post('/sign-in', { email: world.people.karim.email, next })
      await broker.settled()
      const answer = await visitor.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) })
      expect(answer.headers.get('location'), next).toBe(path)
      const already = await app.request(`https://broker.test/sign-in?next=${encodeURIComponent(next)}`, {
        headers: { cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      })
      expect([already.status, already.headers.get('location')], `signed in already, ${next}`).toEqual([303, path])
    }
  })
})

describe('A form has to come from a page of ours', () => {
  const email = 'a@b.example'
  test.each([
    ['from another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['from a sister site', { origin: 'https://x.broker.test', 'sec-fetch-site': 'same-site' }, 403],
    ['from nowhere', { origin: '', 'sec-fetch-site': '' }, 403],
    ['with a hidden origin', { origin: 'null', 'sec-fetch-site': '' }, 403],
    ['as JSON', { 'content-type': 'application/json' }, 415],
    [
      'as JSON from another site',
      { 'content-type': 'application/json', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      415,
    ],
    ['as text from another site', { 'content-type': 'text/plain', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['with no content type', { 'content-type': '' }, 415],
    ['from an old browser that sends only Origin', { 'sec-fetch-site': '' }, 200],
    ['from a page of ours', {}, 200],
  ])('%s', async (_, headers, status) => {
    const answer = await new Visitor(app).post('/sign-in', { email }, headers)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
  })

  test.each([
    ['an unknown field', { email, admin: '1' }, 400],
    ['a field twice', { email: ['a@b.nl', 'c@d.nl'] }, 400],
    ['no field at all', {}, 400],
    ['a prototype', { email, __proto__: 'x', constructor: 'y' }, 400],
    ['far too much', { email: 'x'.repeat(70_000) }, 413],
  ])('%s is answered with a page', async (_, fields, status) => {
    const answer = await new Visitor(app).post('/sign-in', fields)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
  })

  test('a page that is not there is a page, in the reader’s language', async () => {
    expect((await new Visitor(app).get('/nergens')).words).toContain('Deze pagina is er niet')
    expect((await new Visitor(app, { language: 'en' }).get('/nowhere')).words).toContain('This page does not exist')
  })

  test('pages are never cached, run no inline script and stand in no frame', async () => {
    const { headers } = await new Visitor(app).get('/sign-in')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; .*frame-ancestors 'none'/)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
  })
})
