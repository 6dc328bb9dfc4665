import { afterAll, beforeAll, expect, test } from 'vitest'
import { newFormToken, takeForm } from '../../src/accounts/forms.ts'
import { redeemSignInCode, sendSignInCode } from '../../src/accounts/sign-in.ts'
import { networkOf } from '../../src/client-address.ts'
import { newSecret } from '../../src/ids.ts'
import { withinRate } from '../../src/rates.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
})
afterAll(() => broker.close())

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

test('of twenty guesses at the same moment five count, so the right one behind them comes too late', async () => {
  const { codeId, browser, code } = await sendCode()
  const wrong = code === '00000000' ? '11111111' : '00000000'
  const tries = await all(20, () => redeemSignInCode(broker.deps, { codeId, code: wrong, browser, network: '192.0.2.1', language: 'nl' }))
  expect(tries.filter(Boolean)).toEqual([])
  const [row] = await broker.owner`select attempts from sign_in_codes where code_id = ${codeId}`
  expect(row?.attempts).toBe(5)
  expect(await redeemSignInCode(broker.deps, { codeId, code, browser, network: '192.0.2.1', language: 'nl' })).toBeUndefined()
})

test('of twenty right codes at the same moment one signs in (INV-11)', async () => {
  const { codeId, browser, code } = await sendCode()
  const tries = await all(20, () => redeemSignInCode(broker.deps, { codeId, code, browser, network: '192.0.2.1', language: 'nl' }))
  expect(tries.filter(Boolean)).toHaveLength(1)
})

test('of twenty presses of the same form one counts (INV-06)', async () => {
  const token = newFormToken()
  const presses = await Promise.allSettled(
    Array.from({ length: 20 }, () => takeForm(broker.db, world.people.nadia.account, token, broker.clock.now())),
  )
  expect(presses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('of fifty tries at the same moment no more than the rate are within it', async () => {
  const tries = await all(50, () => withinRate(broker.db, broker.clock.now(), 'test', { most: 10, seconds: 60 }))
  expect(tries.filter(Boolean)).toHaveLength(10)
  broker.clock.pass({ seconds: 61 })
  expect(await withinRate(broker.db, broker.clock.now(), 'test', { most: 10, seconds: 60 })).toBe(true)
})

test.each([
  ['2001:db8:0:1::5', '2001:db8:0:1::/64'],
  ['2001:0DB8:0000:0001:ffff::', '2001:db8:0:1::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7', '192.0.2.7'],
  ['not an address', 'unknown'],
  ['1:2:3', 'unknown'],
  ['', 'unknown'],
])('the caller at %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
