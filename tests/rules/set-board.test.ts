import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setBoard } from '../../src/people/set-board.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { liveToken } from '../support/live-token.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
})
afterEach(() => broker.close())

const live = async () => (await broker.owner`select token_id from tokens where ended_at is null`).map((row) => row.token_id as string)
const bornOn = (day: string) => broker.owner`update persons set birth_date = ${day} where person_id = ${world.people.fatima.id}`
const freeze = () => setBoard(broker.deps, 'operator', world.boardId, { atSixteen: 'freeze' })

describe('A board chooses what happens at sixteen', () => {
  test('choosing freeze ends the live tokens about who is sixteen, by way of the school and direct ones alike', async () => {
    await bornOn('2010-11-16')
    await liveToken(broker, world, await consented(broker, world))
    await liveToken(broker, world, await consented(broker, world, { approach: 'subject', datatypes: ['practice-time'] }), 'subject')
    await freeze()
    expect(await live()).toEqual([])
    const told = await broker.owner`select approach, event from ledger where event in ('board_set', 'tokens_ended') order by approach`
    expect(told.map(({ approach, event }) => [approach, event])).toEqual([
      ['organisation', 'board_set'],
      ['subject', 'tokens_ended'],
    ])
  })

  test('the day before her sixteenth birthday nothing ends', async () => {
    await bornOn('2010-11-17')
    const token = await liveToken(broker, world, await consented(broker, world))
    await freeze()
    expect(await live()).toEqual([token])
  })

  test('other settings end nothing', async () => {
    await bornOn('2009-01-01')
    const token = await liveToken(broker, world, await consented(broker, world))
    await setBoard(broker.deps, 'operator', world.boardId, { atSixteen: 'carry_over', decisionRule: 'all', proofYears: 7 })
    expect(await live()).toEqual([token])
    const [board] = await broker.owner`select decision_rule, proof_years from boards`
    expect(board).toEqual({ decision_rule: 'all', proof_years: 7 })
  })
})

describe('Who sets it', () => {
  test('an administrator may', async () => {
    await setBoard(broker.deps, world.people.mirjam.actor, world.boardId, { proofYears: 6 })
  })

  test('a teacher may not, and nothing changes', async () => {
    const setting = setBoard(broker.deps, world.people.pim.actor, world.boardId, { proofYears: 6 })
    await expect(setting).rejects.toMatchObject({ code: 'mandate_missing' })
    expect((await broker.owner`select proof_years from boards`)[0]).toEqual({ proof_years: 5 })
  })

  test('setting nothing is refused', async () => {
    await expect(setBoard(broker.deps, 'operator', world.boardId, {})).rejects.toMatchObject({ code: 'input_invalid' })
  })
})
