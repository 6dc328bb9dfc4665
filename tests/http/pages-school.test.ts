import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { newId, type RequestId } from '../../src/ids.ts'
import { askSchool, type SchoolAsk } from '../../src/requests/ask-school.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { pressedAgain, raceFrom } from '../support/race.ts'
import { arithmeticAsk } from '../support/requesting.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let mirjam: Visitor
let nadia: Visitor
let request: RequestId

async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  nadia = await signIn(broker, app, world.people.nadia.email)
}
beforeAll(begin)
afterAll(() => broker.close())
async function asking() {
  broker.clock.pass({ seconds: 61 })
  request = await ask()
}
beforeEach(asking)
const race = raceFrom(async () => {
  await begin()
  await asking()
})
afterEach(async () => {
  await expectLedgerWhole(broker, world.boardId)
  // Asking is rationed by meaning: what the next test asks has not been asked before.
  await broker.owner`update access_requests set withdrawn_at = ${broker.clock.now()}, refused_at = null, refused_by = null, refused_because = null`
  await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
})

async function ask(wish: Partial<SchoolAsk> = {}): Promise<RequestId> {
  const view = await askSchool(
    broker.deps,
    { clientId: world.clients.organisation, supplierId: world.supplierId },
    arithmeticAsk(world, { datatypes: ['arithmetic-results', 'practice-time'], ...wish }),
  )
  return view.requestId
}

const path = () => `/school/requests/${request}`
const open = (visitor: Visitor) => visitor.get(path())
const send = async (verb: string, fields: Record<string, string | string[]> = {}, visitor = mirjam) => {
  const action = `${path()}/${verb}`
  return await visitor.post(action, { ...(await open(visitor)).fields(action), ...fields })
}
const match = () => send('match', { person: world.people.fatima.id })
const forward = () => send('forward', { alternative: 'De juf helpt zonder.', alternative_en: '', basis: 'consent', motivation: '' })
const answer = async (says: 'yes' | 'no') => {
  const home = await nadia.get('/')
  const question = home.html.match(/\/questions\/[\w-]{36}/)![0]
  return await nadia.post(question, { ...(await nadia.get(question)).fields(question), answer: says, reviewed: '1' })
}
const statusOf = async () =>
  (
    await broker.owner`select forwarded_at is not null as forwarded, refused_at is not null as refused,
    (select count(*)::int from releases r where r.request_id = q.request_id and r.withdrawn_at is null) as releases
    from access_requests q where request_id = ${request}`
  )[0]

describe('The four steps over the web (K09)', () => {
  test('a supplier asks, the school matches and passes on, the parent says yes, the school releases and takes back', async () => {
    const inbox = await mirjam.get('/school')
    expect(inbox.words).toContain('Wacht op de school Reken Plus B.V. vraagt: rekenresultaten en oefentijd nieuw')
    const page = await open(mirjam)
    expect(page.words).toContain('Zo ziet de begeleider waar Fatima moeite mee heeft.')
    expect(page.words).toContain('Van 16 november 2026 tot en met 1 februari 2027.')
    expect(page.words).toContain('Er is een contract dat dit dekt.')
    expect(page.words).toContain('Fatima, groep 6')
    expect(page.html, 'the only one who fits is proposed').toMatch(
      new RegExp(`<option value="${world.people.fatima.id}" selected[^>]*>Fatima Amrani, Groep 6`),
    )
    expect((await match()).words).toContain('Bewaard.')
    const [kept] = await broker.owner`select hint, subject_id from request_subjects where request_id = ${request}`
    expect(kept).toEqual({ hint: null, subject_id: world.people.fatima.id })

    expect((await forward()).words).toContain('De vraag is verstuurd.')
    await broker.settled()
    expect(broker.mails.at(-1)?.subject).toBe('Een vraag via Stichting De Waterlelie Onderwijs')
    expect((await open(mirjam)).words).toContain('0 van de 1 zeiden ja.')
    const early = await send('release')
    expect(early.status).toBe(409)
    expect(early.words).toContain('Nog niemand zei ja.')

    await answer('yes')
    expect((await open(mirjam)).words).toContain('1 van de 1 zeiden ja.')
    expect((await send('release')).words).toContain('Doorgegeven.')
    expect(await statusOf()).toMatchObject({ releases: 1 })
    expect((await send('withdraw-release')).words).toContain('Teruggenomen.')
    expect(await statusOf()).toMatchObject({ releases: 0 })
  })

  test('K20 a request takes the school three presses and the parent two: who it is, ask, pass on; yes, and yes again once it was read', async () => {
    const [school, parent] = [vi.spyOn(mirjam, 'post'), vi.spyOn(nadia, 'post')]
    await match()
    await forward()
    const question = (await nadia.get('/')).html.match(/\/questions\/[\w-]{36}/)![0]
    const review = await nadia.post(question, { ...(await nadia.get(question)).fields(question), answer: 'yes' })
    await nadia.post(question, { ...review.fields(question), answer: 'yes', reviewed: '1' })
    await send('release')
    expect(await statusOf()).toMatchObject({ releases: 1 })
    expect([school, parent].map((pressed) => pressed.mock.calls.length)).toEqual([3, 2])
    school.mockRestore()
    parent.mockRestore()
  })

  test('the school makes a request smaller, and only smaller', async () => {
    expect((await send('narrow', { until: '' })).words).toContain('Kies wat u wilt weglaten.')
    const narrowed = await send('narrow', { without: 'practice-time', until: '2026-12-31' })
    expect(narrowed.words).toContain('De school heeft deze aanvraag kleiner gemaakt.')
    const [row] = await broker.owner`select datatypes, ends_at from access_requests where request_id = ${request}`
    expect(row).toEqual({ datatypes: ['arithmetic-results'], ends_at: new Date('2026-12-31T23:00:00Z') })
    expect((await send('narrow', { until: '2027-02-01' })).words).toContain('U kunt een aanvraag kleiner maken, niet groter.')
  })

  test('and refuses it, with a reason that stays at school', async () => {
    const empty = await send('refuse', { because: ' ' })
    expect(empty.status).toBe(400)
    expect(empty.words).toContain('Schrijf op waarom u weigert.')
    expect((await send('refuse', { because: 'Dit is niet nodig.' })).words).toContain('Geweigerd.')
    expect(await statusOf()).toMatchObject({ refused: true })
    expect((await open(mirjam)).html).not.toContain('/forward')
  })

  test('where the supplier names nobody, the school looks for pupils and picks them', async () => {
    request = await ask({ subjects: 'school_picks', datatypes: ['arithmetic-results'], endsAt: new Date('2027-01-31T23:00:00Z') })
    expect((await open(mirjam)).words).toContain('De school kiest zelf over wie het gaat.')
    const found = await mirjam.get(`${path()}?find=groep+6`)
    expect(found.words).toContain('Fatima Amrani, Groep 6')
    const picked = await mirjam.post(`${path()}/pick`, { ...found.fields(`${path()}/pick`), person: world.people.fatima.id })
    expect(picked.words).toContain('Bewaard.')
    expect((await forward()).words).toContain('De vraag is verstuurd.')
  })

  test('about staff nobody at school sees who said what (D01)', async () => {
    request = await ask({ subjectKind: 'employee', subjects: [{ reference: 's1', hint: 'Sara, secretaresse' }] })
    await send('match', { person: world.people.sara.id })
    expect((await forward()).words, 'not before the council').toContain('moet eerst de medezeggenschapsraad instemmen')
    const unknown = await send('council', { about: 'Benchmark', on: '2099-01-01' })
    expect([unknown.status, unknown.words.split('Kies een dag die al geweest is.').length]).toEqual([400, 3])
    expect((await send('council', { about: 'Benchmark', on: '2026-09-01' })).words).toContain('De PMR stemde in op 1 september 2026.')
    await forward()
    const sara = await signIn(broker, app, world.people.sara.email)
    const question = (await sara.get('/')).html.match(/\/questions\/[\w-]{36}/)![0]
    await sara.post(question, { ...(await sara.get(question)).fields(question), answer: 'no', reviewed: '1' })
    const page = await open(mirjam)
    expect(page.words).toContain('Antwoorden van medewerkers ziet niemand.')
    expect(page.words).not.toMatch(/zeiden ja| nee /)
  })
})

describe('K11 The inbox says what a request comes to', () => {
  const inbox = async () => (await mirjam.get('/school')).words

  test('unforeseen: to be asked; covered already: there is nothing to ask, and it goes on in one press', async () => {
    expect(await inbox()).toContain('Kies eerst over wie het gaat.')
    await match()
    expect(await inbox()).toContain('Nieuw gebruik. Dit moet u eerst vragen. Zo veel leerlingen: 1.')
    await forward()
    await answer('yes')
    request = await ask({ datatypes: ['arithmetic-results'], subjects: [{ reference: 'cliënt-18' }] })
    await match()
    expect(await inbox()).toContain('Al geregeld. Iedereen is hier al naar gevraagd.')
    const page = await open(mirjam)
    expect(page.html, 'no question, so nothing to write').not.toContain('name="alternative"')
    const mails = broker.mails.length
    expect((await send('pass')).words).toContain('U hoeft niets te vragen.')
    expect((await send('release')).words).toContain('Doorgegeven.')
    await broker.settled()
    expect(broker.mails.slice(mails).filter(({ to }) => to.includes(world.people.nadia.email))).toEqual([])
  })

  test('not allowed, with the reason, in the inbox and on its page; and it cannot be sent on', async () => {
    await match()
    const ended = await broker.owner`update onward_clauses set ended_at = ${broker.clock.now()} where ended_at is null returning clause_id`
    const reason = 'Dit mag niet. Het bestuur sprak nog niet af dat dit bedrijf deze gegevens mag geven.'
    expect(await inbox()).toContain(reason)
    const page = await open(mirjam)
    expect(page.words).toContain(reason)
    expect(page.html).not.toMatch(/action="[^"]*\/(forward|pass)"/)
    const { form } = page.fields(`${path()}/refuse`)
    const pressed = await mirjam.post(`${path()}/forward`, {
      form: form!,
      seen: '0'.repeat(64),
      alternative: 'Niets.',
      alternative_en: '',
      basis: 'consent',
      motivation: '',
    })
    expect(pressed.status).toBe(409)
    await broker.owner`update onward_clauses set ended_at = null where clause_id = any(${ended.map(({ clause_id }) => clause_id as string)})`
  })

  test('what the school wrote last about this service stands ready', async () => {
    await match()
    await forward()
    await broker.owner`update access_requests set withdrawn_at = ${broker.clock.now()} where request_id = ${request}`
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    request = await ask({ subjects: [{ reference: 'cliënt-20' }] })
    expect((await open(mirjam)).html).toMatch(/name="alternative"[^>]*>De juf helpt zonder\.</)
  })
})

describe('Two of the staff at one request: the second sees what the first did, and loses nothing', () => {
  const written = { alternative: 'De juf helpt zonder.', alternative_en: '', basis: 'consent', motivation: '' }

  test('who sends on what a colleague made smaller meanwhile sees that first, with what they had typed', async () => {
    await match()
    const joost = await signIn(broker, app, world.people.joost.email)
    const read = (await open(joost)).fields(`${path()}/forward`)
    await send('narrow', { without: 'practice-time', until: '' })
    const second = await joost.post(`${path()}/forward`, { ...read, ...written })
    expect(second.status).toBe(409)
    expect(second.words).toContain('Iemand was u voor.')
    expect(second.words).toContain('Dit had u zelf ingevuld: De juf helpt zonder.')
    expect(second.words).toContain('De school heeft deze aanvraag kleiner gemaakt.')
    expect(await statusOf()).toMatchObject({ forwarded: false })
    const again = { ...second.fields(`${path()}/forward`), ...written }
    expect((await joost.post(`${path()}/forward`, again)).words, 'and goes on from there').toContain('De vraag is verstuurd.')
  })

  test('who refuses what a colleague sent on meanwhile, or sends it on again, sees how it is now', async () => {
    await match()
    const joost = await signIn(broker, app, world.people.joost.email)
    const read = (await open(joost)).fields(`${path()}/forward`)
    await forward()
    const second = await joost.post(`${path()}/forward`, { ...read, ...written })
    expect([second.status, second.words.includes('Iemand was u voor.')]).toEqual([409, true])
    expect(second.words).toContain('0 van de 1 zeiden ja.')
  })
})

describe('What is wrong is told where it is wrong', () => {
  test('a question without what happens at no is not sent, and what was typed stays (K25)', async () => {
    await match()
    const page = await send('forward', { alternative: ' ', alternative_en: 'The teacher helps.', basis: 'consent', motivation: '' })
    expect(page.status).toBe(400)
    expect(page.words).toContain('Schrijf op wat er gebeurt als iemand nee zegt.')
    expect(page.html).toContain('The teacher helps.</textarea>')
    expect(await statusOf()).toMatchObject({ forwarded: false })
  })

  test('legitimate interest needs its weighing (K24)', async () => {
    await match()
    const page = await send('forward', { alternative: 'Niets.', alternative_en: '', basis: 'legitimate_interest', motivation: '' })
    expect(page.status).toBe(400)
    expect(page.words).toContain('Leg uit waarom er geen toestemming nodig is.')
  })

  test('nobody is asked before everybody is matched', async () => {
    const page = await forward()
    expect(page.status).toBe(409)
    expect(page.words).toContain('Kies eerst voor elke leerling wie het is.')
  })

  race('pressing twice does it once and shows the first (INV-06)', pressedAgain, async () => {
    await match()
    const action = `${path()}/forward`
    const fields = { ...(await open(mirjam)).fields(action), alternative: 'x', alternative_en: '', basis: 'consent', motivation: '' }
    const presses = await Promise.all([mirjam.post(action, fields), mirjam.post(action, fields), mirjam.post(action, fields)])
    expect(presses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await broker.owner`select from ledger where event = 'request_forwarded' and ref = ${request}`).toHaveLength(1)
  })
})

describe('Who has no task sees and does nothing (INV-08, P37)', () => {
  test('a parent, a secretary and a teacher find no request; it looks as if there were none', async () => {
    const action = `${path()}/refuse`
    const fields = { ...(await open(mirjam)).fields(action), because: 'x' }
    for (const who of ['nadia', 'sara', 'pim'] as const) {
      const visitor = await signIn(broker, app, world.people[who].email)
      expect((await visitor.get('/school')).words).toContain(who === 'pim' ? 'Wie mag mee?' : 'U heeft hier geen taak.')
      const foreign = await open(visitor)
      const nowhere = await visitor.get(`/school/requests/${newId(broker.clock.now())}`)
      expect([foreign.status, foreign.words], who).toEqual([nowhere.status, nowhere.words])
      expect((await visitor.post(action, fields)).status).toBe(404)
    }
    expect(await statusOf()).toMatchObject({ refused: false })
  })

  test('the data protection officer looks and decides nothing (P45)', async () => {
    const action = `${path()}/refuse`
    const fields = { ...(await open(mirjam)).fields(action), because: 'x' }
    const els = await signIn(broker, app, world.people.els.email)
    const page = await open(els)
    expect(page.words).toContain('U kunt dit bekijken.')
    expect(page.html).not.toMatch(/method="post" action="\/school/)
    const refused = await els.post(action, fields)
    expect(refused.status).toBe(403)
    expect(await statusOf()).toMatchObject({ refused: false })
    const tried = (await told(broker, 'attempt_refused')).filter(({ actor }) => actor === `person:${world.people.els.id}`)
    expect(tried.map(({ facts }) => facts.code)).toEqual(['mandate_missing'])
  })

  test('what a supplier asks directly, nobody at school ever sees (K14)', async () => {
    const direct = await asked(broker, world, { approach: 'subject', datatypes: ['practice-time'] })
    for (const who of ['mirjam', 'els', 'joost'] as const) {
      const visitor = await signIn(broker, app, world.people[who].email)
      for (const page of ['/school', '/school/objections', path()]) expect((await visitor.get(page)).html).not.toContain(direct)
    }
  })
})

describe('The school decides on objections with reasons (P21)', () => {
  const object = async () => {
    const told = await asked(broker, world, { basis: 'public_task', datatypes: ['practice-time'] })
    await nadia.post(`/consents/${told}/object`)
    return told
  }

  test('granting keeps the data back, and the parent reads it', async () => {
    const told = await object()
    const page = await mirjam.get('/school/objections')
    expect(page.words).toContain('Over Fatima Amrani Gemaakt door Nadia Amrani')
    expect(page.words).toContain('Beslis uiterlijk op 14 december 2026.')
    const action = page.html.match(/\/school\/objections\/[\w-]{36}/)![0]
    const empty = await mirjam.post(action, { ...page.fields(action), reasons: '', decision: 'grant' })
    expect(empty.words).toContain('Leg uw besluit uit.')
    const decided = await mirjam.post(action, { ...empty.fields(action), reasons: 'De juf kan zonder.', decision: 'grant' })
    expect(decided.words).toContain('Uw besluit is opgeslagen.')
    const mine = await nadia.get(`/consents/${told}`)
    expect(mine.words).toContain('De school geeft u gelijk. Er wordt niets gedeeld.')
    expect(mine.words).toContain('Wat de school erover zegt De juf kan zonder.')
    expect(
      (await mirjam.post(action, { ...empty.fields(action), reasons: 'x', decision: 'reject' })).words,
      'a second press',
    ).not.toContain('Dat lukte niet')
  })

  test('rejecting lifts it; nobody without the task decides', async () => {
    const told = await object()
    const page = await mirjam.get('/school/objections')
    const action = page.html.match(/\/school\/objections\/[\w-]{36}/)![0]
    const fields = { ...page.fields(action), reasons: 'Het moet.', decision: 'reject' }
    const pim = await signIn(broker, app, world.people.pim.email)
    expect((await pim.post(action, fields)).status).toBe(404)
    const els = await signIn(broker, app, world.people.els.email)
    expect((await els.post(action, { ...fields, form: newId(broker.clock.now()) })).status).toBe(403)
    expect((await mirjam.post(action, fields)).words).toContain('Uw besluit is opgeslagen.')
    expect((await nadia.get(`/consents/${told}`)).words).toContain('De school geeft u geen gelijk.')
  })
})
