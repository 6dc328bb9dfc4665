import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { recordAnswer } from '../../src/consents/answer.ts'
import { questionText } from '../../src/consents/shown-text.ts'
import { inTransaction } from '../../src/database.ts'
import { type ConsentId, newId } from '../../src/ids.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { endGuardianship } from '../../src/people/record-guardianship.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { anybodys, instead, raceFrom } from '../support/race.ts'
import { receipt27560 } from '../support/receipt-schema.ts'
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
}
beforeAll(begin)
afterAll(() => broker.close())
async function asksAgain() {
  await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where ended_at is null`
  broker.clock.pass({ hours: 1 })
  nadia = await signIn(broker, app, world.people.nadia.email)
  karim = await signIn(broker, app, world.people.karim.email)
  question = await asked(broker, world)
}
beforeEach(asksAgain)
const race = raceFrom(async () => {
  await begin()
  await asksAgain()
})

const path = () => `/questions/${question}`
const answer = async (visitor: Visitor, fields: Record<string, string | string[]>) => {
  const done = await visitor.post(path(), { ...(await visitor.get(path())).fields(path()), reviewed: '1', ...fields })
  await broker.settled()
  return done
}
const linkOn = (page: Seen) => page.html.match(/href="(\/receipts\/[0-9a-f-]{36})"/)?.[1]
async function jsonOf(visitor: Visitor, link: string) {
  const file = await visitor.get(`${link}/json`)
  expect(file.headers.get('content-type')).toBe('application/json')
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="bewijs-[0-9a-f-]{36}\.json"$/)
  return { text: file.html, ...receipt27560.parse(JSON.parse(file.html)) }
}
const dpv = (term: string) => `https://w3id.org/dpv#${term}`
const receiptMails = () => broker.mails.filter(({ subject }) => subject === 'Uw bewijs staat klaar')

describe('After a yes there is a receipt (AVG art. 7(1))', () => {
  test('on the screen, to print, and as a file with every field of ISO/IEC TS 27560', async () => {
    const done = await answer(nadia, { answer: 'yes', without: 'practice-time', until: '2026-12-31' })
    const link = linkOn(done)!
    const page = await nadia.get(link)
    for (const said of [
      'U zei ja',
      'Nadia Amrani, als ouder',
      'Fatima Amrani',
      'Reken Plus B.V.',
      'rekenresultaten',
      '31 december 2026',
      'op deze site',
    ]) {
      expect(page.words).toContain(said)
    }
    expect(page.words).not.toContain('oefentijd')
    const receipt = await jsonOf(nadia, link)
    const [processing] = receipt.processing
    const [notice] = processing!.privacy_notice
    expect(notice!.notice_hash).toBe(`sha-256:${createHash('sha256').update(notice!.notice_text).digest('hex')}`)
    const [kept] = await broker.owner`select encode(shown_hash, 'hex') as hash, language from answers where consent_id = ${question}`
    expect([notice!.notice_hash, processing!.language]).toEqual([`sha-256:${kept!.hash}`, kept!.language])
    expect(page.words).toContain(kept!.hash)
    expect(processing).toMatchObject({
      lawful_basis: dpv('ExpressedConsent'),
      purpose_type: 'https://w3id.org/dpv/sector/education#StudentPersonalisedContentDelivery',
      collection_method: { method: dpv('Obtain'), source: 'Rekenrijk Oefenen' },
      retention_period: { until: '2026-12-31T23:00:00.000Z' },
      pii_information: [
        { pii_type: 'https://w3id.org/dpv/pd#Education', pii_attribute_id: 'arithmetic-results', special_pii_category: false },
      ],
      pii_controllers: ['urn:nld:oin:00000099999999990001'],
      withdrawal_method: { url: `https://broker.test/consents/${question}` },
    })
    expect(receipt.event).toEqual([
      {
        event_time: broker.clock.now().toISOString(),
        validity_duration: `${broker.clock.now().toISOString()}/2026-12-31T23:00:00.000Z`,
        entity_id: `urn:uuid:${world.people.nadia.id}`,
        event_type: dpv('ProvideConsent'),
        event_state: dpv('ConsentGiven'),
      },
    ])
    expect(receipt.party.find(({ party_name }) => party_name === 'Nadia Amrani')?.party_role).toBe(dpv('ParentOfDataSubject'))
    expect(receipt.party.find(({ party_name }) => party_name === 'Reken Plus B.V.')?.party_role).toBe(dpv('DataProcessor'))
    expect(receipt.text, 'the subject is an id').not.toContain('Fatima')
    expect((await jsonOf(nadia, link)).text, 'and stays the same').toBe(receipt.text)
  })

  test('of a question that was asked directly the supplier is the controller, and explicit consent says so', async () => {
    question = await asked(broker, world, { approach: 'subject', datatypes: ['arithmetic-results'] })
    await broker.owner`update items set special_category = true where item_id = (select item_id from consents where consent_id = ${question})`
    const receipt = await jsonOf(nadia, linkOn(await answer(nadia, { answer: 'yes' }))!)
    expect(receipt.processing[0]).toMatchObject({
      lawful_basis: dpv('ExplicitlyExpressedConsent'),
      pii_controllers: [`urn:uuid:${world.supplierId}`],
    })
  })

  test('about oneself as a member of staff, in English, and about a picture on a page far away', async () => {
    question = await asked(broker, world, { about: world.people.sara.id, image: { channel: 'Instagram', medium: 'photo' } })
    const sara = await signIn(broker, app, world.people.sara.email)
    sara.cookies.set('__Host-language', 'en')
    const link = linkOn(await answer(sara, { answer: 'yes' }))!
    expect((await sara.get(link)).words).toContain('You said yes')
    const receipt = await jsonOf(sara, link)
    expect(receipt.processing[0]).toMatchObject({
      language: 'en',
      pii_information: [{ pii_type: 'https://w3id.org/dpv/pd#Picture' }],
      geographic_restrictions: ['EEA', 'US'],
    })
    expect(receipt.party[0]!.party_role).toBe(dpv('DataSubject'))
  })
})

describe('After a no, after stopping and after objecting too', () => {
  test('a no', async () => {
    const done = await answer(nadia, { answer: 'no' })
    const receipt = await jsonOf(nadia, linkOn(done)!)
    expect(receipt.event[0]).toMatchObject({
      event_type: dpv('RefuseConsent'),
      event_state: dpv('ConsentRefused'),
      validity_duration: 'PT0S',
    })
    expect((await nadia.get(linkOn(done)!)).words).toContain('Met uw nee wordt er niets gedeeld.')
  })

  const othersToo = { 'where anybody’s receipt is found': anybodys('receipts', 'person_id') }
  race('who stops it has the receipt of that, and no trace of what the other parent said', othersToo, async () => {
    await answer(nadia, { answer: 'yes', without: 'practice-time' })
    broker.clock.pass({ minutes: 1 })
    const stopped = await karim.post(`/consents/${question}/stop`)
    await broker.settled()
    const receipt = await jsonOf(karim, linkOn(stopped)!)
    expect(receipt.event).toMatchObject([
      {
        event_type: dpv('WithdrawConsent'),
        event_state: dpv('ConsentWithdrawn'),
        entity_id: `urn:uuid:${world.people.karim.id}`,
        validity_duration: 'PT0S',
      },
    ])
    const page = await karim.get(linkOn(stopped)!)
    for (const seen of [receipt.text, page.words]) expect(seen).not.toMatch(/nadia/i)
    expect(receipt.text).not.toContain(world.people.nadia.id)
    const hers = await nadia.get('/receipts')
    expect(hers.words).toContain('U zei ja')
    expect(hers.words.match(/U stopte dit/g) ?? []).toEqual([])
    expect((await nadia.get(linkOn(stopped)!)).status, 'nobody reads another’s').toBe(404)
    expect((await nadia.get(`${linkOn(stopped)}/json`)).status).toBe(404)
    expect((await new Visitor(app).get(linkOn(stopped)!)).path).toMatch(/^\/sign-in/)
  })

  test('of a picture nobody is promised that everybody erases it: neither before the yes nor after the stop (P28)', async () => {
    question = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    const shown = await nadia.get(path())
    const said = await nadia.get(linkOn(await answer(nadia, { answer: 'yes' }))!)
    for (const page of [shown, said])
      expect(page.words).toContain('Dan haalt de school het weg. Wat op papier staat of door anderen is bewaard')
    const stopped = await nadia.post(`/consents/${question}/stop`)
    const receipt = await nadia.get(linkOn(stopped)!)
    expect(receipt.words).toContain(
      'Vanaf dit moment mag de school dit niet meer laten zien. Wat op papier staat of door anderen is bewaard',
    )
    for (const page of [shown, said, stopped, receipt]) expect(page.words).not.toMatch(/krijgt niemand|moet wissen|moet ze wissen/)
  })

  test('who objects', async () => {
    question = await asked(broker, world, { basis: 'legitimate_interest', datatypes: ['practice-time'] })
    const page = await nadia.post(`/consents/${question}/object`)
    await broker.settled()
    const receipt = await jsonOf(nadia, linkOn(page)!)
    expect(receipt.processing[0]!.lawful_basis).toBe(dpv('LegitimateInterest'))
    expect(receipt.processing[0]!.privacy_rights).toContain('https://w3id.org/dpv/legal/eu/gdpr#A21')
    expect(receipt.event[0]).toMatchObject({ event_type: dpv('ObjectingToProcess'), event_state: dpv('RequestAcknowledged') })
  })

  test('what the school recorded from paper is the decider’s receipt, and says how it came', async () => {
    const { hash } = (await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
      questionText(tx, world.boardId, question, 'nl'),
    ))!
    await recordAnswer(broker.deps, world.people.joost.actor, {
      consentId: question,
      deciderId: world.people.karim.id,
      method: 'paper',
      answer: 'no',
      shownHash: hash,
      language: 'nl',
    })
    const page = await karim.get('/receipts')
    expect(page.words).toContain('U zei nee')
    expect((await karim.get(linkOn(page)!)).words).toContain('op papier, ingevoerd door de school')
  })

  test('an answer that was taken back at once says so', async () => {
    const link = linkOn(await answer(nadia, { answer: 'yes' }))!
    await nadia.post(`${path()}/undo`)
    expect((await nadia.get(link)).words).toContain('U nam dit terug op')
    const receipt = await jsonOf(nadia, link)
    expect(receipt.event.map(({ event_state }) => event_state)).toEqual([dpv('ConsentGiven'), dpv('ConsentInvalidated')])
    expect(receipt.event[0]!.validity_duration).toBe('PT0S')
  })
})

describe('A receipt is read later, by who it was given to', () => {
  test('all of them from Mijn toestemmingen, the newest first', async () => {
    await answer(nadia, { answer: 'yes' })
    broker.clock.pass({ minutes: 1 })
    await answer(nadia, { answer: 'no' })
    expect((await nadia.get('/consents')).html).toContain('href="/receipts"')
    const list = await nadia.get('/receipts')
    expect(list.words.indexOf('U zei nee')).toBeLessThan(list.words.indexOf('U zei ja'))
    expect(linkOn(await nadia.get(`/consents/${question}`))).toBe(linkOn(list))
  })

  test('also by who is no guardian any more: their own act, without the name of the child', async () => {
    const link = linkOn(await answer(karim, { answer: 'no' }))!
    await endGuardianship(broker.deps, world.people.mirjam.actor, world.guardianships.karim)
    const page = await karim.get(link)
    expect([page.status, page.words.includes('U zei nee'), page.words.includes('Fatima')]).toEqual([200, true, false])
    expect(page.words).toContain('als ouder')
    await broker.owner`update guardianships set ends_at = null, ended_by = null where guardianship_id = ${world.guardianships.karim}`
  })

  test('a receipt that is not there, or of another board, is not found', async () => {
    expect((await nadia.get(`/receipts/${newId(broker.clock.now())}`)).status).toBe(404)
  })
})

describe('By mail', () => {
  test('the first at once, what follows in that quarter of an hour together, and no word about whom or what', async () => {
    const before = receiptMails().length
    await answer(nadia, { answer: 'yes' })
    expect(receiptMails().length - before).toBe(1)
    await answer(nadia, { answer: 'no' })
    await answer(nadia, { answer: 'yes' })
    expect(receiptMails().length - before).toBe(1)
    broker.clock.pass({ minutes: 15 })
    await deliverMails(broker.deps)
    expect(receiptMails().length - before).toBe(2)
    for (const mail of receiptMails()) {
      expect(mail.to === world.people.nadia.email || mail.to === world.people.karim.email || mail.to === world.people.sara.email).toBe(true)
      expect(mail.text).toContain('https://broker.test/receipts')
      expect(mail.text).not.toMatch(/fatima|amrani|reken|rekenresultaten|waterlelie/i)
    }
  })

  const oneOfAMoment = {
    'where a receipt is told by who acted and when': [
      { schema: 'create unique index one_of_a_moment on receipts (board_id, person_id, made_at)' },
      instead(/^insert into "receipts"[\s\S]*/, '$& on conflict do nothing'),
    ],
  }
  race('two acts of one person at the same moment each have their receipt', oneOfAMoment, async () => {
    const second = await asked(broker, world, { datatypes: ['practice-time'] })
    const pages = await Promise.all([question, second].map((one) => nadia.get(`/questions/${one}`)))
    await Promise.all(
      [question, second].map((one, nr) =>
        nadia.post(`/questions/${one}`, { ...pages[nr]!.fields(`/questions/${one}`), reviewed: '1', answer: 'yes' }),
      ),
    )
    await broker.settled()
    expect(await broker.owner`select from receipts where consent_id in ${broker.owner([question, second])}`).toHaveLength(2)
  })
})

test('an act that does not come through leaves no receipt', async () => {
  const page = await nadia.get(path())
  await broker.owner`update items set reason_nl = 'Heel iets anders.' where item_id = (select item_id from consents where consent_id = ${question})`
  expect((await nadia.post(path(), { ...page.fields(path()), reviewed: '1', answer: 'yes' })).status).toBe(409)
  expect(await broker.owner`select from receipts where consent_id = ${question}`).toHaveLength(0)
})
