import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { copyRound } from '../../src/consents/copy-round.ts'
import { addItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { publishRound } from '../../src/consents/publish-round.ts'
import { openQuestionsOf } from '../../src/consents/questions.ts'
import { itemsOfRound, roundById } from '../../src/consents/rounds.ts'
import { openConsentsOn } from '../../src/consents/store.ts'
import { tellRounds } from '../../src/consents/tell-rounds.ts'
import { opensAtFor, showsStopsFrom } from '../../src/consents/turn-of-the-year.ts'
import { workListOf } from '../../src/consents/work-list.ts'
import { type MandateId, newId, type RoundId, type SchoolId } from '../../src/ids.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { signIn } from '../support/signed-in.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeAll(async () => {
  broker = await freshBroker({ at: '2026-09-01T10:00:00+02:00' })
  world = await smallWorld(broker)
  they = asking(broker, world)
})
afterAll(() => broker.close())
afterEach(() => expectLedgerWhole(broker, world.boardId))

const mirjam = () => world.people.mirjam.actor
const items = (roundId: RoundId) => they.as('staff', (tx) => itemsOfRound(tx, world.boardId, roundId))
const questionsOf = (who: 'nadia') =>
  they.as('account', (tx) => openQuestionsOf(tx, world.boardId, world.people[who].id, broker.clock.now()))
const stops = async () => (await they.as('staff', (tx) => workListOf(tx, world.boardId, broker.clock.now()))).stops

test.each([
  ['2027-08-01T00:00:00+02:00', '2027-05-01T00:00:00+02:00', '2027-06-01T00:00:00+02:00'],
  ['2027-09-30T00:00:00+02:00', '2027-06-30T00:00:00+02:00', '2027-07-30T00:00:00+02:00'],
  ['2027-05-31T00:00:00+02:00', '2027-02-28T00:00:00+01:00', '2027-03-31T00:00:00+02:00'],
  ['2027-01-01T00:00:00+01:00', '2026-10-01T00:00:00+02:00', '2026-11-01T00:00:00+01:00'],
])('a year that turns on %s opens on %s, and what stops shows from %s', (turns, opens, shows) => {
  expect([opensAtFor(new Date(turns)), showsStopsFrom(new Date(turns))]).toEqual([new Date(opens), new Date(shows)])
})

describe('K04 next year’s round', () => {
  let thisYear: Awaited<ReturnType<Asking['round']>>
  let nextYear: RoundId

  test('starts from this year’s as a draft, for the whole of next year; nobody’s answer comes along', async () => {
    thisYear = await they.round([imageItem('website'), imageItem('krant'), arithmeticItem(world)])
    await broker.owner`update rounds set title = 'Ouderovereenkomst 2026-2027' where round_id = ${thisYear.roundId}`
    for (const consentId of thisYear.consentIds) await they.answer(world.people.nadia, consentId, 'yes')
    broker.clock.set('2027-04-10T10:00:00+02:00')
    const { roundId, left } = await copyRound(broker.deps, mirjam(), thisYear.roundId)
    nextYear = roundId
    const round = (await they.as('staff', (tx) => roundById(tx, world.boardId, roundId)))!
    expect(round).toMatchObject({
      title: 'Ouderovereenkomst 2027-2028',
      schoolYear: '2027-2028',
      startsAt: world.until,
      opensAt: new Date('2027-05-01T00:00:00+02:00'),
      copiedFrom: thisYear.roundId,
      publishedAt: null,
    })
    expect((await items(roundId)).map(({ image }) => image?.channel)).toEqual(expect.arrayContaining(['krant', 'website']))
    expect(left, 'the contract ends with this year').toEqual([{ itemId: thisYear.itemIds[2], why: 'onward_clause_missing' }])
    const copied = await they.as('staff', async (tx) =>
      openConsentsOn(
        tx,
        world.boardId,
        (await items(roundId)).map(({ itemId }) => itemId),
      ),
    )
    expect(copied).toEqual([])
  })

  test('what leans on a contract comes along when that runs on, under the agreement of then', async () => {
    await broker.owner`update supplier_agreements set ends_at = '2028-07-31T22:00:00Z'`
    const { roundId, left } = await copyRound(broker.deps, mirjam(), thisYear.roundId)
    expect(left).toEqual([])
    expect((await items(roundId)).find(({ supplierId }) => supplierId)).toMatchObject({
      agreementId: world.agreementId,
      startsAt: world.until,
    })
    await broker.owner`update supplier_agreements set ends_at = ${world.until}`
  })

  test('published in April it is told and answered from 1 May, not a moment before', async () => {
    await publishRound(broker.deps, mirjam(), { roundId: nextYear, audience: { schools: [world.schoolId], groups: [], persons: [] } })
    await broker.settled()
    const ids = (await items(nextYear)).map(({ itemId }) => itemId)
    const [consent] = await they.as('staff', (tx) => openConsentsOn(tx, world.boardId, ids))
    broker.clock.set('2027-04-30T23:59:59+02:00')
    await tellRounds(broker.deps, world.boardId)
    await deliverMails(broker.deps)
    const mails = broker.mails.length
    expect((await questionsOf('nadia')).filter(({ itemId }) => ids.includes(itemId))).toEqual([])
    await expect(they.answer(world.people.nadia, consent!.consentId, 'yes')).rejects.toThrow('round_not_open')
    broker.clock.set('2027-05-01T00:00:00+02:00')
    expect((await questionsOf('nadia')).filter(({ itemId }) => ids.includes(itemId))).toHaveLength(2)
    await they.answer(world.people.nadia, consent!.consentId, 'yes')
    await tellRounds(broker.deps, world.boardId)
    broker.clock.set('2027-05-01T10:00:00+02:00')
    await deliverMails(broker.deps)
    expect(broker.mails.length).toBeGreaterThan(mails)
  })

  test('from 1 June the work list shows what stops on 1 August, and what is asked anew', async () => {
    broker.clock.set('2027-05-31T23:59:59+02:00')
    expect(await stops()).toEqual([])
    broker.clock.set('2027-06-01T00:00:00+02:00')
    const listed = (await stops()).map(({ item, pupils, endsAt, askedAnewIn }) => [
      item.image?.channel ?? 'rekenen',
      pupils,
      endsAt,
      askedAnewIn?.roundId,
    ])
    expect(listed.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([
      ['krant', 1, world.until, nextYear],
      ['rekenen', 1, world.until, expect.any(String)],
      ['website', 1, world.until, nextYear],
    ])
    await broker.owner`update items set dropped_at = ${broker.clock.now()} where starts_at = ${world.until} and supplier_id is not null`
    expect((await stops()).filter(({ askedAnewIn }) => askedAnewIn === null).map(({ item }) => item.purpose)).toEqual(['5.1.a'])
  })

  test('so does what a supplier asked during the year by way of the school; not what the school may not see, or runs on', async () => {
    const wish = { endsAt: world.until, startsAt: new Date('2027-02-01T10:00:00+01:00') }
    const given = await consented(broker, world, wish)
    await consented(broker, world, { ...wish, approach: 'subject' })
    await consented(broker, world, { ...wish, answers: {} })
    await consented(broker, world, { ...wish, endsAt: new Date('2027-12-01T00:00:00+01:00') })
    const asked = (await stops()).filter(({ item }) => item.requestId !== null)
    expect(asked).toMatchObject([{ item: { requestId: given.requestId }, pupils: 1, endsAt: world.until, askedAnewIn: null }])
    const leader = await signIn(
      broker,
      createApp(() => broker.deps),
      world.people.mirjam.email,
    )
    expect((await leader.get('/school/work')).html).toContain(`href="/school/requests/${given.requestId}"`)
  })

  test('who leads one school sees what stops of that school; another school that asks the same does not ask these parents', async () => {
    const other = newId<SchoolId>(broker.clock.now())
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${world.boardId}, ${other}, 'Het Kompas', '99ZB', 'so')`
    const own = async (schoolId: SchoolId, during: Date) => {
      const draft = { title: 'Van één school', subjectKind: 'pupil', undertakings: 'Wij beloven dat.', schoolId, during } as const
      const { roundId } = await draftRound(broker.deps, mirjam(), draft)
      await addItem(broker.deps, mirjam(), roundId, imageItem('plein'))
      return roundId
    }
    const roundId = await own(world.schoolId, broker.clock.now())
    await publishRound(broker.deps, mirjam(), { roundId, audience: { schools: [world.schoolId], groups: [], persons: [] } })
    const [asked] = await they.as('staff', async (tx) => {
      const ids = (await itemsOfRound(tx, world.boardId, roundId)).map(({ itemId }) => itemId)
      return await openConsentsOn(tx, world.boardId, ids)
    })
    await they.answer(world.people.nadia, asked!.consentId, 'yes')
    const anew = async () => (await stops()).find(({ item }) => item.roundId === roundId)?.askedAnewIn
    await own(other, world.until)
    expect(await anew()).toBeNull()
    const next = await own(world.schoolId, world.until)
    expect(await anew()).toEqual({ roundId: next, publishedAt: null })

    const { sara } = world.people
    const app = createApp(() => broker.deps)
    const leading = async (schoolId: SchoolId) => {
      await broker.owner`update mandates set ends_at = ${broker.clock.now()} where person_id = ${sara.id}`
      broker.clock.pass({ minutes: 20 })
      await broker.owner`insert into mandates (board_id, mandate_id, person_id, role, school_id, starts_at)
        values (${world.boardId}, ${newId<MandateId>(broker.clock.now())}, ${sara.id}, 'school_leader', ${schoolId}, ${broker.clock.now()})`
      return (await (await signIn(broker, app, sara.email)).get('/school/work')).words
    }
    const here = await leading(world.schoolId)
    expect(here).toContain('Foto’s: plein leerlingen met een antwoord: 1. Staat in de ronde van volgend jaar.')
    expect(here, 'the board’s is the board’s').not.toContain('Foto’s: website')
    expect(await leading(other)).not.toContain('Foto’s: plein')
  })

  test('never silently renewed: on 1 August what nobody answered anew has stopped', async () => {
    broker.clock.set('2027-08-01T00:00:00+02:00')
    expect(await Promise.all(thisYear.consentIds.map((consentId) => they.state(consentId)))).toEqual(['expired', 'expired', 'expired'])
    const states = await they.as('staff', async (tx) =>
      openConsentsOn(
        tx,
        world.boardId,
        (await items(nextYear)).map(({ itemId }) => itemId),
      ),
    )
    expect((await Promise.all(states.map(({ consentId }) => they.state(consentId)))).sort()).toEqual(['given', 'unanswered'])
    expect(await stops()).toEqual([])
  })
})
