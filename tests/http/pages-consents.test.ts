import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { ConsentId } from '../../src/ids.ts'
import { momentIn } from '../../src/web/texts/dates.ts'
import { asked } from '../support/asked.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { liveToken } from '../support/live-token.ts'
import { instead, raceFrom, withoutRowLock } from '../support/race.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let nadia: Visitor
let karim: Visitor

async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  nadia = await signIn(broker, app, world.people.nadia.email)
  karim = await signIn(broker, app, world.people.karim.email)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
beforeEach(async () => {
  for (const table of ['uses', 'status_entries', 'token_supports', 'tokens', 'grants', 'answers', 'objections', 'duties', 'consents'])
    await broker.owner`delete from ${broker.owner(table)}`
  broker.clock.pass({ seconds: 61 })
})

const answer = async (visitor: Visitor, consent: ConsentId, fields: Record<string, string>) => {
  const path = `/questions/${consent}`
  return await visitor.post(path, { ...(await visitor.get(path)).fields(path), reviewed: '1', ...fields })
}
const stop = async (visitor: Visitor, consent: ConsentId) => {
  const path = `/consents/${consent}/stop`
  return await visitor.post(path, (await visitor.get(path)).fields(path))
}
const stateOf = async (consent: ConsentId) => (await broker.owner`select ended_as from consents where consent_id = ${consent}`)[0]?.ended_as

describe('"Mijn toestemmingen" shows everything that is shared, with and without consent (K21)', () => {
  test('A01: with who, what, until when and on which ground', async () => {
    const direct = await asked(broker, world, { approach: 'subject', datatypes: ['arithmetic-results'] })
    await answer(nadia, direct, { answer: 'yes', until: '2026-12-31' })
    await asked(broker, world, { basis: 'public_task', datatypes: ['practice-time'] })
    const page = await nadia.get('/consents')
    expect(page.words).toMatch(/Over Fatima Amrani Met toestemming Reken Plus B\.V\. ja rekenresultaten tot en met 31 december 2026/)
    expect(page.words).toMatch(
      /Zonder toestemming .* Reken Plus B\.V\. zonder toestemming oefentijd tot en met 31 juli 2027 omdat het hoort bij de taak van de school/,
    )
    expect(page.html).toContain(`/consents/${direct}/stop`)
  })

  test('INV-10: of a child who left the school it says so, offers no answer, and what stood can still be stopped', async () => {
    const given = await asked(broker, world)
    await answer(nadia, given, { answer: 'yes' })
    const open = await asked(broker, world, { approach: 'subject' })
    await broker.owner`update enrolments set ends_at = ${broker.clock.now()} where person_id = ${world.people.fatima.id}`
    broker.clock.pass({ seconds: 1 })
    const page = await nadia.get('/consents')
    expect(page.words).toContain('Niet meer op deze school of in deze groep. Er wordt niets meer gedeeld.')
    expect(page.words).toMatch(/Gestopt of geweigerd Reken Plus B\.V\. niet meer op deze school of in deze groep/)
    expect(page.words).not.toMatch(/Reken Plus B\.V\. ja/)
    expect((await nadia.get('/')).words).toContain('Er wacht niets op u.')
    const question = await nadia.get(`/questions/${open}`)
    expect(question.words).toContain('Niet meer op deze school of in deze groep. Deze vraag is gesloten.')
    expect(question.html).not.toContain('name="answer"')
    expect((await stop(nadia, given)).words).toContain('Gestopt.')
    await broker.owner`update enrolments set ends_at = null where person_id = ${world.people.fatima.id}`
  })

  test('what rests on another basis is told and never asked (K01, K02)', async () => {
    const told = await asked(broker, world, { basis: 'public_task' })
    expect((await nadia.get('/')).html).not.toContain(told)
    const page = await nadia.get(`/questions/${told}`)
    expect(page.words).toContain('Hiervoor vraagt de school geen toestemming.')
    expect(page.html).not.toContain('name="answer"')
  })

  test('when nothing is shared it says so', async () => {
    expect((await nadia.get('/consents')).words).toContain('Er wordt nu niets gedeeld.')
  })
})

describe('Stopping is one press and one confirmation, alone (GDPR art. 7(3))', () => {
  test('and says what the supplier must erase, and by when', async () => {
    const consent = await asked(broker, world, { approach: 'subject' })
    await answer(nadia, consent, { answer: 'yes' })
    const confirm = await nadia.get(`/consents/${consent}/stop`)
    expect(confirm.words).toContain('Dan krijgt Reken Plus B.V. deze gegevens niet meer.')
    expect(confirm.words).toContain('U kunt dit alleen doen.')
    expect(confirm.words).toContain('Er is nog niets gegeven.')
    expect(confirm.words, 'who has nothing erases nothing').not.toContain('moet het wissen')
    expect(await stateOf(consent), 'opening the page stops nothing').toBeNull()
    const stopped = await stop(nadia, consent)
    expect(stopped.path).toBe(`/consents/${consent}`)
    expect(stopped.words).toContain('Gestopt.')
    expect(stopped.words).toContain('Er is nog niets gegeven. Het bedrijf moet zeggen dat het niets heeft. Uiterlijk op 16 december 2026.')
    expect(stopped.words).not.toContain('moet dit wissen')
    expect(await stateOf(consent)).toBe('withdrawn')
    expect((await nadia.get('/consents')).words).toContain('Gestopt of geweigerd')
  })

  test('by the other parent too, who did not give it', async () => {
    const consent = await asked(broker, world)
    await answer(nadia, consent, { answer: 'yes' })
    expect((await stop(karim, consent)).words).toContain('Gestopt.')
    expect(await stateOf(consent)).toBe('withdrawn')
  })

  test('by the pupil herself, who is nine', async () => {
    await broker.owner`update accounts set email = 'fatima@leerling.example' where account_id = ${world.people.fatima.account}`
    const fatima = await signIn(broker, app, 'fatima@leerling.example')
    const consent = await asked(broker, world)
    await answer(nadia, consent, { answer: 'yes' })
    expect((await fatima.get('/consents')).words).toContain('Over u Met toestemming Reken Plus B.V. ja')
    expect((await stop(fatima, consent)).words).toContain('Gestopt.')
  })

  const stopsAgain = {
    'where what ended ends again': [
      withoutRowLock('consents'),
      instead(/(?<=update "consents".*) and "revision" = (\$\d+) and "ended_at" is null/, ' and $1::int is not null'),
    ],
  }
  race('pressing twice shows the first (INV-06)', stopsAgain, async () => {
    const consent = await asked(broker, world)
    await answer(nadia, consent, { answer: 'yes' })
    const path = `/consents/${consent}/stop`
    // Opened before anybody presses: once it has stopped there is no form any more.
    const form = (await nadia.get(path)).fields(path)
    const press = () => nadia.post(path, form)
    const presses = await whileHeld(broker, ledgerOf(world.boardId), [press, press, press])
    const shown = presses.map((one) => one.status === 'fulfilled' && `${one.value.status} ${one.value.path}`)
    expect(shown).toEqual(Array(3).fill(`200 /consents/${consent}`))
    const entries = await broker.owner`select from ledger where event = 'consent_withdrawn' and ref = ${consent}`
    expect(entries).toHaveLength(1)
  })

  test('works while asking and signing in are shut off for too many requests (INV-17)', async () => {
    const consent = await asked(broker, world)
    await answer(nadia, consent, { answer: 'yes' })
    await broker.owner`update rates set count = 100000`
    expect((await stop(nadia, consent)).words).toContain('Gestopt.')
    await broker.owner`delete from rates`
  })

  test('what nobody gave cannot be stopped, and nobody stops for others', async () => {
    const consent = await asked(broker, world)
    expect((await nadia.get(`/consents/${consent}/stop`)).status).toBe(409)
    await answer(nadia, consent, { answer: 'yes' })
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    for (const path of [`/consents/${consent}`, `/consents/${consent}/stop`, `/consents/${consent}/object`]) {
      expect((await mirjam.get(path)).status, path).toBe(404)
    }
    expect((await mirjam.post(`/consents/${consent}/stop`)).status).toBe(404)
    expect(await stateOf(consent)).toBeNull()
  })
})

describe('What happened on a consent is told: issued and delivered apart', () => {
  test('each by its minute, and how often in it', async () => {
    const consentId = await asked(broker, world, { approach: 'subject' })
    await answer(nadia, consentId, { answer: 'yes' })
    const given = { consentId, subjectId: world.people.fatima.id }
    const tokens = [await liveToken(broker, world, given, 'subject'), await liveToken(broker, world, given, 'subject')]
    for (const datatypes of [['arithmetic-results'], ['arithmetic-results'], ['arithmetic-results', 'practice-time']])
      await broker.owner`
        insert into uses (board_id, use_id, approach, token_id, holder_id, delivered_at, datatypes, records, reported_at)
        values (${world.boardId}, gen_random_uuid(), 'subject', ${tokens[0]!}, ${world.holderId}, ${broker.clock.now()}, ${datatypes}, 1, ${broker.clock.now()})`
    const minute = momentIn('nl', broker.clock.now())
    const { words } = await nadia.get(`/consents/${consentId}`)
    expect(words).toContain(`rekenresultaten, op ${minute}. (2 keer)`)
    expect(words).toContain(`rekenresultaten en oefentijd, op ${minute}.`)
    expect(words).toContain(`Toegang op ${minute}. (2 keer)`)
    expect((await nadia.get('/consents')).words).toContain('Toegang: 2 keer. Gegevens gegeven: 3 keer.')
    const has = async () => (await nadia.get(`/consents/${consentId}/stop`)).words
    expect(await has()).toContain('Het bedrijf kreeg al: rekenresultaten en oefentijd. Wat het bedrijf al heeft, moet het wissen.')
    for (let nr = 0; nr < 20; nr++) {
      broker.clock.pass({ seconds: 61 })
      await liveToken(broker, world, given, 'subject')
    }
    const old = (await nadia.get(`/consents/${consentId}`)).words
    expect(old, 'what was handed over on an older token is told too').toContain(`rekenresultaten, op ${minute}. (2 keer)`)
    expect(old).toContain('Dit zijn de nieuwste. In totaal: 22.')
    await broker.owner`delete from uses`
    const said = (await nadia.get(`/consents/${consentId}`)).words
    expect(said).toContain('Niemand zegt dat er iets gegeven is. Zeker weten wij dat niet.')
    const unreported = await has()
    expect(unreported, 'what nobody reported may have been given').not.toContain('Er is nog niets gegeven.')
    expect(unreported).toContain('Wat het bedrijf al heeft, moet het wissen.')
  })

  test('and not who of the parents said what', async () => {
    const consent = await asked(broker, world)
    await answer(nadia, consent, { answer: 'yes' })
    await answer(karim, consent, { answer: 'no' })
    const page = await karim.get(`/consents/${consent}`)
    expect(page.words).toContain('De ene ouder zei ja, de andere nee.')
    expect(page.words).toContain('U zei nee')
    expect(page.html).not.toContain('Nadia')
    expect(page.words).toContain('Er is nog niets gegeven.')
    expect(page.words).toContain('Het bedrijf heeft nog niet gekeken.')
  })
})

describe('One may object where the basis allows it (P12, P21)', () => {
  test('it suspends, and the page says so', async () => {
    const told = await asked(broker, world, { basis: 'legitimate_interest' })
    const page = await nadia.get(`/consents/${told}`)
    expect(page.words).toContain('De school deelt dit omdat de school er een goede reden voor heeft.')
    expect(page.words).toContain('De school wil weten of de methode werkt.')
    const form = await nadia.get(`/consents/${told}/object`)
    const after = await nadia.post(`/consents/${told}/object`, form.fields(`/consents/${told}/object`))
    expect(after.words).toContain('Uw bezwaar is bij de school. De school antwoordt binnen 4 weken.')
    expect((await nadia.post(`/consents/${told}/object`)).path, 'a second press').toBe(`/consents/${told}`)
    expect(await broker.owner`select from objections where consent_id = ${told}`).toHaveLength(1)
  })

  test('where it does not, there is no button and no way', async () => {
    const consent = await asked(broker, world)
    expect((await nadia.get(`/consents/${consent}`)).html).not.toContain('/object')
    expect((await nadia.post(`/consents/${consent}/object`)).words).toContain('Bezwaar maken kan hier niet.')
  })
})
