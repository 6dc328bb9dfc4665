import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { reinstateSupplier, suspendSupplier } from '../../src/catalog/suspend.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { drive } from '../support/driver.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { told } from '../support/ledger.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { race, withoutLock } from '../support/race.ts'
import { requesting } from '../support/requesting.ts'
import { type RestClient, restClient } from '../support/rest.ts'
import { signIn } from '../support/signed-in.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let rest: RestClient
let identifier: string
let given: Awaited<ReturnType<typeof consented>>
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  rest = await restClient(broker, await drive(broker, world), 'organisation', 'access_requests')
  given = await consented(broker, world, { needsAssignment: true })
  identifier = await pseudonymOf(broker, world, world.people.fatima.id)
}
beforeAll(begin)
afterAll(async () => {
  vi.useRealTimers()
  await broker.close()
})

const start = (change: Record<string, unknown> = {}) => rest('POST', '/v1/assignments', { identifier, guide: 'Marit Hoekstra', ...change })
const list = async (query = '') => (await rest('GET', `/v1/assignments${query}`)).body as { assignments: { id: string }[] }

describe('POST /v1/assignments (K19)', () => {
  test('201 with its place; the same again is the same, and is not told twice', async () => {
    const made = await start()
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`/v1/assignments/${made.body.id}`)
    expect(made.body).toEqual({
      id: expect.any(String),
      identifier,
      guide: 'Marit Hoekstra',
      from: broker.clock.now().toISOString(),
      until: null,
    })
    const again = await start({ guide: '  Marit Hoekstra ' })
    expect([again.status, again.body]).toEqual([200, made.body])
    expect(await told(broker, 'assignment_started')).toHaveLength(1)
    expect((await rest('DELETE', `/v1/assignments/${made.body.id}`)).status).toBe(204)
  })

  race(
    'twice at the same moment: one is made',
    { 'without the lock on the pupil’s assignments': withoutLock },
    async () => {
      const act = () => start({ guide: 'Jochem Prins' })
      const both = await whileHeld(broker, ledgerOf(world.boardId), [act, act])
      const answers = both.map((end) => (end.status === 'fulfilled' ? end.value : undefined))
      expect(answers.map((answer) => answer?.status ?? 0).toSorted((a, b) => a - b)).toEqual([200, 201])
      expect(answers[0]?.body.id).toBe(answers[1]?.body.id)
    },
    begin,
  )

  test('the same guide until another moment: 409, because the one that runs has to be ended first', async () => {
    const made = await start({ guide: 'Anne Bakker', until: '2026-12-31' })
    expect(made.body).toMatchObject({ until: '2026-12-31T23:00:00.000Z' })
    expect(await start({ guide: 'Anne Bakker' })).toMatchObject({ status: 409, body: { code: 'already_assigned' } })
  })

  test.each([
    ['no guide', { guide: '' }],
    ['a name that hides something', { guide: 'Marit\u202eHoekstra' }],
    ['a name that is a book', { guide: 'x'.repeat(101) }],
    ['an end that is past', { until: '2026-11-01' }],
    ['an end that is no moment', { until: 'soon' }],
    ['a member we do not know', { school: 'x' }],
    ['an identifier that is none', { identifier: 7 }],
  ])('%s: 400', async (_, change) => {
    expect(await start(change)).toMatchObject({ status: 400, body: { code: 'input_invalid' } })
  })

  test('somebody else’s pupil and nobody’s: the same 404, and it is in the ledger', async () => {
    const before = (await told(broker, 'attempt_refused')).length
    const holders = (await broker.owner`select pseudonym from pseudonyms where audience_id = ${world.supplierId}`).length
    expect(holders).toBe(1)
    const foreign = await pseudonymOf(broker, { ...world, supplierId: world.publisherId }, world.people.fatima.id)
    const [a, b] = [await start({ identifier: foreign }), await start({ identifier: 'ps_nobody' })]
    expect([a.status, a.body.code, { ...a.body, instance: null }]).toEqual([404, 'person_not_found', { ...b.body, instance: null }])
    expect((await told(broker, 'attempt_refused')).length).toBe(before + 1)
  })

  test('a suspended supplier assigns nobody, and may still end what runs', async () => {
    const running = await start({ guide: 'Piet Vos' })
    await suspendSupplier(broker.deps, { supplierId: world.supplierId, because: 'test' })
    expect(await start({ guide: 'Kim Smeets' })).toMatchObject({ status: 404, body: { code: 'supplier_not_found' } })
    expect((await rest('DELETE', `/v1/assignments/${running.body.id}`)).status).toBe(204)
    await reinstateSupplier(broker.deps, { supplierId: world.supplierId })
  })

  test('only by way of the school: a client that asks people directly has no scope for it', async () => {
    const form = { grant_type: 'client_credentials', scope: 'access_requests' }
    const driver = await drive(broker, world)
    const { body } = await driver.post('/token', { ...form, ...(await driver.assertion('ciba')) })
    expect(body.access_token).toBeUndefined()
  })
})

describe('GET and DELETE /v1/assignments', () => {
  test('all of them, page by page, also what ended', async () => {
    for (const guide of ['Een', 'Twee', 'Drie', 'Vier']) await start({ guide })
    const all = (await list()).assignments.map(({ id }) => id)
    expect(all.length).toBeGreaterThan(3)
    const paged: string[] = []
    for (let query = '?limit=2'; ; ) {
      const { body } = await rest('GET', `/v1/assignments${query}`)
      paged.push(...(body.assignments as { id: string }[]).map(({ id }) => id))
      if (!body.next_cursor) break
      query = `?limit=2&cursor=${body.next_cursor}`
    }
    expect(paged).toEqual(all)
  })

  test('ending again changes nothing; another’s and none: the same 404', async () => {
    const { body } = await start({ guide: 'Wim Kok' })
    for (const status of [204, 204]) expect((await rest('DELETE', `/v1/assignments/${body.id}`)).status).toBe(status)
    const ended = (await told(broker, 'assignment_ended')).filter(({ ref }) => ref === body.id)
    expect(ended).toHaveLength(1)
    expect(await rest('DELETE', `/v1/assignments/${given.consentId}`)).toMatchObject({
      status: 404,
      body: { code: 'assignment_not_found' },
    })
  })
})

describe('People read who the guide is', () => {
  test('a parent with what they gave, and the school with the request', async () => {
    for (const { id } of (await list()).assignments) await rest('DELETE', `/v1/assignments/${id}`)
    const they = { ...asking(broker, world), ...requesting(broker, world) }
    const requestId = await they.asks({ datatypes: ['practice-time'] })
    await they.matched(requestId)
    await they.forwards(requestId, { needsAssignment: true })
    const consentId = (await they.subjects(requestId))[0]!.consentId!
    await they.answer(world.people.nadia, consentId, 'yes')
    const app = createApp(() => broker.deps)
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    const consent = async () => (await nadia.get(`/consents/${consentId}`)).words
    const request = async () => (await mirjam.get(`/school/requests/${requestId}`)).words
    expect(await consent()).toContain('Niemand. Reken Plus B.V. heeft nog geen begeleider toegewezen.')
    expect(await request()).toContain('Nog geen begeleider. Zolang krijgt het bedrijf niets.')
    await start()
    expect(await consent()).toContain('Wie is de begeleider? Marit Hoekstra (sinds 16 november 2026)')
    expect(await request()).toContain('Begeleider: Marit Hoekstra')
    expect((await nadia.get(`/questions/${consentId}`)).words).toContain(
      'Alleen een begeleider die het bedrijf voor deze leerling koos, ziet de gegevens.',
    )
  })
})
