import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { addItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { remindRound } from '../../src/consents/remind.ts'
import { tellRounds } from '../../src/consents/tell-rounds.ts'
import { type MandateId, newId, type RoundId, type SchoolId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { setBoard } from '../../src/people/set-board.ts'
import { arithmeticItem, imageFields, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { signIn } from '../support/signed-in.ts'
import type { Seen, Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let app: ReturnType<typeof createApp>
let mirjam: Visitor
let joost: Visitor
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  await addFamilies(broker, world, [{ given: 'Sem', group: 'Groep 7', guardians: [{ given: 'Kees' }] }])
})
afterAll(() => broker.close())
beforeEach(async () => {
  broker.clock.pass({ minutes: 20 })
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  joost = await signIn(broker, app, world.people.joost.email)
})
afterEach(() => expectLedgerWhole(broker, world.boardId))

/** A draft made by a command; the pages go on from there. */
async function draft(title = 'Ouderovereenkomst', more: { subjectKind?: 'pupil' | 'employee'; schoolId?: SchoolId } = {}): Promise<string> {
  const input = { title, subjectKind: 'pupil' as const, undertakings: 'Wij beloven dat.', ...more }
  return (await draftRound(broker.deps, world.people.mirjam.actor, input)).roundId
}
const at = (roundId: string, rest = '') => `/school/rounds/${roundId}${rest}`
const send = async (who: Visitor, page: string, action: string, fields: Record<string, string | string[]> = {}): Promise<Seen> =>
  await who.post(action, { ...(await who.get(page)).fields(action), ...fields })
/** The page once what was asked for is done. */
const done = async (who: Visitor, asked: Seen): Promise<Seen> => {
  await broker.settled()
  return await who.get(asked.path)
}

describe('A round is made in a guided way', () => {
  test('from nothing to sent: named, filled, shown as a parent sees it, for whom, and sent with how many', async () => {
    const made = await send(mirjam, '/school/rounds/new', '/school/rounds/new', {
      title: 'Ouderovereenkomst 2026-2027',
      year: 'this',
      kind: 'pupil',
      where: world.boardId,
      undertakings: 'Wij delen niet meer dan nodig is.',
    })
    expect(made.words).toContain('De ronde is gemaakt.')
    expect(made.words).toContain('Versturen kan als er vragen in staan')
    const round = made.path.split('?')[0]!

    const image = await send(mirjam, `${round}/add/image`, `${round}/add/image`, imageFields('website'))
    expect(image.words).toContain('Zo ziet een ouder het')
    expect(image.words).toContain('Mag de school foto’s van uw kind gebruiken? Plaats: website')
    expect(image.words).toContain('Wat als u nee zegt? Uw kind doet gewoon mee.')
    expect(image.words).toContain('Goed te lezen (B1).')
    expect(image.html, 'the buttons of the example do nothing').toMatch(/<button[^>]*type="button" disabled/)

    const chosen = await send(mirjam, `${round}/audience`, `${round}/audience/save`, { school: world.schoolId })
    expect(chosen.words).toContain('Leerlingen: 2.')
    const look = await mirjam.get(`${round}/publish`)
    for (const words of ['Leerlingen: 2.', 'Vragen per persoon: 1.', 'Mensen die een mail krijgen: 2.', 'Mensen zonder mailadres: 1.']) {
      expect(look.words).toContain(words)
    }
    expect(look.words).toContain('Verstuur aan 2 leerlingen')
    expect((await mirjam.get(`${round}/preview`)).words, 'the whole, with what the school promises').toContain('Goed te lezen (B1).')
    const sent = await done(mirjam, await mirjam.post(`${round}/publish`, look.fields(`${round}/publish`)))
    expect(sent.words).toContain('De vragen zijn verstuurd.')
    expect(sent.words).toContain('0 van de 2 vragen hebben een antwoord.')
    await broker.settled()
    expect(
      broker.mails
        .filter(({ subject }) => subject.startsWith('Een vraag via'))
        .map(({ to }) => to)
        .slice(-2)
        .sort(),
    ).toEqual(['karim@gezin.example', 'nadia@gezin.example'])
    const again = await mirjam.post(`${round}/publish`, look.fields(`${round}/publish`))
    expect(again.words, 'the second press shows the first').toContain('0 van de 2 vragen')
  })

  test('K01, K02 the tool shows what must not be asked, and puts it in the notice instead', async () => {
    const round = at(await draft())
    const add = await mirjam.get(`${round}/add`)
    expect(add.words).toContain('Dyscalculiebegeleiding: Begeleiding bij rekenen niet vragen, wel vertellen')
    expect(add.words).toContain('De dienst kan niet zonder dit deel.')
    expect(add.words).toContain('Dyscalculiebegeleiding: Gegevens van Rekenrijk Oefenen u kiest')
    const part = `${round}/add/part.${world.serviceId}.begeleiding`
    const form = await mirjam.get(part)
    expect(form.html).not.toContain('value="consent"')
    const fields = { ...form.fields(part), basis: 'public_task', motivation: '', data: 'learning-results', purpose: '5.1.a' }
    const words = { occasion: 'Dit jaar.', reason: 'Om te helpen.', reason_en: '', alternative: 'Praat met ons.', alternative_en: '' }
    const forced = await mirjam.post(part, { ...fields, ...words, basis: 'consent' })
    expect(forced.status).toBe(409)
    expect(forced.words).toContain('Hiervoor is geen toestemming nodig.')
    const told = await mirjam.post(part, { ...forced.fields(part), ...fields, ...words, form: forced.fields(part).form! })
    expect(told.words).toContain('De school deelt dit omdat het hoort bij de taak van de school.')
    const page = await mirjam.get(round)
    expect(page.words).toContain('Wat u alleen vertelt')
    expect(page.words).toContain('U vraagt nog niets.')
  })

  test('K31 what every school asks stands ready in words: about results, and about sharing photos', async () => {
    const round = at(await draft())
    const photos = await mirjam.get(`${round}/add/image`)
    expect(photos.html).toContain('Wij laten graag zien wat wij doen op school.')
    expect(photos.html).toContain('Wij zetten dan niets met uw kind op deze plaats.')
    const add = await mirjam.get(`${round}/add`)
    const results = await mirjam.get(add.html.match(new RegExp(`${round}/add/data\\.${world.serviceId}\\.[\\w-]+`))![0])
    expect(results.html).toContain('Zo zien wij hoe uw kind de stof maakt.')
    expect(results.html).toContain('De resultaten gaan dan niet naar dit bedrijf.')
    expect(results.html, 'and nothing is ticked beforehand').not.toMatch(/name="data"[^>]* checked/)
  })

  test('P14 what is hard to read does not go out before somebody wrote it more simply, or said why', async () => {
    const round = at(await draft())
    const reason = 'Teneinde de betrokkenheid te vergroten wordt dit conform het beleid gepubliceerd.'
    await send(mirjam, `${round}/add/image`, `${round}/add/image`, { ...imageFields('moeilijke krant'), reason })
    await send(mirjam, `${round}/audience`, `${round}/audience/save`, { school: world.schoolId })
    const look = await mirjam.get(`${round}/publish`)
    expect(look.words).toContain('Lastig te lezen: 1.')
    const stopped = await mirjam.post(`${round}/publish`, { ...look.fields(`${round}/publish`), because: '  ' })
    expect(stopped.status).toBe(409)
    expect(stopped.words).toContain('Vul in waarom deze onderdelen zo weg moeten')
    expect(await broker.owner`select published_at from rounds where round_id = ${round.split('/').at(-1)!}`).toEqual([
      { published_at: null },
    ])
    const fields = { ...stopped.fields(`${round}/publish`), because: 'De raad wil deze woorden.' }
    const sent = await done(mirjam, await mirjam.post(`${round}/publish`, fields))
    expect(sent.words).toContain('Niet alles was makkelijk te lezen. De reden: De raad wil deze woorden.')
  })

  test('what is wrong is told at the field, and what was typed stays; hard words are pointed out', async () => {
    const round = at(await draft())
    const wrong = await send(mirjam, `${round}/add/image`, `${round}/add/image`, {
      ...imageFields('website'),
      channel: ' ',
      reason: 'Bewaar mij.',
      alternative: '',
    })
    expect(wrong.status).toBe(400)
    expect(wrong.words).toContain('Schrijf op waar het komt te staan.')
    expect(wrong.words).toContain('Schrijf op wat er gebeurt als iemand nee zegt.')
    expect(wrong.html).toContain('Bewaar mij.</textarea>')
    const hard = await send(mirjam, `${round}/add/image`, `${round}/add/image`, {
      ...imageFields('website'),
      reason:
        'Teneinde de verwerkingsverantwoordelijke in staat te stellen de betrokkenheid van ouders te vergroten worden beeldopnamen van schoolactiviteiten gepubliceerd op diverse communicatiekanalen van de onderwijsinstelling.',
    })
    expect(hard.words).toContain('Lastig te lezen voor veel ouders.')
    expect(hard.words).toContain('Moeilijk woord: teneinde. Zeg liever: om te.')
    expect(hard.words).toContain('Deze zin is lang: Teneinde')
    const twice = await send(mirjam, `${round}/add/image`, `${round}/add/image`, imageFields('website'))
    expect([twice.status, twice.words.includes('Deze vraag staat er al in.')]).toEqual([409, true])
    const reclame = await send(mirjam, `${round}/add/image`, `${round}/add/image`, {
      ...imageFields('website'),
      channel: 'folder',
      reason: 'Voor reclame.',
    })
    expect(reclame.status, 'C11').toBe(409)
  })

  test('an item is changed and taken out', async () => {
    const round = at(await draft())
    const shown = await send(mirjam, `${round}/add/image`, `${round}/add/image`, imageFields('website'))
    const item = shown.path.split('?')[0]!
    const changed = await send(mirjam, `${item}/change`, `${item}/change`, { ...imageFields('ouderapp') })
    expect(changed.words).toContain('Plaats: ouderapp')
    const page = await mirjam.get(round)
    expect(page.words).toContain('Foto’s: ouderapp')
    expect(page.words).not.toContain('Foto’s: website')
    expect((await mirjam.post(`${round}/drop`, page.fields(`${round}/drop`))).words).toContain('Weggehaald.')
    expect((await mirjam.get(round)).words).toContain('U vraagt nog niets.')
  })

  test('groups and hand-picked pupils', async () => {
    const roundId = await draft()
    const round = at(roundId)
    const nobody = await send(mirjam, `${round}/audience`, `${round}/audience/save`)
    expect([nobody.status, nobody.words.includes('Kies ten minste één school, groep of persoon.')]).toEqual([400, true])
    const found = await mirjam.get(`${round}/audience?find=fatima`)
    expect(found.words).toContain('Gevonden: 1.')
    const action = `${round}/audience/save`
    const chosen = await mirjam.post(action, {
      ...found.fields(action),
      person: world.people.fatima.id,
      group: `${world.schoolId}:Groep 7`,
    })
    expect(chosen.words).toContain('Leerlingen: 2.')
    expect((await mirjam.get(`${round}/audience`)).html, 'stays picked').toMatch(new RegExp(`value="${world.people.fatima.id}" checked`))
  })

  test('staff: the council first (P22), their answers stay theirs, and they read that they may say no (D01, D15)', async () => {
    const roundId = await draft('Foto’s van medewerkers', { subjectKind: 'employee' })
    const round = at(roundId)
    const { itemId } = await addItem(broker.deps, world.people.mirjam.actor, roundId as never, imageItem('personeelspagina'))
    for (const rest of [`/items/${itemId}`, '/preview']) {
      const seen = (await mirjam.get(at(roundId, rest))).words
      expect(seen).toContain('Zo ziet een medewerker het')
      expect(seen).toContain('Mag de school foto’s van u gebruiken? Plaats: personeelspagina')
    }
    await send(mirjam, `${round}/audience`, `${round}/audience/save`, { school: world.schoolId })
    expect((await mirjam.get(round)).words).toContain('Voor vragen aan medewerkers moet eerst de PMR instemmen. Nog niet vastgelegd.')
    const blocked = await send(mirjam, `${round}/publish`, `${round}/publish`)
    expect(blocked.words).toContain('Voor gegevens van medewerkers moet eerst de medezeggenschapsraad instemmen.')
    const future = await send(mirjam, round, `${round}/council`, { council: 'PMR', about: 'Foto’s', on: '2027-06-01' })
    expect([future.status, future.words.includes('Kies een dag die al geweest is.')]).toEqual([400, true])
    const recorded = await send(mirjam, round, `${round}/council`, { council: 'PMR', about: 'Foto’s', on: '2026-11-02' })
    expect(recorded.words).toContain('De PMR stemde in op 2 november 2026.')
    const sent = await done(mirjam, await send(mirjam, `${round}/publish`, `${round}/publish`))
    expect(sent.words).toContain('Van medewerkers ziet u alleen het totaal.')
    expect(sent.words).not.toContain('Sara')
    expect((await mirjam.get(`${round}/pupils/${world.people.sara.id}`)).status).toBe(404)
    const sara = await signIn(broker, app, world.people.sara.email)
    const asked = await sara.get(`/rounds/${roundId}/${world.people.sara.id}`)
    expect(asked.words).toContain('Meedoen hoeft niet. Nee zeggen heeft geen gevolgen voor uw werk.')
    expect(asked.words, 'a picture is known again by itself').not.toContain('herkent u misschien')
    const agreed = (await sara.get(`/rounds/${roundId}/${world.people.sara.id}/agreement`)).words
    expect(agreed).toContain('Nee zeggen heeft geen gevolgen voor uw werk.')
    expect(agreed).not.toContain('voor het onderwijs')
  })

  test('the council also before parents are asked, where the board says so', async () => {
    await setBoard(broker.deps, 'operator', world.boardId, { councilForRounds: true })
    expect((await mirjam.get(at(await draft()))).words).toContain('Uw bestuur heeft afgesproken: eerst stemt de medezeggenschapsraad in.')
    await setBoard(broker.deps, 'operator', world.boardId, { councilForRounds: false })
  })
})

describe('Two staff change one thing: the second sees the first’s change, and nothing is lost', () => {
  test('the words of a draft', async () => {
    const round = at(await draft('Ouderovereenkomst'))
    const action = `${round}/words`
    const [mine, theirs] = [await mirjam.get(round), await joost.get(round)]
    await mirjam.post(action, { ...mine.fields(action), title: 'Naam van Mirjam', undertakings: 'Belofte van Mirjam.' })
    const second = await joost.post(action, { ...theirs.fields(action), title: 'Naam van Joost', undertakings: 'Belofte van Joost.' })
    expect(second.status).toBe(409)
    expect(second.words).toContain('Mirjam Amrani heeft dit net ook veranderd.')
    expect(second.words).toContain('Naam van Mirjam Belofte van Mirjam.')
    expect(second.html).toContain('value="Naam van Joost"')
    expect(second.html).toContain('Belofte van Joost.</textarea>')
    const saved = await joost.post(action, { ...second.fields(action), title: 'Naam van beiden', undertakings: 'Belofte van beiden.' })
    expect(saved.words).toContain('Bewaard.')
    expect(saved.words).toContain('Het laatst veranderd door Joost Amrani')
  })

  test('for whom it is', async () => {
    const round = at(await draft())
    const action = `${round}/audience/save`
    const [mine, theirs] = [await mirjam.get(`${round}/audience`), await joost.get(`${round}/audience`)]
    await mirjam.post(action, { ...mine.fields(action), school: world.schoolId })
    const second = await joost.post(action, { ...theirs.fields(action), group: `${world.schoolId}:Groep 7` })
    expect([second.status, second.words.includes('Mirjam Amrani heeft dit net ook veranderd.')]).toEqual([409, true])
    expect(second.html).toMatch(/value="[0-9a-f-]{36}:Groep 7" checked/)
    expect((await mirjam.get(round)).words).toContain('Leerlingen: 2.')
  })

  test('a question, changed or taken away', async () => {
    const roundId = await draft()
    const { itemId } = await addItem(broker.deps, world.people.mirjam.actor, roundId as never, imageItem('plein'))
    const action = `${at(roundId)}/items/${itemId}/change`
    const [mine, theirs] = [await mirjam.get(action), await joost.get(action)]
    const fields = { ...imageFields('plein') }
    await mirjam.post(action, { ...mine.fields(action), ...fields, reason: 'Zo ziet Mirjam het.' })
    const second = await joost.post(action, { ...theirs.fields(action), ...fields, reason: 'Zo ziet Joost het.' })
    expect([second.status, second.words.includes('Mirjam Amrani heeft dit net ook veranderd.')]).toEqual([409, true])
    expect(second.words).toContain('Zo staat het er nu')
    expect(second.words).toContain('Zo ziet Mirjam het.')
    expect(second.html).toContain('Zo ziet Joost het.</textarea>')
    const now = second.html.match(/action="([^"]*\/change)"/)![1]!
    const saved = await joost.post(now, { ...second.fields(now), ...fields, reason: 'Zo zien wij het.' })
    expect(saved.words).toContain('Zo zien wij het.')

    const [item] = await broker.owner`select item_id from items where round_id = ${roundId} and dropped_at is null`
    const again = `${at(roundId)}/items/${item!.item_id}/change`
    const open = await joost.get(again)
    await mirjam.post(`${at(roundId)}/drop`, { ...(await mirjam.get(at(roundId))).fields(`${at(roundId)}/drop`), item: item!.item_id })
    const gone = await joost.post(again, { ...open.fields(again), ...fields, reason: 'Toch graag.' })
    expect([gone.status, gone.words.includes('Mirjam Amrani haalde deze vraag net weg.')]).toEqual([409, true])
    const add = `${at(roundId)}/add/image`
    expect((await joost.post(add, { ...gone.fields(add), ...fields, reason: 'Toch graag.' })).words).toContain('Toch graag.')
  })

  test('nobody sends what they have not seen', async () => {
    const roundId = await draft()
    const round = at(roundId)
    await addItem(broker.deps, world.people.mirjam.actor, roundId as never, imageItem('gang'))
    await send(mirjam, `${round}/audience`, `${round}/audience/save`, { school: world.schoolId })
    const look = await mirjam.get(`${round}/publish`)
    await addItem(broker.deps, world.people.joost.actor, roundId as never, imageItem('hal'))
    const sent = await mirjam.post(`${round}/publish`, look.fields(`${round}/publish`))
    expect([sent.status, sent.words.includes('Joost Amrani heeft dit net veranderd. Kijk het opnieuw na.')]).toEqual([409, true])
    expect(sent.words).toContain('Foto’s: hal')
    const again = await done(mirjam, await mirjam.post(`${round}/publish`, sent.fields(`${round}/publish`)))
    expect(again.words).toContain('De vragen zijn verstuurd.')
  })
})

test('a reminder tells how far it is while it goes out, and then how many were mailed', async () => {
  const roundId = await draft('Om te herinneren')
  const remind = at(roundId, '/remind')
  await addItem(broker.deps, world.people.mirjam.actor, roundId as never, imageItem('trap'))
  await send(mirjam, at(roundId, '/audience'), at(roundId, '/audience/save'), { school: world.schoolId })
  await done(mirjam, await send(mirjam, at(roundId, '/publish'), at(roundId, '/publish')))
  await tellRounds(broker.deps, world.boardId)
  broker.clock.pass({ days: 4 })
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  await remindRound(broker.deps, world.people.mirjam.actor, roundId as RoundId)
  const going = await mirjam.get(remind)
  expect([going.words, going.html]).toEqual([expect.stringContaining('De herinnering gaat uit.'), expect.stringContaining('<progress')])
  expect(going.html, 'it is under way').not.toContain(`action="${remind}"`)
  await runLongWork(broker.deps)
  const gone = await mirjam.get(remind)
  expect(gone.words).toContain('Zoveel mails gingen daarvoor uit: 2.')
  expect(gone.html).not.toContain('<progress')
})

describe('Who may see and do what (INV-08)', () => {
  test('a parent and a teacher find nothing; the data protection officer looks at counts and changes nothing (P45)', async () => {
    const roundId = await draft('Geheim plan')
    const round = at(roundId)
    await addItem(broker.deps, world.people.mirjam.actor, roundId as never, imageItem('kast'))
    for (const who of ['nadia', 'pim'] as const) {
      const visitor = await signIn(broker, app, world.people[who].email)
      expect((await visitor.get('/school/rounds')).words).not.toContain('Geheim plan')
      expect((await visitor.get(round)).status).toBe(404)
      expect((await visitor.post(`${round}/publish`, { form: newId(broker.clock.now()), seen: '0' })).status).toBe(404)
    }
    const els = await signIn(broker, app, world.people.els.email)
    const page = await els.get(round)
    expect(page.words).toContain('U kunt dit bekijken.')
    expect(page.html).not.toContain(`action="${round}`)
    for (const rest of ['/add', '/audience', '/publish', '/remind', '/letters'])
      expect((await els.get(`${round}${rest}`)).status, rest).toBe(403)
  })

  test('who leads one school sees the board’s round for that school only, and no other school’s round', async () => {
    const other = newId<SchoolId>(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${other}, 'Het Kompas', '99ZB', 'so')`
    await broker.owner`insert into mandates (board_id, mandate_id, person_id, role, school_id, starts_at)
      values (${world.boardId}, ${newId<MandateId>(broker.clock.now())}, ${world.people.sara.id}, 'school_leader', ${other}, ${world.since})`
    const sara = await signIn(broker, app, world.people.sara.email)
    const boards = await draft('Van het bestuur')
    await addItem(broker.deps, world.people.mirjam.actor, boards as never, imageItem('stoep'))
    await send(mirjam, at(boards, '/audience'), at(boards, '/audience/save'), { school: world.schoolId })
    await done(mirjam, await send(mirjam, at(boards, '/publish'), at(boards, '/publish')))
    const elsewhere = await draft('Van de Regenboog', { schoolId: world.schoolId })
    expect((await sara.get(at(elsewhere))).status).toBe(404)
    const seen = await sara.get(at(boards))
    expect(seen.words).toContain('Niemand kreeg deze vragen.')
    expect(seen.words).not.toContain('Groep 6')
    expect((await sara.get(at(boards, `/groups?school=${world.schoolId}&group=Groep+6`))).status).toBe(404)
    expect((await sara.get(at(boards, `/pupils/${world.people.fatima.id}`))).status).toBe(404)
    expect((await sara.get(at(boards, '/pupils?find=fatima'))).words).toContain('Hier is niemand gevonden.')
    const own = await send(sara, '/school/rounds/new', '/school/rounds/new', {
      title: 'Van het Kompas',
      year: 'this',
      kind: 'pupil',
      where: `${world.boardId}:${other}`,
      undertakings: 'x',
    })
    expect(own.words).toContain('De ronde is gemaakt.')
    await broker.owner`update mandates set ends_at = ${broker.clock.now()} where person_id = ${world.people.sara.id}`
    expect((await sara.get('/school/rounds')).words, 'at once, in an open session').toContain('U heeft hier geen taak.')
  })
})

describe('Answers on paper, by phone and at the desk', () => {
  const sent = async (...channels: string[]) => {
    const roundId = await draft('Ouderovereenkomst')
    for (const channel of channels) await addItem(broker.deps, world.people.mirjam.actor, roundId as never, imageItem(channel))
    await addItem(broker.deps, world.people.mirjam.actor, roundId as never, arithmeticItem(world, { legalBasis: 'public_task' }))
    await send(mirjam, at(roundId, '/audience'), at(roundId, '/audience/save'), { school: world.schoolId })
    await done(mirjam, await send(mirjam, at(roundId, '/publish'), at(roundId, '/publish')))
    return roundId
  }
  const answersOf = (page: Seen) => [...new Set(page.html.match(/answer-[0-9a-f-]{36}(?=")/g))]

  test('each question on its own, none filled in beforehand, all with the recorder’s name', async () => {
    const roundId = await sent('schuur', 'erf')
    const path = at(roundId, `/pupils/${world.people.fatima.id}`)
    const group = await joost.get(at(roundId, `/groups?school=${world.schoolId}&group=Groep+6`))
    expect(group.words).toContain('Fatima Amrani nog niet klaar 0 van 2')
    const page = await joost.get(path)
    expect(page.words).toContain('Nadia Amrani: nadia@gezin.example')
    expect(page.html, 'nothing is ticked').not.toContain(' checked')
    const [first, second] = answersOf(page)
    expect(answersOf(page), 'what is only told is not answered').toHaveLength(2)
    const hidden = page.fields(path)
    const empty = await joost.post(path, { ...hidden, language: 'nl' })
    expect([
      empty.status,
      empty.words.includes('Kies wie er antwoord geeft.'),
      empty.words.includes('Kies hoe het antwoord kwam.'),
    ]).toEqual([400, true, true])
    const who = { decider: world.people.karim.id, method: 'phone', language: 'nl' }
    const nothing = await joost.post(path, { ...hidden, ...who })
    expect([nothing.status, nothing.words.includes('Kies bij ten minste één vraag ja of nee.')]).toEqual([400, true])
    const saved = await joost.post(path, { ...hidden, ...who, [first!]: 'yes', [second!]: 'no' })
    expect(saved.words).toContain('Bewaard, met uw naam erbij.')
    const rows =
      await broker.owner`select decider_id, answer, method, recorded_by from answers where consent_id = any(${[first!, second!].map((one) => one.slice(7))}) order by answer`
    expect(rows).toEqual(
      ['no', 'yes'].map((answer) => ({ decider_id: world.people.karim.id, answer, method: 'phone', recorded_by: world.people.joost.id })),
    )
    expect((await joost.get(at(roundId))).words).toContain('2 van de 4 vragen hebben een antwoord.')
  })

  test('a parent answers on the web while the form lies open: the second sees it, nothing is lost and nothing overwritten', async () => {
    const roundId = await sent('dijk', 'wei')
    const path = at(roundId, `/pupils/${world.people.fatima.id}`)
    const page = await joost.get(path)
    const [first, second] = answersOf(page)
    const nadia = await signIn(broker, app, world.people.nadia.email)
    const question = `/questions/${first!.slice(7)}`
    await nadia.post(question, { ...(await nadia.get(question)).fields(question), answer: 'no', reviewed: '1' })
    const typed = { decider: world.people.nadia.id, method: 'paper', language: 'nl', [first!]: 'yes', [second!]: 'yes' }
    const late = await joost.post(path, { ...page.fields(path), ...typed })
    expect([late.status, late.words.includes('Iemand gaf net ook antwoord.')]).toEqual([409, true])
    expect(late.words).toContain('Lees de vraag nee')
    expect(late.html, 'what was chosen is still there').toMatch(new RegExp(`name="${second}" value="yes" checked`))
    expect(await broker.owner`select from answers where consent_id = ${second!.slice(7)}`, 'all or none').toHaveLength(0)
    const { [first!]: _, ...rest } = typed
    expect((await joost.post(path, { ...late.fields(path), ...rest })).words).toContain('Bewaard, met uw naam erbij.')
  })

  test('somebody stops by phone; what was filled in wrongly is undone and asked anew', async () => {
    const roundId = await sent('brug', 'sluis')
    const path = at(roundId, `/pupils/${world.people.fatima.id}`)
    const page = await joost.get(path)
    const [first, second] = answersOf(page)
    await joost.post(path, {
      ...page.fields(path),
      decider: world.people.nadia.id,
      method: 'desk',
      language: 'en',
      [first!]: 'yes',
      [second!]: 'yes',
    })
    const stopped = await send(joost, path, `${path}/stop`, { consent: first!.slice(7), decider: world.people.karim.id, method: 'phone' })
    expect(stopped.words).toContain('Gestopt. Vanaf nu krijgt niemand dit meer.')
    const without = await send(joost, path, `${path}/undo`, { consent: second!.slice(7), because: ' ' })
    expect([without.status, without.words.includes('Schrijf op wat er misging.')]).toEqual([400, true])
    const undone = await send(joost, path, `${path}/undo`, { consent: second!.slice(7), because: 'verkeerd kind' })
    expect(undone.words).toContain('Het antwoord is vervallen.')
    expect((await joost.get(at(roundId))).words).toContain('1 van de 4 vragen hebben een antwoord.')
  })

  test('nobody records for their own family (INV-08)', async () => {
    const roundId = await sent('haven')
    const path = at(roundId, `/pupils/${world.people.fatima.id}`)
    const { nadia } = world.people
    await broker.owner`update account_persons set account_id = ${world.people.joost.account} where person_id = ${nadia.id}`
    expect((await joost.get(path)).words).toContain('Dit is familie van u. Vraag een collega')
    await broker.owner`update account_persons set account_id = ${nadia.account} where person_id = ${nadia.id}`
  })

  test('letters: a sheet each with a code that works once, and the explanation to go with it', async () => {
    const roundId = await sent('kade')
    const list = await joost.get(at(roundId, '/letters'))
    expect(list.words).toContain('Kees Jansen Sem Jansen, Groep 7')
    const fields = list.fields(at(roundId, '/letters'))
    expect((await joost.post(at(roundId, '/letters'), fields)).status).toBe(200)
    await broker.settled()
    const run = new RegExp(`${at(roundId, '/letters')}/[0-9a-f-]{36}`).exec((await joost.get(at(roundId, '/letters'))).html)![0]
    expect((await joost.post(at(roundId, '/letters'), fields)).html, 'a second press makes no more').toContain(run)
    expect((await joost.get(run)).words).toContain('Print brief 1')
    const printed = await joost.get(`${run}/print?part=0`)
    const code = /<p class="letter__code">([^<]+)</.exec(printed.html)![1]!
    expect(printed.words).toContain('Beste Kees Jansen,')
    expect(printed.words).toContain('Uitleg bij de vragen')
    expect(printed.words).toContain('Wat als u nee zegt?')
    expect((await joost.get(`${run}/print?part=0`)).words, 'printed again').toContain(code)

    const kees = await signIn(broker, app, world.people.pim.email)
    await kees.post('/sign-out')
    const entered = await send(kees, '/sign-in/letter', '/sign-in/letter', { code: code.toLowerCase() })
    expect(entered.status).toBe(200)
    const [asked] =
      await broker.owner`select consent_id from consents c join items i using (board_id, item_id) join persons p on p.person_id = c.subject_id
      where i.round_id = ${roundId} and p.given_name = 'Sem' and i.legal_basis = 'consent'`
    const question = `/questions/${asked!.consent_id}`
    await kees.post(question, { ...(await kees.get(question)).fields(question), answer: 'yes', reviewed: '1' })
    expect((await joost.get(at(roundId))).words).toContain('1 van de 2 vragen hebben een antwoord.')
    expect((await joost.get(at(roundId, '/letters'))).words).toContain('Er is niemand die een brief nodig heeft.')
    const thrown = await joost.post(`${run}/printed`, (await joost.get(run)).fields(`${run}/printed`))
    expect(thrown.words).toContain('De codes zijn hier niet meer te zien.')
    expect((await joost.get(`${run}/print?part=0`)).status).toBe(404)
  })
})
