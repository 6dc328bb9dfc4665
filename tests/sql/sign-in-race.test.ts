import { afterEach, beforeEach, expect } from 'vitest'
import { newFormToken, takeForm } from '../../src/accounts/forms.ts'
import { redeemSignInCode, sendSignInCode } from '../../src/accounts/sign-in.ts'
import { newSecret } from '../../src/ids.ts'
import { withinRate } from '../../src/rates.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { pressedAgain, race } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
})
afterEach(() => broker.close())

async function sendCode() {
  const browser = newSecret()
  let code = ''
  const codeId = await sendSignInCode(broker.deps, {
    email: 'nadia@gezin.example',
    browser,
    network: '192.0.2.1',
    mailOf: (fresh) => {
      code = fresh
      return { subject: fresh, text: fresh }
    },
  })
  return { codeId, browser, code }
}

const all = <T>(times: number, work: (n: number) => Promise<T>) => Promise.all(Array.from({ length: times }, (_, n) => work(n)))

const uncounted = { 'where a guess costs nothing': { statements: /attempts \+ 1/, become: 'attempts' } }
race('of twenty guesses at the same moment five count, so the right one behind them comes too late', uncounted, async () => {
  const { codeId, browser, code } = await sendCode()
  const wrong = code === '00000000' ? '11111111' : '00000000'
  const tries = await all(20, () => redeemSignInCode(broker.deps, { codeId, code: wrong, browser, network: '192.0.2.1', language: 'nl' }))
  expect(tries.filter(Boolean)).toEqual([])
  const [row] = await broker.owner`select attempts from sign_in_codes where code_id = ${codeId}`
  expect(row?.attempts).toBe(5)
  expect(await redeemSignInCode(broker.deps, { codeId, code, browser, network: '192.0.2.1', language: 'nl' })).toBeUndefined()
})

const unused = { 'where a used code is taken': { statements: /and "used_at" is null(?= and "attempts")/ } }
race('of twenty right codes at the same moment one signs in (INV-11)', unused, async () => {
  const { codeId, browser, code } = await sendCode()
  const tries = await all(20, () => redeemSignInCode(broker.deps, { codeId, code, browser, network: '192.0.2.1', language: 'nl' }))
  expect(tries.filter(Boolean)).toHaveLength(1)
})

race('of twenty presses of the same form one counts (INV-06)', pressedAgain, async () => {
  const token = newFormToken()
  const presses = await Promise.allSettled(
    Array.from({ length: 20 }, () => takeForm(broker.db, world.people.nadia.account, token, broker.clock.now())),
  )
  expect(presses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

const notAdded = { 'where a count is written and not added': { statements: /rates\.count \+ 1/, become: 'excluded.count' } }
race('of fifty tries at the same moment no more than the rate are within it', notAdded, async () => {
  const tries = await all(50, () => withinRate(broker.db, broker.clock.now(), 'test', { most: 10, seconds: 60 }))
  expect(tries.filter(Boolean)).toHaveLength(10)
  broker.clock.pass({ seconds: 61 })
  expect(await withinRate(broker.db, broker.clock.now(), 'test', { most: 10, seconds: 60 })).toBe(true)
})
