import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { createApp } from '../../src/app.ts'
import { FRESH_MINUTES } from '../../src/fresh-sign-in.ts'
import type { ConsentId, RoundId } from '../../src/ids.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { pressedAgain, raceFrom } from '../support/race.ts'
import { sibling } from '../support/sibling.ts'
import { signIn } from '../support/signed-in.ts'
import type { Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld, type WorldPerson } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
let app: ReturnType<typeof createApp>
let nadia: Visitor
let karim: Visitor
let youssef: WorldPerson
let round: { roundId: RoundId; consentIds: ConsentId[] }

async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  app = createApp(() => broker.deps)
  youssef = await sibling(broker, world, 'youssef')
  nadia = await signIn(broker, app, world.people.nadia.email)
  karim = await signIn(broker, app, world.people.karim.email)
}
beforeAll(begin)
afterAll(() => broker.close())
async function ask() {
  await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
  broker.clock.pass({ seconds: 61 })
  round = await they.round([
    imageItem('website'),
    imageItem('Facebook'),
    arithmeticItem(world, { occasion: 'Begeleiding bij rekenen.' }),
    arithmeticItem(world, { legalBasis: 'public_task', purpose: '5.1.d' }),
  ])
}
beforeEach(ask)
const race = raceFrom(async () => {
  await begin()
  await ask()
})

const path = (subject = world.people.fatima.id) => `/rounds/${round.roundId}/${subject}`
const press = async (visitor: Visitor, fields: Record<string, string>, page?: Seen, to = path()) =>
  await visitor.post(to, { ...(page ?? (await visitor.get(to))).fields(to), ...fields })
const send = async (visitor: Visitor, fields: Record<string, string>, to = path()) =>
  await press(visitor, { reviewed: '1' }, await press(visitor, fields, undefined, to), to)
const answers =
  () => broker.owner`select a.consent_id, a.decider_id, a.answer, a.datatypes from answers a join consents c using (board_id, consent_id)
  join items i using (board_id, item_id) where round_id = ${round.roundId} order by a.answered_at, a.consent_id`

describe('A round is one calm list for one child (K06, K13)', () => {
  test('home has one line for it, and the list has every item, none answered beforehand', async () => {
    const home = await nadia.get('/')
    expect(home.html.match(/<article/g), 'one line per child').toHaveLength(2)
    expect(home.words).toContain('Ouderovereenkomst Beantwoord: 0 van 3 Bekijk de vragen')
    const children = ({ words }: Seen) => words.match(/Over \w+ Amrani/g)
    expect(children(home), 'in the order in which they stand everywhere').toEqual(children(await nadia.get('/consents')))
    const list = await nadia.get(path())
    expect(list.html.match(/type="radio"/g)).toHaveLength(6)
    expect(list.html).not.toMatch(/type="radio"[^>]*checked/)
    expect(list.html, 'no way to say yes to all').not.toMatch(/alles/i)
    expect(list.words).toContain('Zonder toestemming')
    expect(list.words).toContain('Wij delen niet meer dan nodig is.')
    expect(list.words, 'that data leave Europe is not folded away').toContain('Let op: deze gegevens gaan naar een land buiten Europa')
  })

  test('D03 of research one chooses what one shares, on its own page', async () => {
    await broker.owner`update items set purpose = '5.1.f', datatypes = array['sex', 'survey-answers'], holder_id = null, holder_agreement_id = null
      where item_id = (select item_id from consents where consent_id = ${round.consentIds[2]!})`
    const list = await nadia.get(path())
    expect(list.words).toContain('Kies zelf wat u deelt')
    expect(list.words).not.toContain('Extra gevoelig')
    expect(list.html).not.toContain(`name="answer-${round.consentIds[2]}"`)
    expect((await nadia.get(`/questions/${round.consentIds[2]}`)).words).toContain('Deel ik liever niet: ')
  })

  test('some are answered, shown once more, sent; the others wait and the progress is kept', async () => {
    const [website, facebook, arithmetic] = round.consentIds
    const review = await press(nadia, { [`answer-${website}`]: 'yes', [`answer-${facebook}`]: 'no' })
    expect(review.words).toContain('Klopt dit?')
    expect(review.words).toContain('Er blijft 1 vraag open.')
    expect(await answers()).toHaveLength(0)
    const sent = await press(nadia, { reviewed: '1' }, review)
    expect(sent.words).toContain('Verstuurd: 2 antwoorden.')
    expect(sent.words).toContain('Beantwoord: 2 van 3')
    expect(new Set((await answers()).map(({ answer }) => answer))).toEqual(new Set(['no', 'yes']))
    expect((await nadia.get('/')).words).toContain('Beantwoord: 2 van 3 Ga verder')
    expect((await press(nadia, { reviewed: '1' }, review)).status, 'pressed twice').toBe(200)
    expect(await answers()).toHaveLength(2)
    expect((await nadia.get(path())).html).toContain(`answer-${arithmetic}`)
  })

  test('what was sent can be taken back where it is read again, as long as one stays signed in', async () => {
    const [website] = round.consentIds
    const sent = await send(nadia, { [`answer-${website}`]: 'yes' })
    expect(sent.html).toContain(`href="/consents/${website}"`)
    broker.clock.pass({ minutes: 1 })
    const later = await signIn(broker, app, world.people.nadia.email)
    expect((await later.get(`/consents/${website}`)).html).not.toContain(`/questions/${website}/undo`)
    const page = await nadia.get(`/consents/${website}`)
    expect(page.words).toContain('Maak mijn antwoord ongedaan')
    expect(page.html).toContain(`action="/questions/${website}/undo"`)
    const undone = await nadia.post(`/questions/${website}/undo`)
    expect(undone.words).toContain('Uw antwoord is ongedaan gemaakt.')
    expect((await nadia.get(`/consents/${website}`)).words, 'nothing is left to take back').not.toContain('ongedaan')
  })

  race('five presses at once take each answer once (INV-06)', pressedAgain, async () => {
    const review = await press(nadia, Object.fromEntries(round.consentIds.slice(0, 3).map((id) => [`answer-${id}`, 'yes'])))
    await Promise.all(Array.from({ length: 5 }, () => press(nadia, { reviewed: '1' }, review)))
    expect(await answers()).toHaveLength(3)
  })

  test('nothing chosen is told on top and leads to the first question; going back keeps what was chosen', async () => {
    const none = await press(nadia, {})
    expect(none.status).toBe(400)
    const first = none.html.match(/id="(answer-[0-9a-f-]{36})"/)![1]
    expect(none.html).toContain(`href="#${first}"`)
    const review = await press(nadia, { [`answer-${round.consentIds[1]}`]: 'no' })
    const again = await press(nadia, { change: '1' }, review)
    expect(again.html.match(/type="radio"[^>]*checked/g)).toHaveLength(1)
    expect(await answers()).toHaveLength(0)
  })

  test('what changed meanwhile is not recorded, and is told at that item; the rest is', async () => {
    const [website, , arithmetic] = round.consentIds
    const review = await press(nadia, { [`answer-${website}`]: 'yes', [`answer-${arithmetic}`]: 'yes' })
    await broker.owner`update holders set name = 'Rekenrijk Thuis'`
    const sent = await press(nadia, { reviewed: '1' }, review)
    await broker.owner`update holders set name = 'Rekenrijk Oefenen'`
    expect(sent.status).toBe(409)
    expect(sent.html).toContain(`href="#answer-${arithmetic}"`)
    const [item] = sent.html.match(new RegExp(`<fieldset[^>]*id="item-${arithmetic}".*?</fieldset>`, 's'))!
    expect(item, 'marked where it is answered').toMatch(/<del>.*Rekenrijk Oefenen.*<\/del>.*<ins>.*Rekenrijk Thuis.*<\/ins>/s)
    expect(sent.html.match(/<del>/g), 'and only what differs').toHaveLength(1)
    expect(await answers()).toMatchObject([{ consent_id: website }])
  })

  test.each([
    ['who can see the picture', 0, { image_channel: 'Nieuwsbrief' }, 'Iedereen die op deze plaats kan kijken.'],
    ['that it is very sensitive', 0, { special_category: true }, 'Dit zijn extra gevoelige gegevens.'],
    ['who of the company sees it', 2, { needs_assignment: true }, 'Alleen een begeleider die het bedrijf'],
  ])('of %s the difference is marked too', async (_, nr, differently, words) => {
    const id = round.consentIds[nr]!
    const review = await press(nadia, { [`answer-${id}`]: 'yes' })
    await broker.owner`update items set ${broker.owner(differently)} where item_id = (select item_id from consents where consent_id = ${id})`
    const sent = await press(nadia, { reviewed: '1' }, review)
    expect(sent.status).toBe(409)
    expect(sent.html.match(/<ins>.*?<\/ins>/gs)?.join(' ')).toContain(words)
    expect(await answers()).toHaveLength(0)
  })

  test('a broken form answers nothing', async () => {
    for (const fields of [{ ['answer-x']: 'yes' }, { [`answer-${round.consentIds[0]}`]: 'yes', form: '' }, { all: 'yes' }]) {
      expect((await press(nadia, fields as Record<string, string>)).status).toBe(400)
    }
    await press(nadia, { [`answer-${round.consentIds[0]}`]: 'maybe', reviewed: '1' })
    expect(await answers()).toHaveLength(0)
  })

  test('somebody who has no say finds no such round', async () => {
    const sara = await signIn(broker, app, world.people.sara.email)
    expect((await sara.get(path())).status).toBe(404)
    expect((await sara.post(path(), { form: 'x'.repeat(30), language: 'nl' })).status).toBe(404)
  })
})

describe('An answer is taken over for a brother by an act of its own per item', () => {
  test('narrowed as it was, and only where it was chosen', async () => {
    const arithmetic = round.consentIds[2]!
    await they.answer(world.people.nadia, round.consentIds[0]!, 'yes')
    await they.answer(world.people.nadia, arithmetic, 'yes', { datatypes: ['arithmetic-results'] })
    const to = path(youssef.id)
    const list = await nadia.get(to)
    expect(list.words).toContain('Hetzelfde als bij Fatima Amrani: ja')
    expect(list.html).not.toMatch(/type="radio"[^>]*checked/)
    const own = list.html.match(new RegExp(`name="answer-([0-9a-f-]{36})" value="as-${arithmetic}"`))![1]!
    const sent = await send(nadia, { [`answer-${own}`]: `as-${arithmetic}` }, to)
    expect(sent.words).toContain('Verstuurd: 1 antwoord.')
    expect((await answers()).filter(({ consent_id }) => consent_id === own)).toMatchObject([
      { answer: 'yes', datatypes: ['arithmetic-results'] },
    ])
    const [receipt] = await broker.owner`select receipt_id, act, person_id from receipts where consent_id = ${own}`
    expect(receipt, 'with a receipt of its own').toMatchObject({ act: 'yes', person_id: world.people.nadia.id })
    expect((await nadia.get(`/receipts/${receipt!.receipt_id}`)).words).toMatch(/Youssef Amrani.*rekenresultaten/)
  })

  test('nor does a list give very sensitive data, by whatever it is sent: that takes a fresh sign-in on its own page (P36)', async () => {
    const arithmetic = round.consentIds[2]!
    await they.answer(world.people.nadia, arithmetic, 'yes')
    const to = path(youssef.id)
    const list = await nadia.get(to)
    const own = list.html.match(new RegExp(`name="answer-([0-9a-f-]{36})" value="as-${arithmetic}"`))![1]!
    await broker.owner`update items set special_category = true where item_id = (select item_id from consents where consent_id = ${own})`
    broker.clock.pass({ minutes: FRESH_MINUTES, seconds: 1 })
    const { form, language } = list.fields(to)
    const { hash } = await they.shown(own as ConsentId)
    const shown = { [`shown-${own}`]: Buffer.from(hash).toString('hex') }
    for (const value of ['yes', `as-${arithmetic}`]) {
      await nadia.post(to, { form: form!, language: language!, reviewed: '1', ...shown, [`answer-${own}`]: value })
    }
    expect((await answers()).filter(({ consent_id }) => consent_id === own)).toEqual([])
  })

  test('never the other parent’s', async () => {
    await they.answer(world.people.nadia, round.consentIds[0]!, 'yes')
    expect((await karim.get(path(youssef.id))).words).not.toContain('Hetzelfde als')
  })
})

describe('The agreement is a document of one decider (K06)', () => {
  test('with their own answers and the school’s undertakings, and never the other parent’s answer', async () => {
    const [website, facebook] = round.consentIds
    await they.answer(world.people.nadia, website!, 'yes')
    await they.answer(world.people.karim, website!, 'no')
    await they.answer(world.people.karim, facebook!, 'yes')
    const hers = await nadia.get(`${path()}/agreement`)
    expect(hers.words).toContain('Versie 1')
    expect(hers.words).toContain('Wij delen niet meer dan nodig is.')
    expect(hers.words).toMatch(/Plaats: website Ja/)
    expect(hers.words).toMatch(/Plaats: Facebook Nog open/)
    expect(hers.html).not.toContain('Karim')
    const his = await karim.get(`${path()}/agreement`)
    expect(his.words).toMatch(/Plaats: website Nee/)
    expect(his.html).not.toContain('Nadia')
  })

  test('a new version when something changed, and only then; the old one stays as it was', async () => {
    const at = `${path()}/agreement`
    await they.answer(world.people.nadia, round.consentIds[0]!, 'yes')
    await nadia.get(at)
    await they.answer(world.people.karim, round.consentIds[0]!, 'no')
    expect((await nadia.get(at)).words, 'what the other parent says changes nothing here').toContain('Versie 1')
    await they.answer(world.people.nadia, round.consentIds[1]!, 'no')
    const newest = await nadia.get(at)
    expect(newest.words).toContain('Versie 2')
    const old = await nadia.get(`${at}?version=1`)
    expect(old.words).toContain('Dit is een oudere versie.')
    expect(old.words).toMatch(/Plaats: Facebook Nog open/)
    expect((await nadia.get(`${at}?version=9`)).status).toBe(404)
    await broker.owner`update persons set family_name = 'Amrani-Bos' where person_id = ${world.people.fatima.id}`
    expect((await nadia.get(at)).words, 'whoever is called otherwise has a version of that').toMatch(/Versie 3.*Fatima Amrani-Bos/)
    expect((await nadia.get(`${at}?version=2`)).words, 'an older one by the name of then').not.toContain('Amrani-Bos')
    await broker.owner`update persons set family_name = 'Amrani' where person_id = ${world.people.fatima.id}`
    const file = await nadia.get(`${at}?version=2&download=1`)
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="ouderovereenkomst-2026-2027-2.html"')
    expect(file.html).toContain('<style>')
    expect(file.html).not.toContain('<nav')
  })
})

describe('A version shows what was shown then (K26)', () => {
  test('whatever the company is called today, and whatever has become of the question', async () => {
    const at = `${path()}/agreement`
    const [website, , arithmetic] = round.consentIds
    await they.answer(world.people.nadia, arithmetic!, 'yes')
    await they.answer(world.people.nadia, website!, 'no')
    expect((await nadia.get(at)).words).toMatch(/Reken Plus B\.V\..* Ja/)
    await broker.owner`update suppliers set legal_name = 'Heel Ander Bedrijf B.V.' where supplier_id = ${world.supplierId}`
    const newest = await nadia.get(at)
    expect(newest.words, 'what was only told is told as it is now').toContain('Versie 2')
    expect(newest.words, 'what was answered stays what was answered').toMatch(/Reken Plus B\.V\..* Ja/)
    const old = await nadia.get(`${at}?version=1`)
    expect(old.words).not.toContain('Heel Ander')
    await nadia.post('/language', { language: 'en', back: '/' })
    const english = await nadia.get(at)
    const languages = [...english.html.matchAll(/document__line" lang="(\w+)"/g)].map(([, language]) => language)
    expect(languages, 'what changed since, in the words it was answered to').toEqual(['en', 'en', 'nl'])
    await broker.owner`update suppliers set legal_name = 'Reken Plus B.V.' where supplier_id = ${world.supplierId}`
    expect((await nadia.get(at)).html, 'the same as ever: in the reader’s').not.toContain('document__line" lang="nl"')
    await nadia.post('/language', { language: 'nl', back: '/' })
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where consent_id = ${website!}`
    expect((await nadia.get(`${at}?version=1`)).words).toMatch(/Plaats: website Nee/)
  })
})

describe('Home tells what changed since the last visit (C23)', () => {
  const comeBack = async () => {
    broker.clock.pass({ hours: 3 })
    return await signIn(broker, app, world.people.nadia.email)
  }

  test('what somebody else did, by day and without saying who; and nothing twice', async () => {
    await nadia.get('/')
    await they.answer(world.people.nadia, round.consentIds[0]!, 'yes')
    expect((await nadia.get('/')).words, 'not what one did oneself').not.toContain('Nieuw sinds')
    nadia = await comeBack()
    await they.answer(world.people.karim, round.consentIds[0]!, 'no')
    const home = await nadia.get('/')
    expect(home.words).toContain('Nieuw sinds uw vorige bezoek')
    expect(home.words).toContain('U en een ander zijn het niet eens')
    expect(home.html).not.toContain('Karim')
    expect((await nadia.get('/')).words, 'within a visit it stays').toContain('Nieuw sinds')
    nadia = await comeBack()
    expect((await nadia.get('/')).words).not.toContain('niet eens')
    await they.answer(world.people.karim, round.consentIds[1]!, 'yes')
    expect((await nadia.get('/')).words).toContain('Iemand die meebeslist, gaf antwoord')
  })

  test('an agreement that ended, after which nothing goes out', async () => {
    await they.answer(world.people.nadia, round.consentIds[2]!, 'yes')
    await nadia.get('/')
    nadia = await comeBack()
    await endAgreement(broker.deps, world.people.mirjam.actor, { agreementId: world.agreementId, because: 'opgezegd' })
    const home = await nadia.get('/')
    expect(home.words).toContain('De overeenkomst met het bedrijf is voorbij Reken Plus B.V.')
    expect(home.html).toContain(`/consents/${round.consentIds[2]}`)
  })
})
