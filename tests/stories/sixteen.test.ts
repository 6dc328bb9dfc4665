import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consentSeenBy, givenBy, openQuestionsOf, sharedAbout } from '../../src/consents/questions.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import type { ConsentId } from '../../src/ids.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

type Who = 'nadia' | 'karim' | 'fatima'
let broker: TestBroker
let world: SmallWorld
let they: Asking
let [website, facebook, yearbook] = [] as unknown as [ConsentId, ConsentId, ConsentId]
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  they = asking(broker, world)
  await broker.owner`update persons set birth_date = '2010-11-18' where person_id = ${world.people.fatima.id}`
  ;[website, facebook, yearbook] = (await they.round([imageItem('website'), imageItem('facebook'), imageItem('jaarboek')])).consentIds as [
    ConsentId,
    ConsentId,
    ConsentId,
  ]
  await they.answer(world.people.nadia, website, 'yes')
  await they.answer(world.people.nadia, facebook, 'no')
})
afterAll(() => broker.close())

const questions = async (who: Who) =>
  (await they.as('account', (tx) => openQuestionsOf(tx, world.boardId, world.people[who].id, broker.clock.now()))).map(
    ({ consentId }) => consentId,
  )
const seenBy = async (who: Who) =>
  (await they.as('account', (tx) => sharedAbout(tx, world.boardId, world.people.fatima.id, broker.clock.now(), world.people[who].id))).map(
    ({ consentId }) => consentId,
  )
const given = async (who: Who) =>
  (await they.as('account', (tx) => givenBy(tx, world.boardId, world.people[who].id, broker.clock.now()))).map(({ consentId }) => consentId)

describe('A pupil turns sixteen (P01)', () => {
  test('the evening before, her parents decide and she may stop', async () => {
    broker.clock.set('2026-11-17T23:59:00+01:00')
    expect(new Set(await questions('karim'))).toEqual(new Set([website, yearbook]))
    expect(await questions('fatima')).toEqual([])
    await expect(they.answer(world.people.fatima, yearbook, 'yes')).rejects.toThrow('may_stop_not_give')
  })

  test('from midnight the open questions are hers; what her mother gave stands until she speaks', async () => {
    broker.clock.set('2026-11-18T00:00:00+01:00')
    expect(new Set(await questions('fatima'))).toEqual(new Set([website, facebook, yearbook]))
    expect(await questions('nadia')).toEqual([])
    await expect(they.answer(world.people.karim, yearbook, 'yes')).rejects.toThrow('not_your_consent')
    expect([await they.state(website), await they.state(facebook), await they.state(yearbook)]).toEqual(['given', 'refused', 'unanswered'])
  })

  test('her answer is the one that counts, also against what a parent refused', async () => {
    await they.answer(world.people.fatima, facebook, 'yes')
    expect(await they.state(facebook)).toBe('given')
    await they.answer(world.people.fatima, yearbook, 'no')
    expect(await they.state(yearbook)).toBe('refused')
  })

  test('her parents keep seeing what they gave, and can still stop that, but not what she answers herself', async () => {
    expect(new Set(await seenBy('nadia')), 'also her own no, and nothing of what came of it').toEqual(new Set([website, facebook]))
    expect(
      await they.as('account', (tx) => consentSeenBy(tx, world.boardId, facebook, world.people.nadia.id, broker.clock.now())),
    ).toMatchObject({ state: { state: 'refused' }, takenOver: true })
    expect(new Set(await given('nadia'))).toEqual(new Set([website, facebook]))
    expect(new Set(await seenBy('fatima'))).toEqual(new Set([website, facebook, yearbook]))
    await expect(withdrawConsent(broker.deps, world.people.nadia.actor, facebook)).rejects.toThrow('not_your_consent')
    await expect(withdrawConsent(broker.deps, world.people.karim.actor, website)).rejects.toThrow('not_your_consent')
    await withdrawConsent(broker.deps, world.people.nadia.actor, website)
    expect(await they.state(website)).toBe('withdrawn')
  })

  test('at eighteen their view ends', async () => {
    broker.clock.set('2028-11-17T23:59:00+01:00')
    expect(new Set(await seenBy('nadia'))).toEqual(new Set([website, facebook]))
    broker.clock.set('2028-11-18T00:00:00+01:00')
    expect(await seenBy('nadia')).toEqual([])
    expect(await seenBy('fatima')).toHaveLength(3)
  })
})
