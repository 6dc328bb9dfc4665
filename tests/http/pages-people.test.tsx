import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type MandateId, newId } from '../../src/ids.ts'
import { createBoard } from '../../src/people/create-board.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { addFamilies } from '../support/more-families.ts'
import { instead, raceFrom } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import { tellWorld } from '../support/told-world.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let mirjam: Visitor
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
afterEach(() => expectNothingBroken(broker))

const pageOf = (name: keyof SmallWorld['people']) => `/school/people/${world.people[name].id}`
const send = async (who: Visitor, page: string, verb: string, fields: Record<string, string> = {}) =>
  await who.post(`${page}/${verb}`, { ...(await who.get(page)).fields(`${page}/${verb}`), ...fields })
const rolesOf = async (name: keyof SmallWorld['people']) =>
  (
    await broker.owner<{ role: string }[]>`
      select role from mandates where person_id = ${world.people[name].id} and (ends_at is null or ends_at > ${broker.clock.now()}) order by role`
  ).map(({ role }) => role)

describe('An administrator says who may do what (A03, D11)', () => {
  test('looks somebody up, gives a mandate for one group, and ends it: at once in an open session (P41)', async () => {
    const found = await mirjam.get('/school/people?q=sara')
    expect(found.words).toContain('Gevonden: 1')
    expect(found.html).toContain(`href="${pageOf('sara')}"`)
    const sara = await signIn(broker, app, world.people.sara.email)
    expect((await sara.get('/school')).words).toContain('U heeft hier geen taak.')

    const given = await send(mirjam, pageOf('sara'), 'give', { role: 'consent_officer', school: '', group: '', until: '' })
    expect(given.words).toContain('De taak is gegeven.')
    expect(given.words).toContain('gegeven door Mirjam Amrani.')
    expect((await sara.get('/school/people')).words).toContain('Wie heeft welke taak?')

    const fields = (await mirjam.get(pageOf('sara'))).fields(`${pageOf('sara')}/end`)
    expect((await mirjam.post(`${pageOf('sara')}/end`, fields)).words).toContain('De taak is gestopt.')
    expect((await mirjam.post(`${pageOf('sara')}/end`, fields)).words, 'a second press shows the first').toContain('geen taak')
    expect((await sara.get('/school/people')).words).not.toContain('Wie heeft welke taak?')
    expect(await rolesOf('sara')).toEqual([])

    const els = await signIn(broker, app, world.people.els.email)
    const all = (await els.get('/school/mandates')).words
    expect(all, 'now').toMatch(/Nu, of straks: .* Ruud Amrani tekent voor het bestuur hele bestuur 1 augustus 2026 geen einde/)
    expect(all, 'and before').toMatch(/Vroeger: .* Sara Amrani regelt de vragen aan ouders hele bestuur .* Mirjam Amrani/)
    const nadia = await signIn(broker, app, world.people.nadia.email)
    expect((await nadia.get('/school/mandates')).words).not.toContain('Ruud')
  })

  test('a teacher is one of a group, until a day that is still to come', async () => {
    const wrong = await send(mirjam, pageOf('pim'), 'give', {
      role: 'teacher',
      school: world.schoolId,
      group: 'Groep 6',
      until: '2020-01-01',
    })
    expect([wrong.status, wrong.words.includes('Kies een dag die nog moet komen.')]).toEqual([400, true])
    const given = await send(mirjam, pageOf('pim'), 'give', {
      role: 'teacher',
      school: world.schoolId,
      group: 'Groep 6',
      until: '2027-06-30',
    })
    expect(given.words).toContain('De Regenboog, Groep 6')
    const past = await send(mirjam, pageOf('pim'), 'give', { role: 'teacher', school: '', group: '', from: '2020-01-01', until: '' })
    expect([past.status, past.words.includes('Kies vandaag of een dag die nog moet komen.')]).toEqual([400, true])
    expect(given.words).toContain('Tot en met 30 juni 2027.')
  })

  test('not to oneself, not to who does not work here, no deciding mandate to the data protection officer (P45)', async () => {
    expect((await mirjam.get(pageOf('mirjam'))).words).toContain('U kunt uzelf geen taak geven.')
    expect((await mirjam.get(pageOf('nadia'))).words).toContain('Alleen wie hier werkt, kan een taak krijgen.')
    const { form } = (await mirjam.get(pageOf('els'))).fields(`${pageOf('els')}/give`)
    const give = (name: keyof SmallWorld['people'], token: string) =>
      mirjam.post(`${pageOf(name)}/give`, { form: token, role: 'administrator', school: '', group: '', until: '' })
    expect((await give('els', form!)).status).toBe(409)
    expect((await give('mirjam', newId(broker.clock.now()))).status).toBe(403)
    expect((await give('nadia', newId(broker.clock.now()))).status).toBe(409)
    expect(await rolesOf('els')).toEqual(['dpo'])
  })

  test('the last administrator cannot be removed, and only of the person on the page a mandate ends', async () => {
    const [own] = await broker.owner<{ mandate_id: MandateId }[]>`
      select mandate_id from mandates where person_id = ${world.people.mirjam.id} and role = 'administrator'`
    const end = (page: string) => mirjam.post(`${page}/end`, { form: newId(broker.clock.now()), mandate: own!.mandate_id })
    expect((await end(pageOf('mirjam'))).status).toBe(409)
    expect((await end(pageOf('ruud'))).status).toBe(404)
    expect(await rolesOf('mirjam')).toContain('administrator')
  })

  test('who keeps the register without being administrator gives nothing', async () => {
    const joost = await signIn(broker, app, world.people.joost.email)
    const page = await joost.get(pageOf('sara'))
    expect(page.html).not.toContain('/give')
    const refused = await joost.post(`${pageOf('sara')}/give`, {
      form: newId(broker.clock.now()),
      role: 'dpo',
      school: '',
      group: '',
      until: '',
    })
    expect(refused.status).toBe(403)
    expect(await rolesOf('sara')).toEqual([])
  })
})

describe('People come into the register and are invited', () => {
  test('a mentor is entered with an address, found, and invited by mail', async () => {
    const page = await mirjam.get('/school/people')
    const wrong = await mirjam.post('/school/people', {
      ...page.fields('/school/people'),
      board: world.boardId,
      form: newId(broker.clock.now()),
      given: '',
      family: 'de Boer',
      email: 'geen adres',
      phone: '',
    })
    expect(wrong.status).toBe(400)
    expect(wrong.words).toContain('Vul een voornaam in.')
    expect(wrong.words).toContain('Dit is geen mailadres.')
    expect(wrong.html, 'what was typed is still there').toContain('value="de Boer"')

    const added = await mirjam.post('/school/people', {
      form: newId(broker.clock.now()),
      board: world.boardId,
      given: 'Anna',
      family: 'de Boer',
      email: 'Anna@Mentor.example',
      phone: '',
    })
    expect(added.words).toContain('Toegevoegd.')
    const path = added.html.match(/\/school\/people\/[0-9a-f-]{36}(?=">Anna de Boer)/)![0]
    expect((await send(mirjam, path, 'invite')).words).toContain('De uitnodiging is verstuurd.')
    await broker.settled()
    expect(broker.mails.at(-1)!.to).toBe('anna@mentor.example')
  })

  test('who has an account already, or no address, is not invited', async () => {
    expect((await mirjam.get(pageOf('nadia'))).html).not.toContain(`${pageOf('nadia')}/invite`)
    const [lot] = await addFamilies(broker, world, [{ given: 'Lot', guardians: [{ given: 'Petra' }] }])
    const petra = `/school/people/${lot!.guardians[0]!}`
    const withoutMail = await mirjam.get(petra)
    expect(withoutMail.words).toContain('Van deze persoon is geen mailadres bekend.')
    expect(withoutMail.html).not.toContain(`${petra}/invite`)
    expect((await mirjam.post(`${pageOf('nadia')}/invite`, { form: newId(broker.clock.now()), seen: '' })).status).toBe(409)
    expect((await mirjam.post(`${pageOf('fatima')}/invite`, { form: newId(broker.clock.now()), seen: '' })).status).toBe(409)
  })
})

describe('The register is for who keeps it', () => {
  test('a parent, a teacher and a signatory see no link, no names and no person', async () => {
    for (const name of ['nadia', 'pim', 'ruud'] as const) {
      const visitor = await signIn(broker, app, world.people[name].email)
      const page = await visitor.get('/school/people?q=fatima')
      expect(page.html, name).not.toContain('href="/school/people"')
      expect(page.words, name).not.toMatch(/fatima/i)
      expect((await visitor.get(pageOf('fatima'))).status, name).toBe(404)
      expect((await visitor.post(`${pageOf('fatima')}/invite`, { form: newId(broker.clock.now()), seen: '' })).status, name).toBe(404)
      broker.clock.pass({ minutes: 20 })
    }
  })

  test('somebody nobody has to do with yet is found with a mandate for any school', async () => {
    const other = newId(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${other}, 'De Zonnebloem', '99ZB', 'po')`
    await broker.owner`update mandates set school_id = ${other} where person_id = ${world.people.joost.id}`
    const joost = await signIn(broker, app, world.people.joost.email)
    expect((await joost.get('/school/people?q=anna')).words).toContain('Anna de Boer')
    await broker.owner`update mandates set school_id = null where person_id = ${world.people.joost.id}`
  })

  const anySchool = { 'where any school is one’s own': instead(/(\$\d+)::uuid\[\] is null/, 'true or $1::uuid[] is null') }
  race('with a mandate for another school one finds nobody of this one, also not with the link (INV-07)', anySchool, async () => {
    const other = newId(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${other}, 'De Zonnebloem', '99ZB', 'po')`
    await broker.owner`update mandates set school_id = ${other} where person_id = ${world.people.joost.id}`
    const joost = await signIn(broker, app, world.people.joost.email)
    for (const name of ['fatima', 'nadia', 'sara'])
      expect((await joost.get(`/school/people?q=${name}`)).words).toContain('Niemand gevonden.')
    expect((await joost.get(pageOf('fatima'))).status).toBe(404)
  })

  const anyBoard = {
    'where any board is one’s own': [
      { schema: 'alter table persons disable row level security' },
      instead(/p\.board_id = (\$\d+) and p\.erased_at/, '$1::uuid is not null and p.erased_at'),
    ],
  }
  race('another board’s people are nobody here, whoever asks (INV-07)', anyBoard, async () => {
    const { personId } = await createBoard(broker.deps, {
      name: 'Stichting Elders',
      oin: '00000099999999990077',
      schools: [],
      administrator: { givenName: 'Bea', familyName: 'Elders', email: 'bea@elders.example' },
    })
    expect((await mirjam.get('/school/people?q=bea')).words).toContain('Niemand gevonden.')
    expect((await mirjam.get(`/school/people/${personId}`)).status).toBe(404)
  })
})

test('an administrator the operator made begins here: signs in, claims the invitation, and finds the register', async () => {
  const { invitation } = await createBoard(broker.deps, {
    name: 'Stichting Nieuw',
    oin: '00000099999999990078',
    schools: [{ name: 'De Start', brin: '99ZC', sector: 'po' }],
    administrator: { givenName: 'Cas', familyName: 'Nieuw', email: 'cas@nieuw.example' },
  })
  const cas = await signIn(broker, app, 'cas@nieuw.example')
  const page = await cas.get('/invitation')
  const press = () => cas.post('/invitation', { ...page.fields('/invitation'), code: invitation })
  const first = await press()
  expect((await press()).words, 'the second press shows the first').toBe(first.words)
  expect((await mirjam.post('/invitation', { code: invitation })).status, 'for the others it is no code').toBe(400)
  expect((await cas.get('/school/people')).words).toContain('Cas Nieuw: beheerder')
})
