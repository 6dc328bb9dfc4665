import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { reportIncident, reportIncidentAsSupplier } from '../../src/cases/report-incident.ts'
import { amsterdamMoment, amsterdamTime } from '../../src/clock.ts'
import type { IncidentId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { liveToken } from '../support/live-token.ts'
import { signIn } from '../support/signed-in.ts'
import type { Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let [pim, mirjam, joost, els, nadia]: Visitor[] = []
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  const app = createApp(() => broker.deps)
  const people = ['pim', 'mirjam', 'joost', 'els', 'nadia'] as const
  ;[pim, mirjam, joost, els, nadia] = await Promise.all(people.map((who) => signIn(broker, app, world.people[who].email)))
})
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const PATH = '/school/incidents/report'
const report = async (visitor: Visitor, fields: Record<string, string | string[]> = {}): Promise<Seen> =>
  await visitor.post(PATH, {
    ...(await visitor.get(PATH)).fields(PATH),
    supplier: '',
    found: amsterdamTime(broker.clock.now()),
    from: '2026-11-01T09:00',
    until: '',
    summary: 'Een laptop is weg.',
    nature: 'stolen',
    kind: ['learning', 'contact'],
    persons: 'Groep 6',
    size: '28',
    cause: '',
    measures: '',
    ...fields,
  })
const send = async (visitor: Visitor, page: string, verb: string, fields: Record<string, string | string[]> = {}) => {
  const action = `${page}/${verb}`
  return await visitor.post(action, { ...(await visitor.get(page)).fields(action), ...fields })
}

describe('P42-P44 A leak, on the pages', () => {
  test('a teacher reports it; the DPO advises; the leader decides, tells and closes; two at once see each other', async () => {
    expect((await nadia!.get('/school/incidents')).words).toContain('U heeft')
    expect((await report(pim!)).words).toContain('De privacy-medewerker (FG) krijgt als eerste bericht.')
    const seenByPim = await pim!.get('/school/incidents')
    expect(seenByPim.words).toContain('Door u gemeld')
    expect(seenByPim.html).not.toContain('Een laptop is weg.')
    const list = await mirjam!.get('/school/incidents')
    expect(list.words).toContain('de tijd loopt')
    const page = list.html.match(/\/school\/incidents\/[0-9a-f-]{36}/)![0]
    expect((await pim!.get(page)).status).toBe(404)
    const seen = await mirjam!.get(page)
    expect(seen.words).toContain('De wet geeft 72 uur')
    expect(seen.words).toContain('twee werkdagen')
    expect(seen.words).toContain('Mensen over wie de school toen zulke gegevens gebruikte: ')

    const looking = await els!.get(page)
    expect(looking.html).not.toContain(`${page}/decide`)
    expect((await send(els!, page, 'advise', { advice: ' ' })).words).toContain('Schrijf uw advies op.')
    expect((await send(els!, page, 'advise', { advice: 'Meld het.' })).words).toContain('Uw advies staat erbij.')
    const late = await mirjam!.post(`${page}/decide`, { ...seen.fields(`${page}/decide`), authority: 'yes', reasons: 'Groot risico.' })
    expect([late.status, late.words.includes('Een collega was u voor.'), late.html.includes('Groot risico.')]).toEqual([409, true, true])
    expect((await send(mirjam!, page, 'decide', { authority: 'yes', people: 'yes', reasons: 'Groot risico.' })).words).toContain(
      'Het besluit staat vast.',
    )
    expect((await send(joost!, page, 'authority', { authorityAt: '2026-11-01T09:00', reference: '' })).status).toBe(400)
    const now = amsterdamTime(broker.clock.now())
    expect((await send(joost!, page, 'authority', { authorityAt: now, reference: 'AP-1' })).words).toContain('Nummer: AP-1.')
    expect((await send(mirjam!, page, 'people', { peopleAt: now })).words).toContain('Verteld aan de mensen')
    expect((await send(mirjam!, page, 'close', { lessons: 'Elke laptop op slot.' })).words).toContain('Dit datalek is afgerond.')
    expect((await mirjam!.get('/school/incidents')).words).toContain('geregeld')
  })

  test('P44: with no address of the DPO nobody says the DPO was told; whoever decides is asked to call', async () => {
    const { id, account, email } = world.people.els
    await broker.owner`update persons set email = null where person_id = ${id}`
    await broker.owner`update accounts set email = null where account_id = ${account}`
    const at = broker.clock.now()
    const incidentId = await reportIncident(broker.deps, world.people.mirjam.actor, {
      foundAt: at,
      fromAt: at,
      summary: 'Een tas is weg.',
      nature: ['stolen'],
      persons: 'Groep 6',
      dataKinds: ['learning'],
    })
    const [row] = await broker.owner`select dpo_told_at from incidents where incident_id = ${incidentId}`
    expect(row).toEqual({ dpo_told_at: null })
    const path = `/school/incidents/${incidentId}`
    const page = await mirjam!.get(path)
    expect(page.words).toContain('De privacy-medewerker kreeg geen bericht.')
    expect(page.words).not.toContain('Kreeg als eerste bericht')
    expect((await mirjam!.get('/school/incidents?done=reported')).words).toContain('De privacy-medewerker (FG) niet:')
    const decided = await send(mirjam!, path, 'decide', { reasons: 'Er zat niets in.' })
    expect(decided.words).toContain('Het besluit staat vast.')
    await broker.owner`update persons set email = ${email} where person_id = ${id}`
    await broker.owner`update accounts set email = ${email} where account_id = ${account}`
  })

  test('what is missing or cannot be is said at its field and on top, and what was typed stays', async () => {
    const wrong = await report(mirjam!, { summary: '', nature: [], kind: [], persons: '', size: 'veel' })
    expect(wrong.status).toBe(400)
    for (const sentence of [
      'Schrijf op wat er is gebeurd.',
      'Kruis aan wat er met de gegevens is gebeurd.',
      'Kruis aan welke gegevens het zijn.',
      'Schrijf op over wie het gaat.',
      'Vul een getal in, of niets.',
    ])
      expect(wrong.words.split(sentence).length, sentence).toBe(3)
    const future = await report(mirjam!, { found: '2099-01-01T10:00', cause: 'Een gat in het hek.' })
    expect(future.words).toContain('Kies een dag en tijd die al is geweest.')
    expect(future.html).toContain('Een gat in het hek.')
  })

  test('M14: a supplier’s leak counts whom it really reached; the names are for who must tell them, and nobody else', async () => {
    await liveToken(broker, world, await consented(broker, world))
    const at = broker.clock.now()
    const [incidentId] = (await reportIncidentAsSupplier(
      broker.deps,
      { supplierId: world.supplierId, clientId: world.clients.organisation },
      { foundAt: at, fromAt: at, summary: 'Een mail naar de verkeerde.', nature: ['read'], persons: 'Leerlingen', dataKinds: ['learning'] },
    )) as [IncidentId]
    const page = `/school/incidents/${incidentId}`
    const seen = await mirjam!.get(page)
    expect(seen.words).toContain('Mensen over wie dit bedrijf gegevens kon ophalen, kreeg of gaf: 1')
    expect(seen.words).toContain('door Reken Plus B.V.')
    expect(seen.words).not.toContain('Fatima')
    const file = await mirjam!.get(`${page}/affected.csv`)
    expect(file.html).toContain('"Fatima Amrani";"Groep 6";"Nadia Amrani";"nadia@gezin.example"')
    expect((await els!.get(page)).html).not.toContain('affected.csv')
    expect((await els!.get(`${page}/affected.csv`)).status).toBe(403)
    expect((await pim!.get(`${page}/affected.csv`)).status).toBe(404)
    expect((await send(mirjam!, page, 'say', { words: 'Welke leerlingen zijn het?' })).words).toContain('Verstuurd.')
    broker.clock.pass({ days: 4 })
    els = await signIn(
      broker,
      createApp(() => broker.deps),
      world.people.els.email,
    )
    expect((await els.get('/school/privacy')).words).toContain('Datalekken: 1')
    expect((await els.get(page)).words).toContain('te laat')
  })
})

test('a moment on a Dutch clock and back, also where the clock jumps', () => {
  for (const local of ['2026-11-01T09:00', '2026-07-01T00:30', '2026-03-29T03:30', '2026-10-25T02:30'])
    expect(amsterdamTime(amsterdamMoment(local))).toBe(local)
  expect(amsterdamTime(amsterdamMoment('2026-03-29T02:30'))).toBe('2026-03-29T03:30')
})
