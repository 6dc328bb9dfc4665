import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { asked } from '../support/asked.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { liveToken } from '../support/live-token.ts'
import { anybodysTask, instead, raceFrom } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import type { Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let nadia: Visitor
let mirjam: Visitor
let joost: Visitor
let els: Visitor
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  nadia = await signIn(broker, app, world.people.nadia.email)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  joost = await signIn(broker, app, world.people.joost.email)
  els = await signIn(broker, app, world.people.els.email)
  const given = await consented(broker, world)
  await liveToken(broker, world, given)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(async () => {
  broker.clock.pass({ minutes: 1 })
  await broker.owner`update rights_cases set closed_at = ${broker.clock.now()}, closed_by = 'job', outcome = 'withdrawn' where closed_at is null`
})

const askFor = async (right: string, fields: Record<string, string> = {}, visitor = nadia): Promise<Seen> => {
  const path = `/rights/ask/${right}`
  return await visitor.post(path, { ...(await visitor.get(path)).fields(path), who: world.people.fatima.id, words: '', ...fields })
}
const idIn = ({ path }: Seen) => path.match(/cases\/([\w-]{36})/)![1]!
const send = async (visitor: Visitor, page: string, action: string, fields: Record<string, string | string[]> = {}) =>
  await visitor.post(action, { ...(await visitor.get(page)).fields(action), ...fields })

describe('A mother uses a right, over the web', () => {
  test('sees the six with what each means, asks, and follows it until the answer', async () => {
    await nadia.get('/')
    const rights = await nadia.get('/rights')
    for (const right of ['Bekijken', 'Verbeteren', 'Weghalen', 'Bezwaar maken', 'Even apart zetten', 'Meenemen'])
      expect(rights.words).toContain(right)
    const made = await askFor('rectification', { words: 'De toets van mei is niet van Fatima.' })
    expect(made.words).toContain('Uw verzoek is verstuurd.')
    expect(made.words).toContain('16 december 2026')
    const path = `/school/cases/${idIn(made)}`
    expect((await mirjam.get('/school/cases')).words).toContain('Verbeteren: Fatima Amrani')
    broker.clock.pass({ minutes: 31 })
    await send(mirjam, path, `${path}/take`)
    expect((await nadia.get('/')).words, 'and home tells it on her next visit').toMatch(
      /Nieuw sinds uw vorige bezoek .* De school is bezig met uw verzoek Verbeteren: Fatima/,
    )
    expect((await nadia.get(`/rights/cases/${idIn(made)}`)).words).toContain('iemand is ermee bezig')
    const tasks = await send(mirjam, path, `${path}/tasks`, { instruction: 'Haal de toets van 3 mei weg.' })
    expect(tasks.words).toContain('De bedrijven hebben hun taak gekregen.')
    expect(tasks.words).toContain('Reken Plus B.V.')
    const closed = await send(mirjam, path, `${path}/close`, { outcome: 'granted', closing: 'De toets is weg.' })
    expect(closed.words).toContain('Het antwoord is verstuurd.')
    const mine = await nadia.get(`/rights/cases/${idIn(made)}`)
    expect(mine.words).toContain('De toets is weg.')
    expect(mine.words).toContain('Reken Plus B.V.: uiterlijk')
    const home = await nadia.get('/')
    expect(home.words).toContain('De school gaf antwoord op uw verzoek')
    expect(home.html).toContain(`/rights/cases/${idIn(made)}`)
    await broker.settled()
    const mails = broker.mails.filter(({ to }) => to === world.people.nadia.email).map(({ subject }) => subject)
    expect(mails).toEqual(expect.arrayContaining(['Wij hebben uw verzoek ontvangen', 'Er is nieuws over uw verzoek']))
    expect(JSON.stringify(broker.mails)).not.toMatch(/Fatima|toets van/)
  })

  // It is 16 November: a month, and for an objection four weeks (P21).
  test.each([
    ['access', 'Bekijken', '', '16 december 2026', 'vertellen wat het heeft'],
    ['rectification', 'Verbeteren', 'De toets van mei is niet van Fatima.', '16 december 2026', 'verbeteren'],
    ['erasure', 'Weghalen', 'De toets van mei.', '16 december 2026', 'wissen'],
    ['objection', 'Bezwaar maken', 'Ik wil deze toetsen niet.', '14 december 2026', 'niet meer gebruiken'],
    ['restriction', 'Even apart zetten', 'De toets van mei, tot u het weet.', '16 december 2026', 'apart zetten'],
    ['portability', 'Meenemen', '', '16 december 2026', 'vertellen wat het heeft'],
  ])('P20, P21 from her page to the answer, with its day on hers and at school: %s', async (right, name, words, due, task) => {
    expect((await nadia.get('/rights')).html).toContain(`href="/rights/ask/${right}"`)
    const form = await nadia.get(`/rights/ask/${right}`)
    expect(form.words).toContain(`binnen ${right === 'objection' ? '4 weken' : 'een maand'}.`)
    const empty = await askFor(right)
    expect(empty.status, 'what nobody can guess has to be said').toBe(words ? 400 : 200)
    const made = words ? await askFor(right, { words }) : empty
    expect(made.words).toContain(`Antwoord uiterlijk ${due}`)
    expect((await nadia.get('/rights')).words).toContain(`${name}: Fatima Amrani wacht op behandeling Antwoord uiterlijk ${due}`)
    const path = `/school/cases/${idIn(made)}`
    expect((await mirjam.get('/school/cases')).words).toContain(`Antwoord uiterlijk op ${due}`)
    const atSchool = await mirjam.get(path)
    expect(atSchool.words).toContain(`${name}: Fatima Amrani`)
    expect(atSchool.words).toContain(`Antwoord uiterlijk op ${due}`)
    expect(atSchool.html.includes(`${path}/extend`), 'nobody takes longer over an objection').toBe(right !== 'objection')
    await send(mirjam, path, `${path}/take`)
    await send(mirjam, path, `${path}/tasks`, { instruction: '' })
    expect((await nadia.get(`/rights/cases/${idIn(made)}`)).words).toContain(`Reken Plus B.V.: uiterlijk ${due}. (${task})`)
    await send(mirjam, path, `${path}/close`, { outcome: 'granted', closing: 'Hier is het antwoord.' })
    expect((await nadia.get(`/rights/cases/${idIn(made)}`)).words).toContain('Hier is het antwoord.')
    expect((await nadia.get('/rights')).words).toContain(`${name}: Fatima Amrani gedaan`)
  })

  test('errors stand at the field and on top, and what was typed is kept; a second press shows the first', async () => {
    for (const words of [' ', 'Weg ermee\u202e', 'a'.repeat(2001)]) {
      const wrong = await askFor('erasure', { words })
      expect([wrong.status, wrong.words.split('Schrijf op wat u wilt, in gewone letters').length]).toEqual([400, 3])
    }
    const ofAPhone = `${'a\r\n'.repeat(900)}\t👩🏽‍👩‍👧 می‌خواهم`
    expect((await askFor('restriction', { words: ofAPhone })).words, 'what the field itself took').toContain('👩🏽‍👩‍👧 می‌خواهم')
    const page = await nadia.get('/rights/ask/erasure')
    const fields = { ...page.fields('/rights/ask/erasure'), who: world.people.fatima.id, words: 'De foto’s van vorig jaar.' }
    const made = await nadia.post('/rights/ask/erasure', fields)
    expect(made.path).toContain('/rights/cases/')
    expect((await nadia.post('/rights/ask/erasure', fields)).path).toBe(made.path)
    const again = await nadia.get('/rights/ask/erasure')
    const refused = { ...again.fields('/rights/ask/erasure'), who: world.people.fatima.id, words: 'Nogmaals', 'words.dir': 'ltr' }
    for (const press of ['first', 'second']) {
      const told = await nadia.post('/rights/ask/erasure', refused)
      expect([told.status, told.words.includes('Dit verzoek loopt al.')], press).toEqual([409, true])
      expect(told.html, 'what was typed is kept').toContain('Nogmaals')
    }
    expect((await nadia.get('/rights/ask/steal')).status).toBe(404)
  })

  const another = `(select p.person_id from persons p where p.board_id = rights_cases.board_id and p.given_name = 'Mirjam') as made_by`
  const opened = {
    ...anybodysTask,
    'where a case is also another’s': instead(/^select \*(?= from "rights_cases")/, `select *, ${another}`),
  }
  race('takes it back; nobody else opens it', opened, async () => {
    const made = await askFor('access')
    const path = `/rights/cases/${idIn(made)}`
    expect((await mirjam.get(path)).status).toBe(404)
    expect((await nadia.get(`/school${path.slice('/rights'.length)}`)).status, 'nor as staff, who is none').toBe(404)
    expect((await nadia.post(`${path}/withdraw`)).words).toContain('door u ingetrokken')
    expect((await nadia.post(`${path}/withdraw`)).words).toContain('door u ingetrokken')
  })

  test('whose say is over keeps what they asked, and is told nothing that came after', async () => {
    const karim = await signIn(broker, app, world.people.karim.email)
    const made = await askFor('rectification', { words: 'De toets van juni is niet van Fatima.' }, karim)
    const path = `/school/cases/${idIn(made)}`
    await send(mirjam, path, `${path}/take`)
    broker.clock.pass({ minutes: 1 })
    await broker.owner`update guardianships set ends_at = ${broker.clock.now()} where guardian_id = ${world.people.karim.id}`
    broker.clock.pass({ minutes: 1 })
    await broker.settled()
    broker.mails.length = 0
    await send(mirjam, path, `${path}/tasks`, { instruction: 'Haal de toets van juni weg.' })
    await send(mirjam, path, `${path}/close`, { outcome: 'granted', closing: 'Die toets is weg.' })
    await broker.settled()
    const mine = await karim.get(`/rights/cases/${idIn(made)}`)
    expect(mine.words).toContain('De toets van juni is niet van Fatima.')
    expect(mine.words).toContain('iemand is ermee bezig')
    expect(mine.words).not.toMatch(/Die toets is weg|Reken Plus|Gedaan/)
    expect(broker.mails.filter(({ to }) => to === world.people.karim.email)).toEqual([])
    await broker.owner`update guardianships set ends_at = null where guardian_id = ${world.people.karim.id}`
    expect((await karim.get(`/rights/cases/${idIn(made)}`)).words).toContain('Die toets is weg.')
  })

  test('what the broker holds is a page and a file', async () => {
    const page = await nadia.get(`/rights/held/${world.people.fatima.id}`)
    expect(page.words).toContain('Wat wij bewaren over Fatima Amrani')
    expect(page.words).toContain('Toegang gegeven: 1 keer.')
    const file = await nadia.get(`/rights/held/${world.people.fatima.id}/file`)
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="\d{4}-\d\d-\d\d\.json"$/)
    expect(JSON.parse(file.html)).toMatchObject({ person: { givenName: 'Fatima' } })
    expect((await nadia.get(`/rights/held/${world.people.karim.id}`)).status).toBe(404)
    expect((await nadia.get(`/rights/held/${world.people.nadia.id}`)).words).toContain('nadia@gezin.example')
  })

  test('an objection to what the school shares has its own button; the form is for the rest', async () => {
    const consentId = await asked(broker, world, { basis: 'public_task' })
    expect((await nadia.get('/rights/ask/objection')).html).toContain(`/consents/${consentId}/object`)
  })
})

describe('Staff handle it', () => {
  test('two at once: the second sees what the first did, keeps what was typed, and can go on', async () => {
    const path = `/school/cases/${idIn(await askFor('access'))}`
    const [first, second] = [await mirjam.get(path), await joost.get(path)]
    await mirjam.post(`${path}/take`, first.fields(`${path}/take`))
    const late = await joost.post(`${path}/close`, { ...second.fields(`${path}/close`), outcome: 'partly', closing: 'Een deel kan.' })
    expect(late.status).toBe(409)
    expect(late.words).toContain('Een collega was u voor.')
    expect(late.words).toContain('Mirjam Amrani')
    expect(late.html).toContain('Een deel kan.')
    const again = await joost.post(`${path}/close`, { ...late.fields(`${path}/close`), outcome: 'partly', closing: 'Een deel kan.' })
    expect(again.words).toContain('Het antwoord is verstuurd.')
  })

  test('more time: the reason is told; letters print each step; the DPO looks and has no button', async () => {
    const made = await askFor('access')
    const path = `/school/cases/${idIn(made)}`
    expect((await send(mirjam, path, `${path}/extend`, { because: '' })).status).toBe(400)
    const longer = await send(mirjam, path, `${path}/extend`, { because: 'Het archief is groot.' })
    expect(longer.words).toContain('Er is meer tijd.')
    expect((await nadia.get(`/rights/cases/${idIn(made)}`)).words).toContain('Het archief is groot.')
    const letter = await mirjam.get(`${path}/letters/extension`)
    expect(letter.words).toContain('U krijgt uiterlijk op 16 februari 2027 antwoord.')
    expect((await mirjam.get(`${path}/letters/receipt`)).words).toContain('Aan Nadia Amrani')
    expect((await mirjam.get(`${path}/letters/answer`)).status).toBe(404)
    const looking = await els.get(path)
    expect(looking.status).toBe(200)
    expect(looking.html).not.toContain(`action="${path}`)
    expect((await nadia.get(path)).status).toBe(404)
  })

  test('A09 a request on paper: found, written down, on the list', async () => {
    const found = await mirjam.get('/school/cases/record?q=fatima')
    const link = found.html.match(/\/school\/cases\/record\?person=[\w-]{36}/)![0]
    const form = await mirjam.get(link)
    const fields = {
      ...form.fields('/school/cases/record'),
      by: world.people.karim.id,
      right: 'access',
      method: 'paper',
      on: '2026-11-10',
      words: '',
    }
    expect((await mirjam.post('/school/cases/record', { ...fields, on: '2027-01-01' })).words).toContain('Kies een dag die al is geweest.')
    const done = await mirjam.post('/school/cases/record', fields)
    expect(done.words).toContain('Het verzoek staat op de lijst.')
    expect(done.words).toContain('10 december 2026')
  })
})

describe('What has to be done', () => {
  test('a picture to take down: with its channel, what print means, and done when somebody says so', async () => {
    const consentId = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    await asking(broker, world).answer(world.people.nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    const page = await mirjam.get('/school/duties')
    expect(page.words).toContain('De school: foto weghalen')
    expect(page.words).toContain('Wat is gedrukt, kan niet terug.')
    const action = page.html
      .match(/action="(\/school\/duties\/[\w-]{36})"/g)!
      .map((one) => one.slice(8, -1))
      .find((path) => page.html.includes(path))!
    const fields = page.fields(action)
    broker.clock.pass({ days: 8 })
    mirjam = await signIn(broker, app, world.people.mirjam.email)
    els = await signIn(broker, app, world.people.els.email)
    expect((await mirjam.get('/school/duties')).words).toContain('Te laat')
    expect((await els.get('/school/duties')).html).not.toContain('action="/school/duties/')
    const done = await mirjam.post(action, { ...fields, note: 'Weggehaald.' })
    expect(done.words).toContain('Bewaard.')
  })

  test('a supplier’s letter: every subprocessor ticked, or it is not ready', async () => {
    const given = await consented(broker, world)
    await withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId)
    const page = await mirjam.get('/school/duties')
    const [duty] = await broker.owner<
      { duty_id: string; subprocessors: string[] }[]
    >`select duty_id, subprocessors from duties where consent_id = ${given.consentId}`
    const action = `/school/duties/${duty!.duty_id}`
    const half = await mirjam.post(action, { ...page.fields(action), note: '' })
    expect([half.status, half.words.includes('Kruis elk bedrijf aan dat het ook deed.')]).toEqual([400, true])
    const ticked = { ...half.fields(action), subprocessor: duty!.subprocessors }
    const bad = await mirjam.post(action, { ...ticked, note: 'Per \u202ebrief.' })
    const field = `note-${duty!.duty_id}`
    expect([bad.status, bad.html]).toEqual([400, expect.stringContaining(`href="#${field}"`)])
    expect(bad.html, 'it is told at the field').toContain(`id="${field}-error">Dit is te lang`)
    expect(bad.html, 'what was typed is still there').toContain('Per \u202ebrief.')
    const whole = await mirjam.post(action, { ...ticked, note: 'Per brief.' })
    expect(whole.words).toContain('Per brief.')
  })

  test('in English too', async () => {
    const english = await signIn(broker, app, world.people.karim.email)
    await english.post('/language', { language: 'en', back: '/rights' })
    const rights = (await english.get('/rights')).words
    expect(rights).toContain('Set apart for now')
    expect(rights, 'who is responsible for what').toMatch(/goes to the school\..+goes to that company\..+who runs this site\./)
    expect((await english.get('/rights/ask/portability')).words).toContain('You get an answer within a month.')
  })
})
