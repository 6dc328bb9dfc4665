import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { recordAnswer } from '../../src/consents/answer.ts'
import { fsck } from '../../src/fsck/fsck.ts'
import type { ConsentId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { pressedAgain, raceFrom } from '../support/race.ts'
import { codeIn, signIn } from '../support/signed-in.ts'
import { type Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let nadia: Visitor
let karim: Visitor
let question: ConsentId

async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  nadia = await signIn(broker, app, world.people.nadia.email)
  karim = await signIn(broker, app, world.people.karim.email)
}
beforeAll(begin)
afterAll(() => broker.close())
async function ask() {
  broker.clock.pass({ seconds: 61 })
  question = await asked(broker, world)
}
beforeEach(ask)
const race = raceFrom(async () => {
  await begin()
  await ask()
})

const path = () => `/questions/${question}`
const press = async (visitor: Visitor, fields: Record<string, string | string[]>, page?: Seen) =>
  await visitor.post(path(), { ...(page ?? (await visitor.get(path()))).fields(path()), ...fields })
const send = async (visitor: Visitor, answer: 'yes' | 'no') => await press(visitor, { reviewed: '1' }, await press(visitor, { answer }))
const answers = () => broker.owner`select answer, datatypes, undone_at from answers where consent_id = ${question} order by revision`

describe('What is about to be sent is shown once more', () => {
  test('and nothing is recorded until it is sent', async () => {
    const review = await press(nadia, { answer: 'yes', without: 'practice-time', until: '2026-12-31' })
    expect(review.status).toBe(200)
    expect(review.words).toContain('Klopt dit?')
    expect(review.words).toMatch(/U zegt ja\. Dit deelt u rekenresultaten Dit deelt u niet oefentijd Tot en met 31 december 2026/)
    expect(await answers()).toEqual([])
    const done = await press(nadia, { reviewed: '1' }, review)
    expect(done.words).toContain('Wat u deelt: rekenresultaten.')
    expect(await answers()).toMatchObject([{ answer: 'yes', datatypes: ['arithmetic-results'] }])
  })

  test('a no tells what happens then', async () => {
    const review = await press(nadia, { answer: 'no' })
    expect(review.words).toContain('U zegt nee. Er wordt niets gedeeld. Wat er dan gebeurt De juf helpt zonder deze gegevens.')
    expect((await press(nadia, { reviewed: '1' }, review)).words).toContain('U zei nee')
  })

  test('going back keeps what was chosen', async () => {
    const review = await press(nadia, { answer: 'yes', without: 'practice-time', until: '2026-12-31' })
    const again = await press(nadia, { change: '1' }, review)
    expect(again.status).toBe(200)
    expect(again.html).toMatch(/id="without-practice-time"[^>]*checked|checked[^>]*id="without-practice-time"/)
    expect(again.html).toContain('value="2026-12-31"')
    expect(await answers()).toEqual([])
  })

  test('on a page that lay open too long one signs in first, comes back to the question, and nothing was sent', async () => {
    const review = await press(nadia, { answer: 'yes' })
    const gone = new Visitor(app, { origin: broker.deps.issuer })
    const fields = { ...review.fields(path()), reviewed: '1' }
    const led = await gone.postOnly(path(), fields, { referer: `${broker.deps.issuer}${path()}` })
    expect([led.status, led.headers.get('location')]).toEqual([303, `/sign-in?next=${encodeURIComponent(path())}`])
    const elsewhere = await gone.postOnly(path(), fields, { referer: 'https://elsewhere.example//evil.example' })
    expect(elsewhere.headers.get('location')).toBe('/sign-in?next=%2F')
    expect(await answers()).toEqual([])
  })

  race('pressing send twice records once, and the second shows the first (INV-06)', pressedAgain, async () => {
    const review = await press(nadia, { answer: 'yes' })
    const presses = await Promise.all([1, 2, 3].map(() => press(nadia, { reviewed: '1' }, review)))
    expect(presses.map((seen) => `${seen.status} ${seen.path}`)).toEqual(Array(3).fill(`200 ${path()}/done`))
    expect(await answers()).toHaveLength(1)
  })
})

describe('An answer can be taken back for as long as one stays signed in', () => {
  test('then it is as if nothing had been said, and the question waits again', async () => {
    const done = await send(nadia, 'yes')
    expect(done.words).toContain('Maak mijn antwoord ongedaan')
    const undone = await nadia.post(`${path()}/undo`)
    expect(undone.words).toContain('Uw antwoord is ongedaan gemaakt.')
    const receipts = await nadia.get('/receipts')
    expect(receipts.words, 'after each act a receipt').toContain('U nam uw antwoord terug')
    const receipt = await nadia.get(/\/receipts\/[\w-]{36}/.exec(receipts.html)![0])
    expect(receipt.words).toContain('Wat u net zei, telt niet meer mee.')
    expect((await nadia.get('/')).html).toContain(path())
    expect(await answers()).toMatchObject([{ answer: 'yes', undone_at: broker.clock.now() }])
    expect((await nadia.post(`${path()}/undo`)).status, 'pressed twice').toBe(200)
    const { hash } = await asking(broker, world).shown(question)
    const paper = {
      consentId: question,
      deciderId: world.people.nadia.id,
      answer: 'yes',
      method: 'paper',
      shownHash: hash,
      language: 'nl',
    } as const
    await recordAnswer(broker.deps, world.people.mirjam.actor, paper)
    expect((await nadia.get(`${path()}/done`)).words, 'what the school wrote down is changed or stopped').not.toContain('ongedaan')
    const broken = Object.values((await fsck(broker.db)).findings).flat()
    expect(broken.filter((finding) => finding.startsWith('answer'))).toEqual([])
  })

  test('what was said before counts again', async () => {
    await send(nadia, 'no')
    await send(nadia, 'yes')
    await nadia.post(`${path()}/undo`)
    expect((await nadia.get(path())).words).toContain('U zei nee op')
  })

  test('also after proving again who one is: that goes on with the same visit', async () => {
    broker.clock.pass({ days: 1 })
    nadia = await signIn(broker, app, world.people.nadia.email)
    karim = await signIn(broker, app, world.people.karim.email)
    await send(nadia, 'yes')
    broker.clock.pass({ minutes: 1 })
    const code = await nadia.post('/sign-in/again', { next: `${path()}/done` })
    await broker.settled()
    const again = await nadia.post('/sign-in/code', {
      ...code.fields('/sign-in/code'),
      code: codeIn(broker, world.people.nadia.email),
    })
    expect(again.path).toBe(`${path()}/done`)
    expect(again.words).toContain('Maak mijn antwoord ongedaan')
    expect((await nadia.post(`${path()}/undo`)).words).toContain('Uw antwoord is ongedaan gemaakt.')
  })

  test('not after signing in anew, and never the other parent’s', async () => {
    await send(nadia, 'yes')
    expect((await karim.post(`${path()}/undo`)).status).toBe(200)
    expect((await answers())[0]!.undone_at, 'the other parent had nothing to take back').toBeNull()
    broker.clock.pass({ minutes: 1 })
    const later = await signIn(broker, app, world.people.nadia.email)
    expect((await later.get(`${path()}/done`)).words).not.toContain('ongedaan')
    const late = await later.post(`${path()}/undo`)
    expect(late.status).toBe(409)
    expect(late.words).toContain('Dit antwoord kunt u niet meer ongedaan maken.')
    expect((await answers())[0]!.undone_at).toBeNull()
  })
})

describe('A first yes is told to the other parent, with a no of one press', () => {
  test('the mail leads to a page whose one button says no; opening it decides nothing', async () => {
    // A day on which nothing was told yet, about this or another question.
    broker.clock.pass({ days: 1 })
    nadia = await signIn(broker, app, world.people.nadia.email)
    karim = await signIn(broker, app, world.people.karim.email)
    broker.mails.length = 0
    await send(nadia, 'yes')
    await broker.settled()
    const mail = broker.mails.find(({ to }) => to === world.people.karim.email)!
    const link = mail.text.match(/https:\S+/)![0]
    expect(link).toBe(`${broker.deps.issuer}${path()}/other-yes`)
    const page = await karim.get(new URL(link).pathname)
    expect(page.words).toContain('Iemand die met u beslist, zei ja op deze vraag.')
    expect(page.html).not.toContain('Nadia')
    expect(await answers()).toHaveLength(1)
    const done = await press(karim, { answer: 'no' }, page)
    expect(done.words).toContain('U zei nee')
    expect(done.words).toContain('De school neemt contact op om te praten.')
    expect(await answers()).toMatchObject([{ answer: 'yes' }, { answer: 'no' }])
  })

  test('of a question that was asked directly the school does not know, and nobody is told that it will talk (K14)', async () => {
    question = await asked(broker, world, { approach: 'subject' })
    await send(nadia, 'yes')
    const done = await press(karim, { answer: 'no' }, await karim.get(`${path()}/other-yes`))
    for (const { words } of [done, await nadia.get(`/consents/${question}`)]) {
      expect(words).toContain('De school weet dit niet. Praat er samen over.')
      expect(words).not.toContain('De school neemt contact op')
    }
  })

  test('that the whole world can look is said there too, unfolded (M18)', async () => {
    question = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    await send(nadia, 'yes')
    expect((await karim.get(`${path()}/other-yes`)).words).toContain('iedereen op internet kan dit zien, bewaren en delen')
  })

  test('whoever has answered already comes to the question itself', async () => {
    await send(nadia, 'yes')
    expect((await nadia.get(`${path()}/other-yes`)).path).toBe(path())
  })
})

describe('When the text changed after it was shown, what is different is marked (K26)', () => {
  test('struck out as it was, and as it is now; what was filled in stays', async () => {
    const page = await nadia.get(path())
    await broker.owner`update suppliers set legal_name = 'Reken Meer B.V.' where legal_name = 'Reken Plus B.V.'`
    const again = await press(nadia, { answer: 'yes', until: '2026-12-31' }, page)
    await broker.owner`update suppliers set legal_name = 'Reken Plus B.V.' where legal_name = 'Reken Meer B.V.'`
    expect(again.status).toBe(409)
    expect(again.html).toMatch(/<del>.*Reken Plus B\.V\., Stichting De Waterlelie Onderwijs<\/del>/s)
    expect(again.html).toMatch(/<ins>.*Reken Meer B\.V\., Stichting De Waterlelie Onderwijs<\/ins>/s)
    expect(again.html.match(/<del>/g), 'only what is different').toHaveLength(1)
    expect(again.html).toContain('value="2026-12-31"')
    expect(await answers()).toEqual([])
  })
})

describe('The whole leaflet is the last layer (A05)', () => {
  test('from A to H, after five lines and the rest', async () => {
    const { words } = await nadia.get(path())
    const places = [
      'Wie vraagt dit?',
      'Welke gegevens?',
      'Waarvoor?',
      'Van wanneer tot wanneer?',
      'Wat als u nee zegt?',
      'Wie krijgt ze nog meer?',
      'Buiten Europa?',
      'Wat wordt er nog meer vastgelegd?',
      'Hoe stopt u later?',
      'A. Het product',
      'D. Welke gegevens, en waarom',
      'H. Versie',
      'Wat is uw antwoord?',
      'Ja, maar minder',
      'Stel eerst een vraag aan de school',
    ].map((label) => words.indexOf(label))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })
})

describe('A parent asks the school something first', () => {
  const ask = async (visitor: Visitor, text: string) => {
    const to = `${path()}/ask`
    return await visitor.post(to, { ...(await visitor.get(to)).fields(to), question: text })
  }

  test('staff answer, the parent is mailed and reads it with the question; the other parent sees nothing of it', async () => {
    const asking = await ask(nadia, 'Ziet de juf dit ook?')
    expect(asking.words).toContain('Ziet de juf dit ook?')
    expect(asking.words).toContain('De school heeft nog niet geantwoord.')
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    const list = await mirjam.get('/school/inquiries')
    expect(list.words).toMatch(/Nadia Amrani vroeg op 1\d november 2026:/)
    expect(list.words).toContain('Mag Reken Plus B.V. dit zien van Fatima Amrani')
    const action = list.html.match(/\/school\/inquiries\/[\w-]{36}/)![0]
    const empty = await mirjam.post(action, { ...list.fields(action), answer: ' ' })
    expect(empty.status).toBe(400)
    expect(empty.words).toContain('Schrijf hier uw antwoord')
    broker.mails.length = 0
    const fields = { ...list.fields(action), answer: 'Nee, alleen de begeleider.' }
    expect((await mirjam.post(action, fields)).words).toContain('Uw antwoord is verstuurd.')
    expect((await mirjam.post(action, fields)).status, 'a second press').toBe(200)
    await broker.settled()
    expect(broker.mails.filter(({ to }) => to === world.people.nadia.email)).toHaveLength(1)
    expect(JSON.stringify(broker.mails), 'mails say nothing of it').not.toContain('begeleider')
    const answered = await nadia.get(path())
    expect(answered.words).toContain('De school zei op 18 november 2026: Nee, alleen de begeleider.')
    expect((await karim.get(path())).words).not.toContain('Ziet de juf dit ook?')
    const [entry] = await broker.owner`select body from ledger where event = 'inquiry_made' and ref = ${question}`
    expect(entry!.body).not.toContain('juf')
  })

  test('an empty question is told at its field, and what was typed stays', async () => {
    const empty = await ask(nadia, '  ')
    expect(empty.status).toBe(400)
    expect(empty.html).toContain('href="#question"')
    const long = await ask(nadia, 'a'.repeat(1001))
    expect(long.status).toBe(400)
    expect(long.html).toContain('a'.repeat(1001))
  })

  test('what was written when the session was over is there after signing in again, for its writer alone and sealed meanwhile', async () => {
    const page = await nadia.get(`${path()}/ask`)
    const written = { ...page.fields(`${path()}/ask`), question: 'Mag mijn kind ook <b>zonder</b> foto mee?' }
    const referer = { referer: `${broker.deps.issuer}${path()}/ask` }
    broker.clock.pass({ hours: 2 })
    const led = await nadia.post(`${path()}/ask`, written, referer)
    expect(led.words).toContain('Wat u schreef, hebben wij een uur voor u bewaard.')
    expect(JSON.stringify(await broker.owner`select * from kept_forms`)).not.toContain('zonder')
    const kept = new URL(led.path, broker.deps.issuer).searchParams.get('next')!
    const other = await signIn(broker, app, world.people.karim.email)
    expect((await other.get(kept)).status).toBe(404)
    nadia = await signIn(broker, app, world.people.nadia.email)
    const back = await nadia.get(kept)
    expect(back.html).toContain('Mag mijn kind ook &lt;b&gt;zonder&lt;/b&gt; foto mee?</textarea>')
    const sent = await nadia.post(`${path()}/ask`, { ...back.fields(`${path()}/ask`), question: written.question })
    expect([sent.path.split('?')[0], sent.words.includes('foto mee?')]).toEqual([path(), true])
    broker.clock.pass({ minutes: 61 })
    expect((await nadia.get(kept)).status, 'for an hour').toBe(404)
  })

  test('also one word, and an empty area keeps nothing', async () => {
    const visitor = await signIn(broker, app, world.people.nadia.email)
    const lapsed = new Map(visitor.cookies)
    broker.clock.pass({ hours: 2 })
    const to = async (fields: Record<string, string>) => {
      for (const [name, value] of lapsed) visitor.cookies.set(name, value)
      const sent = { form: 'f'.repeat(43), 'question.dir': 'ltr', ...fields }
      return (await visitor.postOnly(`${path()}/ask`, sent, { referer: `${broker.deps.issuer}${path()}` })).headers.get('location')
    }
    expect(await to({ question: 'waarom' })).toContain(encodeURIComponent('/sign-in/kept/'))
    expect(await to({ question: '' })).toBe(`/sign-in?next=${encodeURIComponent(path())}`)
    nadia = await signIn(broker, app, world.people.nadia.email)
    karim = await signIn(broker, app, world.people.karim.email)
  })

  test('and nothing is kept of choices, nor in a browser that was signed out', async () => {
    const [choice, signedOut] = [await signIn(broker, app, world.people.nadia.email), await signIn(broker, app, world.people.nadia.email)]
    const cookies = new Map(signedOut.cookies)
    await signedOut.post('/sign-out')
    for (const [name, value] of cookies) signedOut.cookies.set(name, value)
    broker.clock.pass({ hours: 2 })
    const to = async (visitor: Visitor, fields: Record<string, string>) =>
      (await visitor.postOnly(`${path()}/ask`, fields, { referer: `${broker.deps.issuer}${path()}` })).headers.get('location')
    const plain = `/sign-in?next=${encodeURIComponent(path())}`
    expect(await to(choice, { answer: 'yes', until: '2026-12-31' })).toBe(plain)
    expect(await to(signedOut, { question: 'Wie ziet dit?' })).toBe(plain)
    karim = await signIn(broker, app, world.people.karim.email)
    nadia = await signIn(broker, app, world.people.nadia.email)
  })

  test('of a question that was asked directly the school does not know, and is not asked (K14)', async () => {
    question = await asked(broker, world, { approach: 'subject' })
    const page = await nadia.get(path())
    expect(page.words).not.toContain('Stel eerst een vraag aan de school')
    expect(page.words).toContain('De school weet niet van deze vraag.')
    expect((await nadia.get(`${path()}/ask`)).status).toBe(404)
  })

  test('nobody asks about somebody else’s question, and asking is rationed', async () => {
    const sara = await signIn(broker, app, world.people.sara.email)
    expect((await sara.get(`${path()}/ask`)).status).toBe(404)
    let last = await ask(karim, 'Nummer 1')
    for (let nr = 2; nr <= 11; nr++) last = await ask(karim, `Nummer ${nr}`)
    expect(last.status).toBe(429)
    expect(last.html, 'told at the field, and what was typed stays').toMatch(/href="#question"[^]*Nummer 11<\/textarea>/)
  })
})
