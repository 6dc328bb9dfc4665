import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { NewEmergencyDisclosure } from '../../src/cases/emergency.ts'
import { recordEmergency } from '../../src/cases/record-emergency.ts'
import type { DisclosureId } from '../../src/ids.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { instead, raceFrom, without } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const AT_SCHOOL = '/school/emergencies'
const said = {
  receiver: 'Huisarts De Linde in Zutphen',
  data: 'Allergie voor noten',
  reason: 'Fatima kreeg geen lucht.',
  tried: 'Moeder en vader gebeld, allebei twee keer.',
}
const typed = { ...said, on: '2026-11-10' }

let broker: TestBroker
let world: SmallWorld
let elsewhere: SmallWorld
let [nadia, karim, mirjam, els, pim, stranger]: Visitor[] = []
let form: string

async function begin(): Promise<void> {
  broker = await freshBroker()
  const app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  elsewhere = await smallWorld(broker, world)
  const { people } = world
  const who = [people.nadia, people.karim, people.mirjam, people.els, people.pim, elsewhere.people.mirjam]
  const visitors: Visitor[] = []
  for (const { email } of who) visitors.push(await signIn(broker, app, email))
  ;[nadia, karim, mirjam, els, pim, stranger] = visitors
  form = `${AT_SCHOOL}/new?person=${people.fatima.id}`
}
beforeAll(begin)
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId, elsewhere.boardId)
  await broker.close()
})

const action = `${AT_SCHOOL}/new`
const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)
const inCode = (): NewEmergencyDisclosure => ({ ...said, subjectId: world.people.fatima.id, givenAt: broker.clock.now() })
const disclosureId = async () => (await broker.owner<{ id: DisclosureId }[]>`select disclosure_id as id from emergency_disclosures`)[0]!.id

describe('P11 Data given because of a pupil’s vital interest, with nobody’s consent', () => {
  test('is asked about at the field, and what was typed stays', async () => {
    const fields = { ...(await mirjam!.get(form)).fields(action), ...typed }
    for (const [change, field] of [
      [{ receiver: '' }, 'receiver'],
      [{ data: ' ' }, 'data'],
      [{ reason: 'Geen \u202elucht' }, 'reason'],
      [{ tried: '' }, 'tried'],
      [{ on: '2099-01-01' }, 'on'],
    ] as const) {
      const wrong = await mirjam!.post(action, { ...fields, ...change })
      expect([change, wrong.status, wrong.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
      expect(wrong.html).toContain(`id="${field}-error"`)
      expect(wrong.html).toContain(field === 'receiver' ? said.data : said.receiver)
    }
    expect(await broker.owner`select 1 from emergency_disclosures`).toHaveLength(0)
  })

  test('is found from whom to call, kept once, told at once to who decides and to the DPO; the ledger holds none of its words', async () => {
    const contacts = await mirjam!.get('/school/contacts?q=fatima')
    expect(contacts.html).toContain(`href="${form}"`)
    const fields = { ...(await mirjam!.get(form)).fields(action), ...typed }
    for (const press of [1, 2])
      expect([press, (await mirjam!.post(action, fields)).words]).toEqual([press, expect.stringContaining('kan het nu lezen')])
    expect(await broker.owner`select recorded_at, recorded_by from emergency_disclosures`).toEqual([
      { recorded_at: broker.clock.now(), recorded_by: world.people.mirjam.id },
    ])
    await deliverMails(broker.deps)
    const { nadia, karim, els } = world.people
    const to = (path: string) => broker.mails.filter(({ text }) => text.includes(path)).map((mail) => mail.to)
    expect(to(`/rights/emergencies/${await disclosureId()}`).toSorted()).toEqual([nadia.email, karim.email].toSorted())
    expect(to(AT_SCHOOL)).toEqual([els.email])
    const [entry] = await told(broker, 'emergency_disclosed')
    expect(entry!.facts).toMatchObject({ subjectId: world.people.fatima.id, told: expect.arrayContaining([nadia.id, karim.id]) })
    for (const word of ['Linde', 'noten', 'lucht', 'gebeld']) expect(JSON.stringify([entry, broker.mails])).not.toContain(word)
  })

  test('is on the home of both parents until they have seen it, and stays where their rights are', async () => {
    const path = `/rights/emergencies/${await disclosureId()}`
    for (const parent of [nadia, karim]) {
      expect((await parent!.get('/')).html).toContain(`href="${path}"`)
      const page = await parent!.get(path)
      for (const words of [said.receiver, said.data, said.reason, said.tried]) expect(page.words).toContain(words)
      expect((await parent!.get('/rights')).html).toContain(`href="${path}"`)
    }
    broker.clock.pass({ minutes: 40 })
    expect((await nadia!.get('/')).html).not.toContain(`href="${path}"`)
    const held = await nadia!.get(`/rights/held/${world.people.fatima.id}`)
    expect(held.words).toContain(said.data)
    await nadia!.post('/language', { language: 'en' })
    expect((await nadia!.get(path)).words).toContain('No consent is needed for it.')
  })

  test('is read by the school and its DPO; by no teacher and no other board, and recorded by neither', async () => {
    for (const reader of [mirjam, els]) {
      const page = await reader!.get(AT_SCHOOL)
      for (const words of [said.receiver, said.data, 'door Mirjam', 'Nadia']) expect(page.words).toContain(words)
    }
    expect((await pim!.get(AT_SCHOOL)).words).not.toContain(said.receiver)
    expect((await stranger!.get(AT_SCHOOL)).words).not.toContain(said.receiver)
    expect((await stranger!.get(`/rights/emergencies/${await disclosureId()}`)).status).toBe(404)
    const who = { els, pim, stranger }
    for (const [name, visitor] of Object.entries(who)) expect([name, (await visitor!.get(form)).status]).toEqual([name, 404])
    const { pim: teacher, els: dpo } = world.people
    for (const { actor } of [teacher, dpo]) expect(await refused(recordEmergency(broker.deps, actor, inCode()))).toBe('mandate_missing')
    const { actor } = elsewhere.people.mirjam
    expect(await refused(recordEmergency(broker.deps, actor, inCode())), 'no pupil there').toBe('person_not_found')
    expect(await refused(recordEmergency(broker.deps, world.people.mirjam.actor, { ...inCode(), tried: ' ' }))).toBe('input_invalid')
    const later = new Date(broker.clock.now().getTime() + 1)
    expect(await refused(recordEmergency(broker.deps, world.people.mirjam.actor, { ...inCode(), givenAt: later }))).toBe('input_invalid')
  })

  const isolated = raceFrom(begin)
  isolated(
    'isolation between boards of emergency_disclosures',
    {
      'where every board’s are seen': {
        schema:
          'alter table emergency_disclosures no force row level security; alter table emergency_disclosures disable row level security',
      },
    },
    async () => {
      await recordEmergency(broker.deps, world.people.mirjam.actor, inCode())
      const seen = await broker.db.transaction().execute((tx) => tx.selectFrom('emergency_disclosures').selectAll().execute())
      expect(seen).toEqual([])
    },
  )

  isolated(
    'a former guardian reads nothing of it',
    {
      'where nobody’s guardianship ends': [
        instead(/"ends_at" from "guardianships"/, 'null::timestamptz as "ends_at" from "guardianships"'),
        without(/ and \("g"\."ends_at" is null or "g"\."ends_at" > \$\d+\)(?= and "p"\."erased_at" is null)/),
      ],
    },
    async () => {
      await recordEmergency(broker.deps, world.people.mirjam.actor, inCode())
      await broker.owner`update guardianships set ends_at = ${broker.clock.now()} where guardian_id = ${world.people.karim.id}`
      const page = await karim!.get(`/rights/emergencies/${await disclosureId()}`)
      expect(page.status).toBe(404)
    },
  )
})
