import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../src/app.ts'
import { FRESH_MINUTES } from '../../src/fresh-sign-in.ts'
import type { ConsentId } from '../../src/ids.ts'
import { Refusal } from '../../src/refusal.ts'
import { showError } from '../../src/web/errors.tsx'
import { type PageEnv, readForm, signedInForm } from '../../src/web/page.tsx'
import { asked } from '../support/asked.ts'
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
beforeEach(() => broker.clock.pass({ hours: 13 }))

const PHONE = 'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36'
const nadiaIn = () => signIn(broker, app, world.people.nadia.email)
const sessionsOn = (page: Seen) => Array.from(page.html.matchAll(/action="\/account\/sessions\/([0-9a-f-]{36})\/end"/g), ([, id]) => id!)

describe('Somebody sees where they are signed in, and ends it', () => {
  test('each browser by its make and machine, how and since when; the others can be signed out', async () => {
    const here = await nadiaIn()
    const phone = new Visitor(app)
    const page = await phone.post('/sign-in', { email: world.people.nadia.email }, { 'user-agent': PHONE })
    await broker.settled()
    await phone.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) }, { 'user-agent': PHONE })
    const account = await here.get('/account')
    expect(account.words).toContain(`U logt in met ${world.people.nadia.email}`)
    expect(account.words).toContain('Chrome, Android Ingelogd op')
    expect(account.words).toContain('met een code per mail')
    const [other, ...more] = sessionsOn(account)
    expect(more, 'one’s own has no such button: that is signing out').toEqual([])
    const after = await here.post(`/account/sessions/${other}/end`)
    expect(after.words).toContain('Dat apparaat is uitgelogd.')
    expect((await phone.get('/account')).path).toMatch(/^\/sign-in\?next=/)
    expect((await here.get('/account')).words).not.toContain('Android')
  })

  test('all others at once', async () => {
    const [here, second, third] = [await nadiaIn(), await nadiaIn(), await nadiaIn()]
    expect((await here.post('/account/sessions/end-others')).words).toContain('Alle andere apparaten zijn uitgelogd.')
    for (const gone of [second, third]) expect((await gone.get('/')).path).toMatch(/^\/sign-in/)
    expect((await here.get('/')).status).toBe(200)
  })

  test('P35: nobody ends or sees another’s', async () => {
    const [nadia, karim] = [await nadiaIn(), await signIn(broker, app, world.people.karim.email)]
    await nadiaIn()
    const [ofNadia] = sessionsOn(await nadia.get('/account'))
    expect((await karim.post(`/account/sessions/${ofNadia}/end`)).status).toBe(404)
    expect((await karim.post('/account/sessions/end-others')).status).toBe(200)
    expect(sessionsOn(await nadia.get('/account'))).toEqual([ofNadia])
    expect(sessionsOn(await karim.get('/account'))).toEqual([])
  })

  test('signing in again leaves no older session in the same browser', async () => {
    const nadia = await nadiaIn()
    const older = nadia.cookies.get('__Host-session')!
    const page = await nadia.post('/sign-in/again', { next: '/consents' })
    await broker.settled()
    const answer = await nadia.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) })
    expect(answer.headers.get('location')).toBe('/consents')
    const thief = new Visitor(app)
    thief.cookies.set('__Host-session', older)
    expect((await thief.get('/account')).path).toMatch(/^\/sign-in/)
  })
})

describe('A letter with a code', () => {
  test('is made by the school, opens the site for who shares an address, and leads to an address of one’s own', async () => {
    await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    const path = `/school/people/${world.people.karim.id}`
    const button = (await mirjam.get(path)).fields(`${path}/letter`)
    const [first, letter] = [await mirjam.post(`${path}/letter`, button), await mirjam.post(`${path}/letter`, button)]
    const code = letter.words.match(/\b(\w{4}-){3}\w{4}\b/)![0]
    expect(first.words, 'pressed twice, one letter').toContain(code)
    expect(letter.words).toContain('Voor Karim Amrani')

    const karim = new Visitor(app)
    expect((await karim.get('/sign-in')).words).toContain('Ik heb een brief van de school met een code')
    const wrong = await karim.post('/sign-in/letter', { code: 'ABC' })
    expect([wrong.status, wrong.words.includes('De code heeft 16 tekens.'), wrong.html.includes('value="ABC"')]).toEqual([400, true, true])
    const unknown = await karim.post('/sign-in/letter', { code: '0000 0000 0000 0000' })
    expect([unknown.status, unknown.words.includes('Deze code klopt niet')]).toEqual([400, true])
    const account = await karim.post('/sign-in/letter', { code: code.toLowerCase() })
    expect((await karim.post('/sign-in/letter', { code })).path, 'the second press shows the first').toBe('/account')
    expect((await new Visitor(app, { origin: broker.deps.issuer }).post('/sign-in/letter', { code })).status, 'to others it is used').toBe(
      400,
    )
    expect(account.path).toBe('/account')
    expect(account.words).toContain('met een brief van de school')
    expect(account.words).toContain('U bent ingelogd als Karim Amrani')
    expect((await karim.get('/sign-in/again')).words).toContain('U heeft hier nog geen manier om opnieuw in te loggen.')

    const taken = await karim.post('/account/address', { email: world.people.nadia.email })
    await broker.settled()
    const refused = await karim.post('/account/address/code', { ...taken.fields('/account/address/code'), code: codeIn(broker) })
    expect([refused.status, refused.words.includes('hoort al bij een ander account')]).toEqual([409, true])
    const own = await karim.post('/account/address', { email: 'Karim@Eigen.example' })
    await broker.settled()
    const mistyped = await karim.post('/account/address/code', { ...own.fields('/account/address/code'), code: '1' })
    expect(mistyped.words).toContain('De code heeft 8 cijfers.')
    const added = await karim.post('/account/address/code', { ...own.fields('/account/address/code'), code: codeIn(broker) })
    expect(added.words).toContain('U logt in met karim@eigen.example')
    const again = await signIn(broker, app, 'karim@eigen.example')
    expect((await again.get('/account')).words).toContain('karim@eigen.example')
    const { id, account: before } = world.people.karim
    await broker.owner`update account_persons set account_id = ${before} where person_id = ${id}`
  })

  test('asking for an address to be added says the same, whether it is known or not', async () => {
    await broker.owner`update accounts set email = null where account_id = ${world.people.sara.account}`
    const sara = await signIn(broker, app, world.people.ruud.email)
    await broker.owner`update sessions set account_id = ${world.people.sara.account} where account_id = ${world.people.ruud.account}`
    const plain = async (email: string) => {
      const page = await sara.post('/account/address', { email })
      return [page.status, page.words.replaceAll(email, 'ADDRESS')]
    }
    expect(await plain(world.people.nadia.email)).toEqual(await plain('niemand@nergens.example'))
    await broker.settled()
  })
})

describe('P36: giving about very sensitive data takes a fresh sign-in; refusing and stopping never do', () => {
  let question: ConsentId
  beforeEach(async () => {
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
    question = await asked(broker, world)
    await broker.owner`update items set special_category = true where item_id = (select item_id from consents where consent_id = ${question})`
  })
  const path = () => `/questions/${question}`
  const press = async (visitor: Visitor, fields: Record<string, string | string[]>) =>
    await visitor.post(path(), { ...(await visitor.get(path())).fields(path()), reviewed: '1', ...fields })
  const given = () => broker.owner`select answer from answers where consent_id = ${question}`

  test('a yes right after signing in counts', async () => {
    const nadia = await nadiaIn()
    expect((await nadia.get(path())).words).not.toContain('om opnieuw in te loggen')
    expect((await press(nadia, { answer: 'yes' })).words).toContain('U zei ja')
  })

  test('later it leads by way of signing in back to the question, with what was left out of it', async () => {
    const nadia = await nadiaIn()
    broker.clock.pass({ minutes: FRESH_MINUTES, seconds: 1 })
    expect((await nadia.get(path())).words).toContain('Dan vragen wij u om opnieuw in te loggen.')
    const again = await press(nadia, { answer: 'yes', without: 'practice-time', until: '2026-12-31' })
    expect(again.words).toContain(`Wij sturen de code naar ${world.people.nadia.email}`)
    expect(await given()).toEqual([])
    const page = await nadia.post('/sign-in/again', again.fields('/sign-in/again'))
    await broker.settled()
    const back = await nadia.post('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker) })
    expect(back.path).toBe(`${path()}?without=practice-time&until=2026-12-31`)
    expect(back.html).toMatch(/id="without-practice-time"[^>]*checked/)
    expect(back.html).toContain('value="2026-12-31"')
    const done = await nadia.post(path(), {
      ...back.fields(path()),
      reviewed: '1',
      answer: 'yes',
      without: 'practice-time',
      until: '2026-12-31',
    })
    expect(done.words).toContain('Wat u deelt: rekenresultaten.')
  })

  test('no, and stopping, work in a session of any age', async () => {
    const [nadia, karim] = [await nadiaIn(), await signIn(broker, app, world.people.karim.email)]
    await press(nadia, { answer: 'yes' })
    broker.clock.pass({ minutes: 100 })
    expect((await press(karim, { answer: 'no' })).words).toContain('U zei nee')
    expect((await nadia.post(`/consents/${question}/stop`)).words).toContain('Gestopt.')
  })

  test('taking back a no is giving where an earlier yes would count again', async () => {
    const nadia = await nadiaIn()
    await press(nadia, { answer: 'yes' })
    await press(nadia, { answer: 'no' })
    broker.clock.pass({ minutes: FRESH_MINUTES, seconds: 1 })
    const again = await nadia.postOnly(`${path()}/undo`)
    expect([again.status, again.headers.get('location')]).toEqual([303, expect.stringContaining('/sign-in/again')])
    const counts = () => broker.owner`select answer from answers where consent_id = ${question} and undone_at is null order by revision`
    expect(await counts()).toEqual([{ answer: 'yes' }, { answer: 'no' }])
  })

  test('taking back a yes is not, in a session of any age', async () => {
    const nadia = await nadiaIn()
    await press(nadia, { answer: 'yes' })
    broker.clock.pass({ minutes: 100 })
    expect((await nadia.post(`${path()}/undo`)).words).toContain('Uw antwoord is ongedaan gemaakt.')
  })

  test('a yes about other data needs no fresh sign-in', async () => {
    await broker.owner`update items set special_category = false`
    const nadia = await nadiaIn()
    broker.clock.pass({ minutes: 100 })
    expect((await press(nadia, { answer: 'yes' })).words).toContain('U zei ja')
  })
})

test('a signatory signs only after a fresh sign-in, and comes back to the page', async () => {
  await broker.owner`update accounts set email = ${world.people.ruud.email} where account_id = ${world.people.ruud.account}`
  const ruud = await signIn(broker, app, world.people.ruud.email)
  const contract = `/school/contracts/${world.holderAgreementId}`
  await broker.owner`update onward_clauses set ended_at = ${broker.clock.now()} where datatype = 'practice-time'`
  broker.clock.pass({ minutes: FRESH_MINUTES + 1 })
  const page = await ruud.get(contract)
  const fields = { ...page.fields(`${contract}/onward`), datatype: 'practice-time', switch: 'on' }
  const again = await ruud.post(`${contract}/onward`, fields, { referer: `${broker.deps.issuer}${contract}` })
  expect(again.path).toBe(`/sign-in/again?next=${encodeURIComponent(contract)}`)
  expect(await broker.owner`select from onward_clauses where datatype = 'practice-time' and ended_at is null`).toHaveLength(0)
  const elsewhere = await ruud.post(
    `${contract}/onward`,
    { ...fields, ...(await ruud.get(contract)).fields(`${contract}/onward`), datatype: 'practice-time' },
    { referer: 'https://evil.example/x' },
  )
  expect(elsewhere.path).toBe('/sign-in/again?next=%2F')
})

test('what was written in a form that wants a fresh sign-in is there after it, if only one word', async () => {
  const nadia = await nadiaIn()
  const form = new Hono<PageEnv>()
  form.use(async (c, next) => {
    c.set('deps', broker.deps)
    await next()
  })
  form.onError(showError)
  form.post('/rights/ask/access', signedInForm, async (c) => {
    await readForm(c, z.object({}))
    throw new Refusal('sign_in_again')
  })
  const writer = new Visitor(form as never, { origin: broker.deps.issuer })
  for (const [name, value] of nadia.cookies) writer.cookies.set(name, value)
  const fields = { form: 'f'.repeat(43), words: 'alles', 'words.dir': 'ltr' }
  const answer = await writer.postOnly('/rights/ask/access', fields, { referer: `${broker.deps.issuer}/rights/ask/access` })
  const next = new URL(answer.headers.get('location')!, broker.deps.issuer).searchParams.get('next')!
  expect(next).toMatch(/^\/sign-in\/kept\/[\w-]{43}$/)
  expect(JSON.stringify(await broker.owner`select * from kept_forms`)).not.toContain('alles')
  const kept = await nadia.get(next)
  expect(kept.html).toContain('alles</textarea>')
  expect(kept.fields('/rights/ask/access')).toEqual({ form: fields.form })
})
