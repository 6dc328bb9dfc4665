import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { undoAnswer } from '../../src/consents/undo-answer.ts'
import type { ConsentId } from '../../src/ids.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { instead, raceFrom, without, withoutRowLock } from '../support/race.ts'
import { redeeming } from '../support/redeeming.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const undo = (who: 'nadia' | 'karim' | 'fatima' | 'sara', consentId: ConsentId, since = world.since) =>
  undoAnswer(broker.deps, world.people[who].actor, { consentId, since })

describe('An answer that was taken back counts no more', () => {
  test('it gives no token, and the one that was out ends in the same act', async () => {
    const { consentId } = await consented(broker, world)
    const they = await redeeming(broker, world)
    const issued = await they.redeem()
    expect(await they.isActive(issued)).toBe(true)
    expect(await undo('nadia', consentId)).toEqual({ state: 'unanswered' })
    expect(await they.isActive(issued)).toBe(false)
    expect(await they.isMarked(issued)).toBe(true)
    await expect(they.redeem()).rejects.toThrow()
    const [entry] = await asking(broker, world)
      .ledgerOf(consentId)
      .then((all) => all.filter(({ event }) => event === 'answer_undone'))
    expect(entry!.facts).toMatchObject({ endedTokens: [issued.tokenId], state: 'unanswered' })
    await broker.owner`update consents set ended_at = ${broker.clock.now()}, ended_as = 'lapsed', ended_by = 'job' where consent_id = ${consentId}`
  })

  test.each([
    ['a no, beside a yes of the other', { nadia: 'yes', karim: 'no' }, 'karim', 'given'],
    ['a yes, beside a no of the other', { nadia: 'yes', karim: 'no' }, 'nadia', 'refused'],
    ['the only no', { karim: 'no' }, 'karim', 'unanswered'],
  ] as const)('%s', async (_, answers, who, state) => {
    const { consentId } = await consented(broker, world, { answers })
    expect((await undo(who, consentId)).state).toBe(state)
  })

  test('only one’s own, and only of this sign-in', async () => {
    const { consentId, startsAt } = await consented(broker, world)
    await expect(undo('karim', consentId)).rejects.toThrow('undo_too_late')
    await expect(undo('nadia', consentId, new Date(startsAt.getTime() + 1))).rejects.toThrow('undo_too_late')
    await expect(undo('sara', consentId)).rejects.toThrow('not_your_consent')
    await expect(undo('fatima', consentId)).rejects.toThrow('may_stop_not_give')
  })

  const undoneAgain = {
    'where what was undone is undone again': [
      withoutRowLock('consents'),
      without(/ and "undone_at" is null/),
      instead(/(?<=update "consents".*) and "revision" = (\$\d+)/, ' and $1::int is not null'),
    ],
  }
  race('of three presses at once one counts', undoneAgain, async () => {
    const { consentId } = await consented(broker, world)
    const press = () => undo('nadia', consentId)
    const presses = await whileHeld(broker, ledgerOf(world.boardId), [press, press, press])
    expect(presses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('what was recorded at the desk is not taken back on the web', async () => {
    const { consentId } = await consented(broker, world)
    await broker.owner`update answers set method = 'paper', recorded_by = ${world.people.mirjam.id} where consent_id = ${consentId}`
    await expect(undo('nadia', consentId)).rejects.toThrow('undo_too_late')
  })
})
