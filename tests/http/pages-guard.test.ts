import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { newId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { told } from '../support/ledger.ts'
import { MACHINE } from '../support/machine-routes.ts'
import { race } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** What anybody may open; all the rest is for whoever signed in. */
const PUBLIC = [
  'GET /sign-in',
  'POST /sign-in',
  'GET /sign-in/code',
  'POST /sign-in/code',
  'GET /sign-in/letter',
  'GET /sign-in/with/:provider',
  'GET /sign-in/with/:provider/back',
  'POST /sign-in/passkey/start',
  'POST /sign-in/passkey',
  'POST /sign-in/letter',
  'POST /sign-out',
  'POST /language',
  'GET /mailbox/:address?',
  'GET /authorize',
  'GET /authorize/:interactionId/sandbox',
  'POST /authorize/:interactionId/sandbox',
  'POST /authorize/:interactionId/sandbox/back',
  'GET /schools/:brin',
  'GET /docs',
  'GET /docs/supplier',
  'GET /docs/holder',
  'GET /docs/sandbox',
  'GET /docs/events',
  'GET /docs/withdrawal',
  'GET /docs/errors',
  'GET /docs/code/:file',
  'GET /docs/holder-kit.tgz',
  'GET /docs/api',
  'GET /docs/api/:group',
  'GET /tablet/asked',
  'GET /tablet/:secret',
  'POST /tablet/:secret',
]

/** What takes a file takes another kind of form. */
const UPLOADS = ['POST /school/roster', 'POST /supplier/:supplierId/services/:serviceId/import']

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
}
beforeAll(begin)
afterAll(() => broker.close())

const everyRoute = [...new Set(createApp(() => broker.deps).routes.map(({ method, path }) => `${method} ${path}`))].filter(
  (route) => !route.startsWith('ALL '),
)
const rest = everyRoute.filter((route) => / \/(v1|grants)\//.test(route) && route !== 'GET /v1/openapi.json')
/** Whatever is not said to be something else is a page. */
const routes = everyRoute.filter((route) => !/ \/(v1|grants|assets)\//.test(route) && !MACHINE.includes(route))
const methodOf = (route: string) => route.split(' ')[0]!
const pathOf = (route: string) => route.split(' ')[1]!.replace(/:\w+/g, () => newId(broker.clock.now()))

describe('Every route is known here', () => {
  test('a page is got or posted to, and what is public or for machines is there', () => {
    expect(routes.filter((route) => !/^(GET|POST) /.test(route))).toEqual([])
    expect([...PUBLIC, ...MACHINE].filter((route) => !everyRoute.includes(route))).toEqual([])
    expect(rest.length).toBeGreaterThan(6)
  })

  test.each(rest)('%s answers 401 without a token, and with one that is none', async (route) => {
    const ask = async (headers: Record<string, string>) => {
      const method = methodOf(route)
      const path = `https://broker.test${pathOf(route).replace(/:\w+/g, 'x')}`
      const body = method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json', ...headers } }
      return await app.request(path, { method, headers, ...body })
    }
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: 'DPoP x', dpop: 'x' }] as Record<string, string>[]) {
      const answer = await ask(headers)
      expect(answer.status, JSON.stringify(headers)).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP /)
    }
  })

  test.each(MACHINE.filter((route) => route.startsWith('POST')))('%s does nothing for who is no client', async (route) => {
    const answer = await app.request(`https://broker.test${pathOf(route)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&token=x&scope=openid&login_hint=x',
    })
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
      401,
      route === 'POST /register' ? 'invalid_token' : 'invalid_client',
    ])
  })
})

describe('Every handler brings its own guard', () => {
  test.each(routes.filter((route) => route.startsWith('GET') && !PUBLIC.includes(route)))(
    '%s leads a stranger to sign in',
    async (route) => {
      const answer = await new Visitor(app).get(pathOf(route))
      expect(answer.path).toMatch(/^\/sign-in\?next=/)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    },
  )

  test.each(routes.filter((route) => route.startsWith('POST') && !PUBLIC.includes(route)))(
    '%s does nothing for a stranger',
    async (route) => {
      const answer = await new Visitor(app).postOnly(pathOf(route), {})
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in'])
    },
  )

  test.each(routes.filter((route) => route.startsWith('POST')))('%s takes no form of another site', async (route) => {
    const answer = await new Visitor(app).post(pathOf(route), {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })
    expect(answer.status).toBe(403)
    expect(answer.words).toContain('Dit formulier kwam niet van onze site.')
  })

  test.each(routes.filter((route) => route.startsWith('POST')))('%s takes nothing but a form', async (route) => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const otherForm = UPLOADS.includes(route) ? 'application/x-www-form-urlencoded' : 'multipart/form-data; boundary=x'
    for (const type of ['application/json', 'text/plain', otherForm, '']) {
      expect((await nadia.post(pathOf(route), {}, { 'content-type': type })).status, type).toBe(415)
    }
    broker.clock.pass({ minutes: 20 })
  })

  test.each(routes.filter((route) => route.includes(':')))('%s finds nothing under a foreign or broken id, as a page', async (route) => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    for (const id of [newId(broker.clock.now()), 'x', '%00', '../../etc', "' or 1=1--"]) {
      const path = route.split(' ')[1]!.replace(/:\w+/g, encodeURIComponent(id))
      const answer = route.startsWith('GET') ? await nadia.get(path) : await nadia.post(path, {})
      expect(UPLOADS.includes(route) ? [415] : [400, 404], `${id}: ${answer.status}`).toContain(answer.status)
      expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    }
    broker.clock.pass({ minutes: 20 })
  })

  test('a form about what is somebody else’s is refused, and the ledger tells that it was tried; a link that leads nowhere is no attempt', async () => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const hers = [`account:${world.people.nadia.account}`, `person:${world.people.nadia.id}`]
    const entries = async () => (await told(broker, 'attempt_refused')).filter(({ actor }) => hers.includes(actor))
    const unseen: string[] = []
    let tried = 0
    for (const route of routes.filter((one) => !PUBLIC.includes(one) && !UPLOADS.includes(one))) {
      await broker.owner`delete from rates where bucket like 'refused:%'`
      const before = (await entries()).length
      const { status } = route.startsWith('GET') ? await nadia.get(pathOf(route)) : await nadia.post(pathOf(route), {})
      const after = await entries()
      const isAttempt = status === 403 || (status === 404 && route.startsWith('POST'))
      if (isAttempt) tried++
      if (after.length - before !== (isAttempt ? 1 : 0)) unseen.push(`${route} ${status}`)
      for (const { ref, facts } of after.slice(before)) expect([ref, ...Object.keys(facts)]).toEqual([null, 'code', 'repeatsBefore'])
    }
    expect(unseen).toEqual([])
    expect(tried).toBeGreaterThan(40)
  })

  test('the mailbox is not there where nobody asked for a demo', async () => {
    expect((await new Visitor(app).get('/mailbox?address=a@b.nl')).status).toBe(404)
    const demo = createApp(() => ({ ...broker.deps, mailbox: async (to) => [{ to, subject: 'Hallo', text: '<b>code</b>', at: 'nu' }] }))
    const page = await new Visitor(demo).get('/mailbox?address=a@b.nl')
    expect(page.html).toContain('&lt;b&gt;code&lt;/b&gt;')
    const json = await demo.request('https://broker.test/mailbox?address=a@b.nl')
    expect(await json.json()).toEqual([{ to: 'a@b.nl', subject: 'Hallo', text: '<b>code</b>', at: 'nu' }])
  })
})

describe('No page shows somebody else’s data', () => {
  race(
    'a hundred pages at once for different people each show only their own (INV-07)',
    {
      'where an account is everybody': {
        statements: /(?<=from "account_persons".*)"account_id" = (\$\d+)/,
        become: '$1::uuid is not null',
      },
    },
    async () => {
      await asked(broker, world)
      await asked(broker, world, { about: world.people.sara.id, approach: 'subject' })
      const nadia = await signIn(broker, app, world.people.nadia.email)
      const sara = await signIn(broker, app, world.people.sara.email)
      const pages = await Promise.all(
        Array.from({ length: 50 }, async (_, nr) => {
          const path = ['/', '/consents', '/link-codes'][nr % 3]!
          return { of: await nadia.get(path), other: await sara.get(path) }
        }),
      )
      for (const { of, other } of pages) {
        expect(of.words).toContain(world.people.nadia.email)
        expect(of.html).not.toMatch(/sara/i)
        expect(other.words).toContain(world.people.sara.email)
        expect(other.html).not.toMatch(/fatima|nadia/i)
      }
    },
    begin,
  )
})
