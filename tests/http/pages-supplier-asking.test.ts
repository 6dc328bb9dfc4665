import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Env } from '../../src/http.ts'
import { newSecret, type RequestId } from '../../src/ids.ts'
import { askPrepared } from '../../src/requests/ask-prepared.ts'
import { cancelLinkCode, makeLinkCode } from '../../src/requests/link-codes.ts'
import { readyAsksOf } from '../../src/requests/prepared-asks.ts'
import { releaseRequest } from '../../src/requests/release-request.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { questionsAsked } from '../support/driver.ts'
import { requesting } from '../support/requesting.ts'
import { sentAround } from '../support/sent-around.ts'
import { signIn } from '../support/signed-in.ts'
import { colleagueOf, type Tutor, tutorOf } from '../support/tutor.ts'
import { type Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let app: Hono<Env>
let world: SmallWorld
let roos: Tutor
let visitor: Visitor
let here: string
let use: string
beforeAll(async () => {
  broker = await freshBroker()
  app = createApp(() => broker.deps)
  world = await smallWorld(broker)
  roos = await tutorOf(broker, world.supplierId)
  visitor = await signIn(broker, app, roos.email)
  here = `/supplier/${world.supplierId}/asking`
  use = `?service=${world.serviceId}&holder=${world.holderId}`
})
afterAll(() => broker.close())

const refused = async (work: Promise<unknown>) => await work.then(() => 'done').catch((error: { code?: string }) => error.code)

const fields = {
  school: '99ZA',
  other: '',
  data: ['arithmetic-results'],
  part: '',
  purpose: '5.1.a',
  from: '',
  until: '2027-02-01',
  occasion: 'De ouders meldden hun kind aan.',
  reason: 'Zo ziet de begeleider waar uw kind moeite mee heeft.',
  reason_en: '',
  kind: 'pupil',
  subjects: 'RP-1; Fatima, groep 6',
}

async function sendTo(where: 'school' | 'person', changed: Record<string, string | string[]>): Promise<Seen> {
  const path = `${here}/${where}${use}`
  const page = await visitor.get(path)
  return await visitor.post(path, { ...page.fields(`${here}/${where}`), ...changed })
}

const newestRequest = async ({ schoolPicks = false } = {}): Promise<RequestId> =>
  (await broker.owner`select request_id from access_requests where school_picks = ${schoolPicks}`)[0]!.request_id as RequestId

describe('Reken Plus asks the school in the web app (K09, K18)', () => {
  test('all that was left open is told at once', async () => {
    const told = ({ html }: Seen) =>
      [...html.matchAll(/<a [^>]*href="#(\w+)"/g)].map(([, field]) => field).filter((field) => field !== 'content')
    const open = { part: '', from: '', reason_en: '', data: [], purpose: '', until: '', occasion: '', reason: '' }
    const lacking = ['data', 'purpose', 'until', 'occasion', 'reason']
    const toSchool = await sendTo('school', { ...open, school: '', other: '', kind: 'pupil', subjects: '' })
    expect(told(toSchool)).toEqual(['school', ...lacking, 'subjects'])
    expect(told(await sendTo('person', { ...open, reference: 'RP-1' }))).toEqual(lacking)
  })

  test('what a blank cheque lacks is told at its field, with what was typed', async () => {
    for (const [change, field] of [
      [{ purpose: '' }, 'purpose'],
      [{ data: [] }, 'data'],
      [{ until: '' }, 'until'],
      [{ until: '2029-01-01' }, 'until'],
      [{ until: '2026-01-01' }, 'until'],
      [{ occasion: '' }, 'occasion'],
      [{ reason: '' }, 'reason'],
      [{ reason: 'Dan sturen wij gerichte reclame.' }, 'reason'],
      [{ subjects: '' }, 'subjects'],
      [{ subjects: 'Fatima Amrani' }, 'subjects'],
      [{ subjects: 'RP-1\nRP-1' }, 'subjects'],
      [{ subjects: 'RP-1', school_picks: '1' }, 'subjects'],
      [{ school: '' }, 'school'],
      [{ school: '', other: '99ZX' }, 'school'],
    ] as const) {
      const page = await sendTo('school', { ...fields, ...(change as Record<string, string>) })
      expect([change, page.status, page.html]).toEqual([change, 400, expect.stringContaining(`href="#${field}"`)])
      expect(page.html).toContain('De ouders meldden hun kind aan.'.slice(0, 'occasion' in change ? 0 : 20))
    }
    expect(await broker.owner`select 1 from access_requests`).toHaveLength(0)
  })

  test('the rationing is explained before it bites', async () => {
    const page = await visitor.get(`${here}/school${use}`)
    expect(page.words).toContain('Na een nee mag u hetzelfde 90 dagen niet vragen')
    expect(page.words).toContain('hoogstens 100 vragen')
  })

  test('asked by a person of the supplier, in the ledger by their own id; the same again is told', async () => {
    const sent = await sendTo('school', fields)
    expect(sent.words).toContain('De vraag is verstuurd.')
    expect(sent.words).toContain('De Regenboog')
    const [entry] = await broker.owner`select actor from ledger where event = 'access_requested'`
    expect(entry!.actor).toBe(`member:${roos.actor.memberId}`)
    const again = await sendTo('school', fields)
    expect([again.status, again.html]).toEqual([400, expect.stringContaining('href="#subjects"')])
  })

  test('pending, then released; never who said what', async () => {
    const school = requesting(broker, world)
    const they = asking(broker, world)
    const requestId = await newestRequest()
    const page = () => visitor.get(`${here}/requests/${requestId}`)
    expect((await page()).words).toContain('RP-1 nog niet bekend')
    await school.matched(requestId, world.people.fatima.id, 'RP-1')
    await school.forwards(requestId)
    expect((await page()).words).toContain('De school vraagt het aan de ouders')
    const [subject] = await school.subjects(requestId)
    await they.answer(world.people.nadia, subject!.consentId!, 'yes')
    expect((await page()).words).toContain('RP-1 nog niet bekend')
    await releaseRequest(broker.deps, world.people.mirjam.actor, { requestId, coversLater: false })
    const released = await page()
    expect(released.words).toContain('RP-1 doorgegeven')
    expect(released.html).not.toContain('Nadia')
    expect(released.html).not.toContain('Fatima')
    const english = await signIn(broker, app, roos.email)
    await english.post('/language', { language: 'en' })
    expect((await english.get(`${here}/requests/${requestId}`)).words).toContain('RP-1 released')
    await english.post('/language', { language: 'nl' })
  })

  test('the school picks, when the supplier names nobody; and it is taken back', async () => {
    const sent = await sendTo('school', { ...fields, subjects: '', school_picks: '1', data: ['practice-time'] })
    expect(sent.words).toContain('De vraag is verstuurd.')
    const path = `${here}/requests/${await newestRequest({ schoolPicks: true })}`
    const page = await visitor.get(path)
    expect(page.words).toContain('De school kiest nog over wie het gaat.')
    const stopped = await visitor.post(`${path}/withdraw`, page.fields(`${path}/withdraw`))
    expect(stopped.words).toContain('De vraag is gestopt.')
    expect(stopped.words).toContain('U hebt deze vraag gestopt.')
  })
})

describe('Reken Plus asks a parent by a link code in the web app (K12)', () => {
  const ask = { ...fields, reference: 'RP-2' } as Record<string, string | string[]>
  for (const name of ['school', 'other', 'kind', 'subjects']) delete ask[name]
  const code = async () =>
    (await makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, supplierId: world.supplierId })).code

  async function ready(reference: string): Promise<Seen> {
    const page = await sendTo('person', { ...ask, reference, data: ['practice-time'] })
    expect(page.words).toContain('De vraag staat klaar.')
    return page
  }

  test('what is wrong is told before a parent stands there', async () => {
    const wrong = await sendTo('person', { ...ask, reference: 'Fatima Amrani' })
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('href="#reference"')])
    const endless = await sendTo('person', { ...ask, until: '' })
    expect([endless.status, endless.html]).toEqual([400, expect.stringContaining('href="#until"')])
  })

  test('with a code that is good, and with one that is not, all looks the same until there is an answer', async () => {
    const outcomes: string[] = []
    for (const [reference, typed] of [
      ['RP-2', await code()],
      ['RP-3', 'x'.repeat(43)],
    ] as const) {
      const page = await ready(reference)
      const told = await visitor.post(`${page.path}/code`, { ...page.fields(`${page.path}/code`), code: typed })
      outcomes.push(told.words.replaceAll(reference, 'RP'))
    }
    expect(outcomes[0]).toContain('Nog geen antwoord.')
    expect(outcomes[0]).toBe(outcomes[1])
    await questionsAsked(broker)
    const [asked] = await broker.owner`select c.consent_id from consents c join items i using (item_id) where i.approach = 'subject'`
    await asking(broker, world).answer(world.people.nadia, asked!.consent_id as never, 'yes')
    const list = await visitor.get(here)
    expect(list.words).toContain('RP-2 ja')
    expect(list.words).toContain('RP-3 nog niet bekend')
  })

  test('K12: the same statements go before the answer to a good code and to any other: it is looked up when the answer has gone', async () => {
    await broker.owner`update consents set ended_at = now(), ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    const sentBy = async (reference: string, typed: string) => {
      const page = await ready(reference)
      const opened = await visitor.post(`${page.path}/tablet`, page.fields(`${page.path}/tablet`))
      const path = /https:\/\/broker\.test(\/tablet\/[\w-]{43})/.exec(opened.words)![1]!
      const tablet = new Visitor(app)
      const shown = await tablet.get(path)
      return await sentAround(broker, () => tablet.post(path, { ...shown.fields(path), code: typed }))
    }
    const cancelled = await makeLinkCode(broker.deps, world.people.nadia.actor, {
      subjectId: world.people.fatima.id,
      supplierId: world.supplierId,
    })
    await cancelLinkCode(broker.deps, world.people.nadia.actor, cancelled.linkCodeId)
    await sentBy('RP-20', newSecret())
    const good = await sentBy('RP-21', await code())
    expect(good.before.join()).toContain('update "prepared_asks"')
    expect(good.after.join()).toContain('insert into "access_requests"')
    for (const typed of [newSecret(), cancelled.code]) {
      const other = await sentBy('RP-22', typed)
      expect(other.before).toEqual(good.before)
      expect(other.after.join()).not.toContain('insert into "access_requests"')
    }
  })

  test('by the address in the QR code that a camera opens: the code stands behind #, where no server sees it', async () => {
    const page = await ready('RP-4')
    const scanned = await visitor.get('/supplier/code')
    expect(scanned.words).toContain('RP-4 (Reken Plus B.V.)')
    const prepared = (await readyAsksOf(broker.db, world.supplierId)).find(({ reference }) => reference === 'RP-4')!
    const typed = `https://broker.test/supplier/code#${'y'.repeat(43)}`
    const told = await visitor.post('/supplier/code', { ...scanned.fields('/supplier/code'), ask: prepared.askId, code: typed })
    expect([told.path, told.words]).toEqual([`${page.path}?done=asked`, expect.stringContaining('Nog geen antwoord.')])
  })

  test('on the tablet, where nobody is signed in: one question, for an hour', async () => {
    const page = await ready('RP-5')
    const opened = await visitor.post(`${page.path}/tablet`, page.fields(`${page.path}/tablet`))
    const path = /https:\/\/broker\.test(\/tablet\/[\w-]{43})/.exec(opened.words)![1]!
    const tablet = new Visitor(app)
    const shown = await tablet.get(path)
    expect(shown.words).toContain('Reken Plus B.V. wil u iets vragen')
    expect(shown.html).not.toContain('/supplier')
    const empty = await tablet.post(path, { ...shown.fields(path), code: '' })
    expect([empty.status, empty.html]).toEqual([400, expect.stringContaining('href="#code"')])
    const thanks = await tablet.post(path, { ...shown.fields(path), code: 'z'.repeat(43) })
    expect(thanks.words).toContain('Dank u wel')
    const pressedAgain = await tablet.post(path, { ...shown.fields(path), code: 'z'.repeat(43) })
    expect([pressedAgain.status, pressedAgain.path], 'the second press shows the first').toEqual([200, '/tablet/asked'])
    expect((await tablet.get(path)).status).toBe(404)

    const other = await ready('RP-6')
    const again = await visitor.post(`${other.path}/tablet`, other.fields(`${other.path}/tablet`))
    const late = /https:\/\/broker\.test(\/tablet\/[\w-]{43})/.exec(again.words)![1]!
    broker.clock.pass({ minutes: 61 })
    expect((await tablet.get(late)).status).toBe(404)
  })

  test('K12: scanned from the tablet on the parent’s own phone: nothing to copy, and the question comes at once', async () => {
    const page = await ready('RP-8')
    const opened = await visitor.post(`${page.path}/tablet`, page.fields(`${page.path}/tablet`))
    const own = `${/https:\/\/broker\.test(\/tablet\/[\w-]{43})/.exec(opened.words)![1]!}/own`
    const sent = await new Visitor(app).get(own)
    expect(sent.path, 'first who they are').toContain('/sign-in?next=')
    const [nadia, sara] = [await signIn(broker, app, world.people.nadia.email), await signIn(broker, app, world.people.sara.email)]
    const shown = await nadia.get(own)
    expect(shown.words).toContain('Het bedrijf krijgt nog niets.')
    const codes = async () => (await nadia.get('/link-codes')).html.match(/\/cancel"/g)?.length
    const before = await codes()
    const fields = { ...shown.fields(own), subject: world.people.fatima.id }
    expect((await sara.post(own, { ...(await sara.get(own)).fields(own), subject: world.people.fatima.id })).status).toBe(404)
    const question = await nadia.post(own, fields)
    expect([question.status, question.path]).toEqual([200, expect.stringMatching(/^\/questions\/[\w-]{36}$/)])
    expect((await nadia.post(own, fields)).path, 'a second press leads where the first led').toBe(question.path)
    expect(await codes(), 'no code is left over').toBe(before)
    expect((await visitor.get(page.path)).words).toContain('Nog geen antwoord.')
  })

  test('who asked very many finds all of them, the newest first, a page at a time', async () => {
    await broker.owner`
      insert into prepared_asks (ask_id, supplier_id, reference, body, ends_at, prepared_at, prepared_by)
      select gen_random_uuid(), supplier_id, 'OUD-' || nr, body, ends_at, prepared_at - nr * interval '1 minute', prepared_by
      from (select * from prepared_asks order by prepared_at limit 1) one, generate_series(1, 100) nr`
    const references: string[] = []
    let path: string | undefined = here
    let pages = 0
    for (; path; pages += 1) {
      const page = await visitor.get(path)
      references.push(...[...page.html.matchAll(/OUD-\d+(?=<\/h3>)/g)].map(([reference]) => reference))
      path = /href="([^"]*\?people=[^"]*)#people">Laat zien wat daarvoor was/.exec(page.html)?.[1]
    }
    expect(references).toEqual(Array.from({ length: 100 }, (_, nr) => `OUD-${nr + 1}`))
    expect(pages).toBe(3)
    await broker.owner`delete from prepared_asks where reference like 'OUD-%'`
  })

  test('only who handles contracts asks; nobody finds the questions of another supplier', async () => {
    const guide = await colleagueOf(broker, roos, 'gijs@rekenplus.example', ['case_worker'])
    const [ready] = await readyAsksOf(broker.db, world.supplierId)
    expect(await refused(askPrepared(broker.deps, guide.actor, { askId: ready!.askId, linkCode: 'x' }))).toBe('member_role_missing')
    const stranger = await tutorOf(broker, world.publisherId, 'anna@rekenrijk.example')
    expect(await refused(askPrepared(broker.deps, stranger.actor, { askId: ready!.askId, linkCode: 'x' }))).toBe('prepared_ask_not_found')
    const gijs = await signIn(broker, app, guide.email)
    expect((await gijs.get(`${here}/school${use}`)).status).toBe(403)
    const [asked] = await broker.owner`select request_id from access_requests limit 1`
    const named = [here, `${here}/people/${ready!.askId}`, ...(asked ? [`${here}/requests/${asked.request_id}`] : [])]
    for (const path of [...named, `/supplier/${world.supplierId}/agreements`]) expect((await gijs.get(path)).status, path).toBe(403)
    const home = await gijs.get(`/supplier/${world.supplierId}`)
    expect(home.html).not.toMatch(/href="[^"]*\/(asking|agreements)"/)
  })
})
