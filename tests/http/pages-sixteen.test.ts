import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { remindOfImages } from '../../src/consents/remind-images.ts'
import type { ConsentId } from '../../src/ids.ts'
import { asked } from '../support/asked.ts'
import { type Asking, asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { receipt27560 } from '../support/receipt-schema.ts'
import { sibling } from '../support/sibling.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld, type WorldPerson } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
let app: ReturnType<typeof createApp>
let lotte: WorldPerson
let given: ConsentId
let later: ConsentId

/** She turns sixteen on 30 November 2026, and eighteen two years later. */
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  app = createApp(() => broker.deps)
  lotte = await sibling(broker, world, 'lotte', { birthDate: '2010-11-30', group: '4 havo', guardians: ['nadia'] })
  given = await asked(broker, world, { about: lotte.id })
  await they.answer(world.people.nadia, given, 'yes')
})
afterAll(() => broker.close())

const page = async (who: WorldPerson): Promise<Visitor> => await signIn(broker, app, who.email)
const stop = async (visitor: Visitor, consent: ConsentId) => {
  const path = `/consents/${consent}/stop`
  return await visitor.post(path, (await visitor.get(path)).fields(path))
}

describe('Fifteen: may stop, not give', () => {
  test('nothing waits for her, she sees what was given about her, and could stop it', async () => {
    const her = await page(lotte)
    expect((await her.get('/')).words).toContain('Er wacht niets op u.')
    expect((await her.get(`/questions/${given}`)).words).toContain('U bent nog geen 16.')
    expect((await her.get('/consents')).html).toContain(`/consents/${given}/stop`)
  })

  test('what she stops is over, with a receipt of her own: on the screen, as a file and by mail', async () => {
    const picture = await asked(broker, world, { about: lotte.id, image: { channel: 'Facebook', medium: 'photo' } })
    await they.answer(world.people.nadia, picture, 'yes')
    const her = await page(lotte)
    expect((await stop(her, picture)).words).toContain('Gestopt.')
    await broker.settled()
    const link = /href="(\/receipts\/[0-9a-f-]{36})"/.exec((await her.get('/receipts')).html)![1]!
    expect((await her.get(link)).words).toContain('U stopte dit')
    const { event } = receipt27560.parse(JSON.parse((await her.get(`${link}/json`)).html))
    expect(event.at(-1)).toMatchObject({ entity_id: `urn:uuid:${lotte.id}`, event_state: 'https://w3id.org/dpv#ConsentWithdrawn' })
    expect(broker.mails.filter(({ to }) => to === lotte.email).map(({ subject }) => subject)).toContain('Uw bewijs staat klaar')
  })
})

describe('Sixteen: she decides', () => {
  test('on her birthday what her mother gave waits for her, and says so; home tells both', async () => {
    await (await page(world.people.nadia)).get('/')
    broker.clock.set('2026-11-30T09:00:00+01:00')
    const her = await page(lotte)
    const home = await her.get('/')
    expect(home.html).toContain(`/questions/${given}`)
    expect(home.words).toContain('30 november 2026 · U bent 16: vanaf nu beslist u zelf')
    const question = await her.get(`/questions/${given}`)
    expect(question.words).toContain('Uw ouders gaven hier eerder antwoord op. Vanaf nu beslist u zelf.')
    const mother = await page(world.people.nadia)
    expect((await mother.get('/')).words).toContain('30 november 2026 · Dit kind is nu 16 en beslist zelf Lotte Amrani')
    const list = await mother.get('/consents')
    expect(list.words).toContain('Lotte Amrani beslist nu zelf.')
    expect(list.html, 'she keeps seeing what she gave, and may stop it').toContain(`/consents/${given}/stop`)
    expect((await mother.get(`/questions/${given}`)).html).not.toContain('name="answer"')
  })

  test('what she answers herself her mother does not see, until she shares it, and no longer when she takes that back', async () => {
    later = await asked(broker, world, { about: lotte.id, image: { channel: 'website', medium: 'photo' } })
    await they.answer(lotte, later, 'yes')
    const [her, mother] = [await page(lotte), await page(world.people.nadia)]
    expect((await mother.get(`/consents/${later}`)).status).toBe(404)
    expect((await mother.get('/consents')).html).not.toContain(later)
    const own = await her.get(`/consents/${later}`)
    expect(own.words).toContain('Uw ouders zien niet wat u hier antwoordde.')
    const shared = await her.post(`/consents/${later}/share`, { shared: 'yes' })
    expect(shared.words).toContain('Uw ouders kunnen dit antwoord zien.')
    expect((await her.post(`/consents/${later}/share`, { shared: 'yes' })).status, 'pressed twice').toBe(200)
    const seen = await mother.get(`/consents/${later}`)
    expect(seen.status).toBe(200)
    expect(seen.html, 'seeing is not deciding').not.toContain(`/consents/${later}/stop`)
    expect((await mother.post(`/consents/${later}/share`, { shared: 'no' })).status, 'only she shares').toBe(404)
    await her.post(`/consents/${later}/share`, { shared: 'no' })
    expect((await mother.get(`/consents/${later}`)).status).toBe(404)
    expect((await her.get('/receipts')).words, 'after each act a receipt').toMatch(
      /Uw ouders zien uw antwoord niet meer.*U liet uw ouders uw antwoord zien.*U zei ja/,
    )
    const events = await they.ledgerOf(later)
    expect(events.map(({ event }) => event)).toEqual(['answer_given', 'answer_shared', 'answer_unshared'])
  })

  test('what her mother gave stays in her sight when Lotte answers it too: her own answer, and nothing of what came of it since', async () => {
    const { people } = world
    const both = await asked(broker, world, { about: lotte.id, datatypes: ['practice-time'] })
    broker.clock.set('2026-11-29T09:00:00+01:00')
    const before = await asked(broker, world, { about: lotte.id, datatypes: ['arithmetic-results'] })
    await they.answer(people.nadia, before, 'yes')
    broker.clock.set('2026-12-01T09:00:00+01:00')
    const pages = async () => {
      const mother = await page(people.nadia)
      return await Promise.all([`/consents/${before}`, '/consents', `/rights/held/${lotte.id}`, '/'].map((path) => mother.get(path)))
    }
    const words = (seen: { words: string }[]) => seen.map((one) => one.words.replace(/Laatst gekeken.*/, ''))
    await they.answer(lotte, before, 'no')
    const afterNo = await pages()
    expect(afterNo[0]!.words).toContain('Uw kind beslist nu zelf en gaf hier ook antwoord op.')
    expect(afterNo[0]!.words).toContain('U zei ja op 29 november 2026')
    expect(afterNo[0]!.html).not.toContain(`/consents/${before}/stop`)
    broker.clock.pass({ seconds: 1 })
    await they.answer(lotte, before, 'yes')
    const afterYes = await pages()
    expect(words(afterYes).slice(0, 3), 'whatever Lotte answers, the pages say the same').toEqual(words(afterNo).slice(0, 3))
    expect((await (await page(people.nadia)).get(`/consents/${both}`)).status, 'and what only Lotte was asked stays hers').toBe(404)
    await (await page(lotte)).post(`/consents/${before}/share`, { shared: 'yes' })
    expect((await (await page(people.nadia)).get(`/consents/${before}`)).words).not.toContain('gaf hier ook antwoord op')
  })

  test('her mother can no longer give, and she herself stops what her mother gave', async () => {
    const her = await page(lotte)
    expect((await stop(her, given)).words).toContain('Gestopt.')
  })
})

describe('Once a year whoever said yes to pictures is told that it can stop (P28)', () => {
  test('halfway the year, with a page on which each stops with one press, and once', async () => {
    const { nadia, karim } = world.people
    const both = await asked(broker, world, { image: { channel: 'website', medium: 'photo' } })
    for (const parent of [nadia, karim]) await they.answer(parent, both, 'yes')
    broker.clock.set('2027-01-10T10:00:00+01:00')
    expect(await remindOfImages(broker.deps, world.boardId), 'not before').toBe(0)
    broker.clock.set('2027-02-02T10:00:00+01:00')
    const lately = await asked(broker, world, { image: { channel: 'nieuwsbrief', medium: 'video' } })
    await they.answer(nadia, lately, 'yes')
    await broker.owner`update guardianships set ends_at = ${broker.clock.now()} where guardian_id = ${karim.id}`
    expect(await remindOfImages(broker.deps, world.boardId), 'Lotte and Nadia; a former guardian is told nothing').toBe(2)
    expect(await remindOfImages(broker.deps, world.boardId), 'not twice').toBe(0)
    const [entry] = await they.ledgerOf(world.boardId)
    expect(entry).toMatchObject({ event: 'images_reminded', facts: { schoolYear: '2026-2027', told: 2 } })
    const her = await page(lotte)
    const list = await her.get('/consents/images')
    expect(list.words).toContain('foto’s: website')
    const stopped = await her.post(list.html.match(/\/consents\/[\w-]{36}\/stop/)![0])
    expect(stopped.words).toContain('Gestopt.')
    expect(stopped.words).toContain('De school moet het weghalen.')
    expect(stopped.words).toContain('kunnen wij niet terughalen')
    expect((await her.get('/consents/images')).words).toContain('Er is nu niets dat u hier kunt stoppen.')
  })
})

describe('Eighteen: the view of her parents ends', () => {
  test('her mother sees nothing of her any more', async () => {
    broker.clock.set('2028-11-29T12:00:00+01:00')
    expect((await (await page(world.people.nadia)).get('/consents')).words).toContain('Lotte')
    broker.clock.set('2028-11-30T00:30:00+01:00')
    const mother = await page(world.people.nadia)
    expect((await mother.get('/consents')).words).not.toContain('Lotte')
    expect((await mother.get(`/consents/${given}`)).status).toBe(404)
  })
})
