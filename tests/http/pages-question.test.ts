import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Agreement } from '../../src/agreements/agreement.ts'
import { agreementById } from '../../src/agreements/store.ts'
import { agreementText } from '../../src/agreements/text.ts'
import { createApp } from '../../src/app.ts'
import { canonical } from '../../src/canonical.ts'
import { askConsents } from '../../src/consents/ask.ts'
import { inTransaction } from '../../src/database.ts'
import { type ConsentId, type ItemId, newId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { research } from '../support/leaflet-content.ts'
import { told } from '../support/ledger.ts'
import { pressedAgain, raceFrom } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
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
  await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
  broker.clock.pass({ seconds: 61 })
  question = await asked(broker, world)
}
beforeEach(ask)
const race = raceFrom(async () => {
  await begin()
  await ask()
})

const path = () => `/questions/${question}`
const open = (visitor: Visitor) => visitor.get(path())
const answer = async (visitor: Visitor, fields: Record<string, string | string[]>, page?: Seen) =>
  await visitor.post(path(), { ...(page ?? (await open(visitor))).fields(path()), reviewed: '1', ...fields })
const answers = () =>
  broker.owner`select decider_id, answer, datatypes, until_at, shown_hash, language from answers where consent_id = ${question} order by revision`

describe('A question stands on one page with all that has to be known first (K26, P14)', () => {
  test.each([
    [
      'facebook',
      'US',
      'Facebook, Meta (Verenigde Staten): iedereen kan dit daar zien',
      'Ja, naar: Verenigde Staten.',
      'Yes, to: United States.',
    ],
    ['Onze Instagram-pagina', 'US', 'Instagram, Meta (Verenigde Staten)', 'Ja, naar: Verenigde Staten.', 'Yes, to: United States.'],
    ['TikTok', 'CN', 'TikTok, ByteDance (China)', 'Ja, naar: China.', 'Yes, to: China.'],
    ['sociale media', 'US', 'sociale media (Verenigde Staten)', 'Ja, naar: Verenigde Staten.', 'Yes, to: United States.'],
  ])('a picture on %s leaves Europe, and the page says so (M18)', async (channel, country, other, nl, en) => {
    question = await asked(broker, world, { image: { channel, medium: 'photo' } })
    const page = await open(nadia)
    for (const said of [other, nl, 'Daar gelden andere regels dan in Europa.']) expect(page.words).toContain(said)
    for (const untrue of ['blijven in Europa', 'Niemand anders']) expect(page.words).not.toContain(untrue)
    nadia.cookies.set('__Host-language', 'en')
    const english = await open(nadia)
    nadia.cookies.delete('__Host-language')
    expect(english.words).toContain(en)
    expect(english.words).not.toContain('stay in Europe')
    await answer(nadia, { answer: 'yes' })
    const [kept] = await broker.owner`select body from shown_texts join answers using (shown_hash) where consent_id = ${question}`
    expect(JSON.parse(kept!.body).outsideEea, 'what was shown is what is kept').toEqual([country])
  })

  test.each([
    [
      'de website van de school',
      'Iedereen op internet. Wie het ziet, kan het bewaren en delen.',
      'Ja. Op internet kan iedereen ter wereld kijken.',
    ],
    ['schoolsite, afgeschermd', 'Iedereen die op deze plaats kan kijken.', 'Dat kan. Wie het ziet, kan het ook buiten Europa delen.'],
    ['nieuwsbrief', 'Iedereen die op deze plaats kan kijken.', 'Dat kan. Wie het ziet, kan het ook buiten Europa delen.'],
  ])('of a picture in %s nobody promises that it stays with few, or in Europe (P24, P26)', async (channel, others, abroad) => {
    question = await asked(broker, world, { image: { channel, medium: 'photo' } })
    const page = await open(nadia)
    for (const said of [others, abroad]) expect(page.words).toContain(said)
    for (const untrue of ['blijven in Europa', 'Niemand anders']) expect(page.words).not.toContain(untrue)
    const unfolded = page.html.replace(/<details[\s\S]*?<\/details>/g, '')
    expect(unfolded.includes('iedereen op internet kan dit zien, bewaren en delen'), 'not folded away').toBe(channel.includes('website'))
  })

  test.each([
    ['consent', 'U kunt altijd stoppen, met één druk op de knop.'],
    ['public_task', 'U kunt bezwaar maken. Tot de school beslist, wordt er niets gedeeld.'],
    ['legitimate_interest', 'U kunt bezwaar maken. Tot de school beslist, wordt er niets gedeeld.'],
    ['legal_obligation', 'Dit kunt u niet stoppen.'],
  ] as const)('how it is stopped later is what holds for the basis: %s (P21, P28)', async (basis, how) => {
    question = await asked(broker, world, { basis })
    const page = await open(nadia)
    const ways = ['U kunt altijd stoppen, met één druk op de knop.', 'U kunt bezwaar maken.', 'Dit kunt u niet stoppen.']
    expect(ways.filter((way) => page.words.includes(way))).toEqual(ways.filter((way) => how.startsWith(way)))
    expect(page.words).toContain(how)
    const disagrees = 'Bent u het er niet mee eens?'
    expect(page.words.includes(disagrees), 'of what they are only told').toBe(basis !== 'consent')
    const shared = await nadia.get(`/consents/${question}`)
    expect(shared.words.includes('Maak bezwaar')).toBe(basis === 'public_task' || basis === 'legitimate_interest')
    expect(shared.words.includes(`${disagrees} Uw rechten`), 'what else they can do').toBe(basis === 'legal_obligation')
  })

  test('home names it, and the page says who, what, from whom, what for, how long, what if not, who else in between (C19) and how to stop', async () => {
    const home = await nadia.get('/')
    expect(home.words).toContain('Mag Reken Plus B.V. dit zien van Fatima Amrani: rekenresultaten en oefentijd?')
    expect(home.html).toContain(path())
    const page = await open(nadia)
    for (const said of [
      'Reken Plus B.V. vraagt dit. De school stuurt de vraag door: Stichting De Waterlelie Onderwijs.',
      'rekenresultaten',
      'oefentijd',
      'Deze gegevens komen van Rekenrijk Oefenen.',
      'Om te helpen met rekenen.',
      'Van 16 november 2026 tot en met 31 juli 2027.',
      'De juf helpt zonder deze gegevens.',
      'Opslag Ierland Ltd. (Ierland): opslag',
      'Nee. De gegevens blijven in Europa.',
      'tijdstip en apparaat',
      'U kunt altijd stoppen',
    ]) {
      expect(page.words).toContain(said)
    }
  })

  test('in English for who reads English', async () => {
    await nadia.post('/language', { language: 'en', back: path() })
    const page = await open(nadia)
    expect(page.words).toContain('May Reken Plus B.V. see this of Fatima Amrani: arithmetic results and practice time?')
    expect(page.words).toContain('To help with arithmetic.')
    expect(page.html).toContain('<html lang="en"')
    await answer(nadia, { answer: 'no' }, page)
    expect((await answers())[0]).toMatchObject({ language: 'en', answer: 'no' })
    await nadia.post('/language', { language: 'nl', back: '/' })
  })

  test('C15 research is told with what is examined, by whom and under which rules, and stands in the contract that is signed', async () => {
    const { content } = (await broker.owner<{ content: string }[]>`select content from leaflets where leaflet_id = ${world.leafletId}`)[0]!
    const read = JSON.parse(content)
    const purposes = { ...read.purposes, purposes: [...read.purposes.purposes, '5.1.f'], research }
    await broker.owner`update leaflets set content = ${canonical({ ...read, purposes })} where leaflet_id = ${world.leafletId}`
    await broker.owner`update items set purpose = '5.1.f' where item_id = (select item_id from consents where consent_id = ${question})`
    const { words } = await open(nadia)
    expect(words).toContain('Wie onderzoekt wat? Onderzoek door Universiteit Oost, onderzoeker: dr. Wouter Kamp.')
    expect(words).toContain('Leren kinderen beter rekenen met een begeleider? Dit zijn de regels voor het onderzoek: Gedragscode')
    const { text } = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, async (tx) => {
      const agreement = (await agreementById(tx, world.boardId, world.agreementId, broker.clock.now())) as Agreement & {
        signedText: string
      }
      const { signedText: _, ...asDrafted } = agreement
      return await agreementText(tx, asDrafted as Agreement)
    })
    expect(text).toContain(
      'Onderzoek in opdracht van het schoolbestuur: Leren kinderen beter rekenen met een begeleider? Door Universiteit Oost',
    )
    await broker.owner`update leaflets set content = ${content} where leaflet_id = ${world.leafletId}`
  })

  test('asked directly, it says that the school does not know (K14)', async () => {
    question = await asked(broker, world, { approach: 'subject' })
    expect((await open(nadia)).words).toContain('Reken Plus B.V. vraagt dit rechtstreeks aan u. De school weet hier niet van.')
  })

  test('yes and no are buttons of the same kind, nothing is ticked, and Enter in a field presses neither (P10)', async () => {
    const { html } = await open(nadia)
    const choice = html.match(/<div class="choice".*?<\/div>/s)![0]
    const buttons = choice.match(/<button[^>]*name="answer"[^>]*>/g)!
    expect(buttons).toHaveLength(2)
    expect(buttons[0]!.replace('value="yes"', '')).toBe(buttons[1]!.replace('value="no"', ''))
    expect(html).not.toMatch(/checked/)
    const form = html.match(/<form[^>]*action="\/questions.*?<\/form>/s)![0]
    expect(form.match(/<button[^>]*>/)![0]).toContain('name="enter"')
    const entered = await answer(nadia, { enter: '1', without: 'practice-time' })
    expect(entered.words).toContain('Druk op Ja of op Nee.')
    expect(await answers()).toHaveLength(0)
  })

  test('what a supplier wrote is text, whatever it looks like', async () => {
    question = await asked(broker, world, { reason: { nl: '<img src=x onerror=alert(1)> & "hulp"' } })
    const { html } = await open(nadia)
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;hulp&quot;')
  })
})

describe('A decider answers', () => {
  test('yes: recorded with the hash of what was shown, and the page after it says what it means', async () => {
    const page = await open(nadia)
    const done = await answer(nadia, { answer: 'yes' }, page)
    expect(done.path).toBe(`${path()}/done`)
    expect(done.words).toContain('U zei ja')
    expect(done.words).toContain('Uw ja werkt tot en met 31 juli 2027.')
    const [given] = await answers()
    expect(given).toMatchObject({ decider_id: world.people.nadia.id, answer: 'yes', datatypes: null, until_at: null })
    expect(Buffer.from(given!.shown_hash).toString('hex')).toBe(page.fields(path()).shown)
    const [text] = await broker.owner`select body from shown_texts where shown_hash = ${given!.shown_hash}`
    expect(JSON.parse(text!.body)).toMatchObject({ alternative: 'De juf helpt zonder deze gegevens.', language: 'nl' })
    expect((await nadia.get('/')).words).not.toContain('Lees de vraag')
  })

  test('a part of the data, and for a shorter time', async () => {
    const done = await answer(nadia, { answer: 'yes', without: 'practice-time', until: '2026-12-31' })
    expect(done.words).toContain('Wat u deelt: rekenresultaten.')
    expect(done.words).toContain('tot en met 31 december 2026')
    expect((await answers())[0]).toMatchObject({ datatypes: ['arithmetic-results'], until_at: new Date('2026-12-31T23:00:00Z') })
  })

  test.each([
    ['leaving everything out', { without: ['practice-time', 'arithmetic-results'] }, 'U wilt geen enkel gegeven delen. Druk dan op Nee.'],
    ['a day that is past', { until: '2026-11-01' }, 'Kies een dag na vandaag'],
    ['a day after the end', { until: '2027-08-01' }, 'en niet later dan 31 juli 2027.'],
  ])('%s is told at its field, and what was chosen stays', async (_, fields, sentence) => {
    const page = await answer(nadia, { answer: 'yes', ...fields })
    expect(page.status).toBe(400)
    expect(page.words).toContain(sentence)
    if ('until' in fields) expect(page.html).toContain(`value="${fields.until}"`)
    expect(await answers()).toHaveLength(0)
  })

  test('no with a narrowing filled in is simply no', async () => {
    await answer(nadia, { answer: 'no', without: 'practice-time', until: '2026-11-01' })
    expect((await answers())[0]).toMatchObject({ answer: 'no', datatypes: null, until_at: null })
  })

  test('may change their mind while it is open; the page says what they said', async () => {
    await answer(nadia, { answer: 'no' })
    const again = await open(nadia)
    expect(again.words).toContain('U zei nee op 16 november 2026.')
    expect((await answer(nadia, { answer: 'yes' }, again)).words).toContain('U zei ja')
    expect(await answers()).toHaveLength(2)
  })

  test('a yes and a no are a conflict that tells nobody who said what', async () => {
    await answer(nadia, { answer: 'yes' })
    const done = await answer(karim, { answer: 'no' })
    expect(done.words).toContain('De ene ouder zei ja, de andere nee.')
    expect(done.html).not.toContain('Nadia')
  })
})

describe('Expired pages and double presses end well (INV-06)', () => {
  test('pressing twice records once, and the second press shows the first', async () => {
    const page = await open(nadia)
    await answer(nadia, { answer: 'yes' }, page)
    const second = await answer(nadia, { answer: 'no' }, page)
    expect(second.words).toContain('U zei ja')
    expect(await answers()).toHaveLength(1)
  })

  race('twenty presses at once record once', pressedAgain, async () => {
    const page = await open(nadia)
    const presses = await Promise.all(Array.from({ length: 20 }, () => answer(nadia, { answer: 'yes' }, page)))
    expect(new Set(presses.map(({ status, path: to }) => `${status} ${to}`))).toEqual(new Set([`200 ${path()}/done`]))
    expect(await answers()).toHaveLength(1)
  })

  test('when the text changed after it was shown, the new one is shown and nothing is recorded (K26)', async () => {
    const page = await open(nadia)
    await broker.owner`update suppliers set legal_name = 'Reken Plus Nederland B.V.'`
    const again = await answer(nadia, { answer: 'yes' }, page)
    expect(again.status).toBe(409)
    expect(again.words).toContain('De vraag is veranderd terwijl u las.')
    expect(again.words).toContain('Reken Plus Nederland B.V.')
    expect(await answers()).toHaveLength(0)
    expect((await answer(nadia, { answer: 'yes' }, again)).words).toContain('U zei ja')
    await broker.owner`update suppliers set legal_name = 'Reken Plus B.V.' where legal_name = 'Reken Plus Nederland B.V.'`
  })

  test.each([
    ['no answer', { answer: '' }],
    ['another answer', { answer: 'maybe' }],
    ['an unknown field', { answer: 'yes', datatypes: 'medical' }],
    ['no hash', { answer: 'yes', shown: '' }],
    ['two answers', { answer: ['yes', 'no'] }],
    ['no form', { answer: 'yes', form: '' }],
  ])('a broken form (%s) gives nothing and withdraws nothing', async (_, fields) => {
    expect((await answer(nadia, fields)).status).toBe(400)
    expect(await answers()).toHaveLength(0)
  })

  test('a question that has ended says so and takes no answer', async () => {
    const page = await open(nadia)
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'withdrawn', ended_by = 'x' where consent_id = ${question}`
    const late = await answer(nadia, { answer: 'yes' }, page)
    expect(late.status).toBe(409)
    expect(late.words).toContain('Deze toestemming is gestopt.')
    const closed = await open(nadia)
    expect(closed.words).toContain('Deze vraag is gesloten.')
    expect(closed.html).not.toContain('name="answer"')
  })
})

describe('Only who may answer sees and answers (INV-08)', () => {
  test('for others, staff included, it looks as if there were no such question', async () => {
    const fields = { ...(await open(nadia)).fields(path()), answer: 'yes', reviewed: '1' }
    for (const other of ['sara', 'mirjam', 'els', 'pim'] as const) {
      const visitor = await signIn(broker, app, world.people[other].email)
      const foreign = await visitor.get(path())
      const nowhere = await visitor.get(`/questions/${newId(broker.clock.now())}`)
      expect([foreign.status, foreign.words], other).toEqual([nowhere.status, nowhere.words])
      expect(foreign.status).toBe(404)
      expect((await visitor.post(path(), fields)).status).toBe(404)
      expect((await visitor.get(`${path()}/done`)).status).toBe(404)
    }
    expect(await answers()).toHaveLength(0)
  })

  test('a parent whose authority ended sees nothing from that moment', async () => {
    const page = await open(karim)
    expect(page.status).toBe(200)
    await broker.owner`update guardianships set ends_at = ${broker.clock.now()} where guardian_id = ${world.people.karim.id}`
    expect((await open(karim)).status).toBe(404)
    expect((await answer(karim, { answer: 'yes' }, page)).status).toBe(404)
    expect((await karim.get('/')).words).not.toContain('Fatima')
    await broker.owner`update guardianships set ends_at = null where guardian_id = ${world.people.karim.id}`
  })

  test('a pupil under sixteen reads that the parents answer', async () => {
    await broker.owner`update accounts set email = 'fatima@leerling.example' where account_id = ${world.people.fatima.account}`
    const fatima = await signIn(broker, app, 'fatima@leerling.example')
    const page = await open(fatima)
    expect(page.words).toContain('U bent nog geen 16.')
    expect(page.html).not.toContain('name="answer"')
    const fields = { ...(await open(nadia)).fields(path()), answer: 'yes' }
    const refused = await fatima.post(path(), fields)
    expect(refused.status).toBe(403)
    const tried = (await told(broker, 'attempt_refused')).filter(({ actor }) => actor === `person:${world.people.fatima.id}`)
    expect(tried.map(({ facts }) => facts.code)).toEqual(['may_stop_not_give'])
  })

  test('a member of staff answers about herself, and reads that no has no consequences', async () => {
    question = await asked(broker, world, { about: world.people.sara.id, approach: 'subject' })
    const sara = await signIn(broker, app, world.people.sara.email)
    const page = await open(sara)
    expect(page.words).toContain('Mag Reken Plus B.V. dit van u zien')
    expect(page.words).toContain('Nee zeggen heeft geen gevolgen voor uw werk.')
    expect((await answer(sara, { answer: 'no' }, page)).words).toContain('U zei nee')
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where consent_id = ${question}`
    expect((await open(sara)).words, 'nobody can say no to what is over').not.toContain('Nee zeggen')
    expect(page.words, 'of how many the company asked, nobody here knows').not.toContain('herkent u misschien')

    question = await asked(broker, world, { about: world.people.sara.id })
    expect((await open(sara)).words, 'D08').toContain('Dit wordt aan weinig mensen gevraagd.')
    const others = (['mirjam', 'ruud', 'joost', 'pim'] as const).map((one) => world.people[one].id)
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, async (tx) => {
      const [{ item_id: itemId }] = await broker.owner<[{ item_id: ItemId }]>`select item_id from consents where consent_id = ${question}`
      await askConsents(tx, broker.clock.now(), { boardId: world.boardId, itemId, approach: 'organisation' }, others)
    })
    expect((await open(sara)).words, 'of five and more').not.toContain('herkent u misschien')
  })

  test('D03 of research, who somebody is may stay with them: “deel ik liever niet” is an answer, kept, and the rest is given', async () => {
    question = await asked(broker, world, { about: world.people.sara.id })
    await broker.owner`update items set purpose = '5.1.f', datatypes = array['age-bracket', 'sex', 'survey-answers'], holder_id = null, holder_agreement_id = null
      where item_id = (select item_id from consents where consent_id = ${question})`
    const sara = await signIn(broker, app, world.people.sara.email)
    const page = await open(sara)
    const unfolded = page.html.replace(/<details[\s\S]*?<\/details>/g, '')
    expect(unfolded, 'not folded away, and before yes and no').toMatch(
      /Deel ik liever niet:.*value="age-bracket".*value="sex".*name="answer"/s,
    )
    expect(unfolded).not.toContain('value="survey-answers"')
    const review = await sara.post(path(), { ...page.fields(path()), answer: 'yes', without: ['age-bracket'] })
    expect(review.words).toMatch(/geslacht en wat iemand op vragen heeft gezegd.*hoe oud iemand ongeveer is/)
    expect(await answers(), 'nothing is sent yet').toEqual([])
    await sara.post(path(), { ...review.fields(path()), reviewed: '1' })
    expect(await answers()).toMatchObject([{ answer: 'yes', datatypes: ['sex', 'survey-answers'] }])
    expect((await sara.get('/')).words, 'answered, not missing').not.toContain('hoe oud iemand ongeveer is')
  })

  test('without signing in nothing is shown, and after it one comes back here', async () => {
    expect((await open(new Visitor(app))).path).toBe(`/sign-in?next=${encodeURIComponent(path())}`)
  })

  test('a link opened by a scanner decides nothing', async () => {
    await nadia.get(`${path()}?answer=yes`)
    await nadia.get(`${path()}/done?answer=yes`)
    expect(await answers()).toHaveLength(0)
  })
})
