import { afterEach, beforeEach, expect } from 'vitest'
import { askAgain } from '../../src/consents/ask-again.ts'
import { invalidateConsent } from '../../src/consents/invalidate.ts'
import { progressByGroup, progressOf } from '../../src/consents/progress.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { talliesAreCounted } from '../../src/fsck/round-tallies.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { race } from '../support/race.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  they = asking(broker, world)
})
afterEach(() => broker.close())

race(
  'what is kept of how far a round is, is what there is to count, whatever a family does at once',
  {
    'where an answer is not counted': { schema: 'drop trigger change_is_tallied on consents' },
    'where a question that is put anew is not counted': { schema: 'drop trigger asked_is_tallied on consents' },
    'where only the first of several changes is counted': {
      function: 'tally_round',
      without: /counted_in = pg_current_xact_id\(\);/,
      become: "counted_in <> '0';",
    },
  },
  async () => {
    const { nadia, karim, joost } = world.people
    const { roundId, itemIds, consentIds } = await they.round(['raam', 'deur', 'hal', 'poort'].map(imageItem))
    broker.clock.pass({ minutes: 1 })
    await Promise.all([
      ...consentIds.slice(0, 2).map((consentId) => they.answer(nadia, consentId, 'yes')),
      ...consentIds.slice(2).map((consentId) => they.answer(karim, consentId, 'no')),
    ])
    expect(await they.as('staff', (tx) => talliesAreCounted(tx, world.boardId))).toEqual([])
    broker.clock.pass({ minutes: 1 })
    await Promise.all([
      they.answer(karim, consentIds[1]!, 'no'),
      withdrawConsent(broker.deps, nadia.actor, consentIds[0]!),
      invalidateConsent(broker.deps, joost.actor, { consentId: consentIds[3]!, because: 'verkeerd kind' }),
    ])
    expect(await they.as('staff', (tx) => talliesAreCounted(tx, world.boardId))).toEqual([])
    broker.clock.pass({ minutes: 1 })
    await askAgain(broker.deps, nadia.actor, consentIds[0]!)
    expect(await they.as('staff', (tx) => talliesAreCounted(tx, world.boardId))).toEqual([])
    const now = broker.clock.now()
    expect(await they.as('staff', (tx) => progressByGroup(tx, world.boardId, roundId, now, null))).toMatchObject([
      { asked: 4, answered: 2, conflicts: 1 },
    ])
    const byItem = await they.as('staff', (tx) => progressOf(tx, world.boardId, roundId))
    expect(itemIds.map((itemId) => byItem.find((item) => item.itemId === itemId))).toMatchObject([
      { asked: 1, answered: 0 },
      { asked: 1, answered: 1 },
      { asked: 1, answered: 1 },
      { asked: 1, answered: 0 },
    ])
  },
)
