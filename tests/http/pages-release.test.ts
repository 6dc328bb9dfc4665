import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { personsOfAccount } from '../../src/people/store.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { told } from '../support/ledger.ts'
import { codeIn, signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const brokers: TestBroker[] = []
let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let mirjam: Visitor
beforeEach(async () => {
  broker = await freshBroker()
  brokers.push(broker)
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
})
afterEach(async () => {
  for (const each of brokers.splice(0)) await each.close()
})

const pageOf = (name: keyof SmallWorld['people']) => `/school/people/${world.people[name].id}`
const release = async (name: keyof SmallWorld['people'], who = mirjam) =>
  await who.post(`${pageOf(name)}/release`, (await who.get(pageOf(name))).fields(`${pageOf(name)}/release`))

describe('Who lost the only way in is let in anew by the school', () => {
  test('the old account loses the person at once, is told by mail and on its page, and the letter binds another', async () => {
    const question = await asked(broker, world)
    const old = await signIn(broker, app, world.people.nadia.email)
    broker.mails.length = 0
    const page = await release('nadia')
    expect(page.words).toContain('Het account is los.')
    await broker.settled()
    expect(broker.mails.map(({ to }) => to)).toEqual([world.people.nadia.email])
    expect(broker.mails[0]!.text).not.toMatch(/Fatima|Nadia/)
    expect((await old.get(`/questions/${question}`)).status).toBe(404)
    expect((await old.get('/')).words).toContain(
      'Stichting De Waterlelie Onderwijs heeft op 16 november 2026 uw account losgemaakt van Nadia Amrani. Vroeg u dit niet? Bel dan de school.',
    )
    const [entry] = await told(broker, 'person_released')
    expect(entry).toMatchObject({ ref: world.people.nadia.id, facts: { accountId: world.people.nadia.account } })

    const letter = await mirjam.post(`${pageOf('nadia')}/letter`, page.fields(`${pageOf('nadia')}/letter`))
    const code = letter.html.match(/letter__code">([^<]+)/)![1]!
    const anew = new Visitor(app, { origin: broker.deps.issuer })
    const form = await anew.get('/sign-in/letter')
    await anew.post('/sign-in/letter', { ...form.fields('/sign-in/letter'), code })
    expect((await anew.get('/')).words).toContain('Mag Reken Plus B.V. dit zien van Fatima Amrani')
    expect(await personsOfAccount(broker.db, world.people.nadia.account)).toEqual([])
  })

  test('not without signing in again first', async () => {
    broker.clock.pass({ minutes: 30 })
    const page = await release('nadia')
    expect(page.path).toMatch(/^\/sign-in\/again/)
    expect(await personsOfAccount(broker.db, world.people.nadia.account)).toHaveLength(1)
    const again = await mirjam.post('/sign-in/again', page.fields('/sign-in/again'))
    await broker.settled()
    await mirjam.post('/sign-in/code', { ...again.fields('/sign-in/code'), code: codeIn(broker, world.people.mirjam.email) })
    expect((await release('nadia')).words).toContain('Het account is los.')
  })

  test('INV-08: not of one’s own family, nor of who has a task: that would hand the task over', async () => {
    await broker.owner`update guardianships set guardian_id = ${world.people.mirjam.id} where guardianship_id = ${world.guardianships.karim}`
    expect((await release('nadia')).status).toBe(403)
    expect((await release('pim')).words).toContain('Deze persoon heeft een taak op school.')
    for (const name of ['nadia', 'pim'] as const) expect(await personsOfAccount(broker.db, world.people[name].account)).toHaveLength(1)
  })

  test('a parent, or a teacher, releases nobody; and who has no account cannot be released', async () => {
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const fields = (await mirjam.get(pageOf('karim'))).fields(`${pageOf('karim')}/release`)
    expect((await nadia.post(`${pageOf('karim')}/release`, fields)).status).toBe(404)
    expect((await release('karim')).status).toBe(200)
    const late = await mirjam.post(`${pageOf('karim')}/release`, { form: 'f'.repeat(40) })
    expect(late.words).toContain('Deze persoon heeft hier nog geen account.')
  })
})
