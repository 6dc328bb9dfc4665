import { afterEach, beforeEach, expect, test } from 'vitest'
import { newFormToken, useForm } from '../../src/accounts/forms.ts'
import { redeemSignInCode, sendSignInCode } from '../../src/accounts/sign-in.ts'
import { newSecret } from '../../src/ids.ts'
import { withinRate } from '../../src/rates.ts'
import { Refusal } from '../../src/refusal.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { whileHeld } from '../support/held.ts'
import { pressedAgain, race, without } from '../support/race.ts'
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
  let long = ''
  const codeId = await sendSignInCode(broker.deps, {
    email: 'nadia@gezin.example',
    browser,
    network: '192.0.2.1',
    mailOf: (fresh, longer) => {
      code = fresh
      long = longer.replaceAll(' ', '')
      return { subject: fresh, text: fresh }
    },
  })
  return { codeId, browser, code, long }
}

const all = <T>(times: number, work: (n: number) => Promise<T>) => Promise.all(Array.from({ length: times }, (_, n) => work(n)))

const uncounted = { 'where a guess costs nothing': { statements: /attempts \+ 1/, become: 'attempts' } }
race('of twenty guesses at the same moment five count, so the right one behind them comes too late', uncounted, async () => {
  const { codeId, browser, code } = await sendCode()
  const wrong = code === '00000000' ? '11111111' : '00000000'
  const tries = await all(20, () => redeemSignInCode(broker.deps, { codeId, code: wrong, browser, language: 'nl' }))
  expect(tries.filter(Boolean)).toEqual([])
  const [row] = await broker.owner`select attempts from sign_in_codes where code_id = ${codeId}`
  expect(row?.attempts).toBe(5)
  expect(await redeemSignInCode(broker.deps, { codeId, code, browser, language: 'nl' })).toBeUndefined()
})

test('a code that was asked for once too often is not sent, and worth nothing to who guesses it', async () => {
  for (let sent = 1; sent <= 6; sent++) await sendCode()
  expect(await redeemSignInCode(broker.deps, { ...(await sendCode()), language: 'nl' })).toBeUndefined()
  broker.clock.pass({ minutes: 16 })
  expect(await redeemSignInCode(broker.deps, { ...(await sendCode()), language: 'nl' })).toBeDefined()
})

const unused = { 'where a used code is taken': { statements: /and "used_at" is null(?= and "attempts")/ } }
race('of twenty right codes at the same moment one signs in (INV-11)', unused, async () => {
  const { codeId, browser, code } = await sendCode()
  const tries = await all(20, () => redeemSignInCode(broker.deps, { codeId, code, browser, language: 'nl' }))
  expect(tries.filter(Boolean)).toHaveLength(1)
})

const longAgain = { 'where a used long code is taken': without(/ and "long_used_at" is null/) }
race('of two right long codes at the same moment one signs in (INV-11)', longAgain, async () => {
  const { codeId, browser, long } = await sendCode()
  const press = () => redeemSignInCode(broker.deps, { codeId, code: long, browser, language: 'nl' })
  const ended = await whileHeld(broker, (sql) => sql`select from sign_in_codes for update`, [press, press])
  expect(ended.filter((one) => one.status === 'fulfilled' && one.value !== undefined)).toHaveLength(1)
})

race('of twenty presses of the same form one counts (INV-06)', pressedAgain, async () => {
  const token = newFormToken()
  let done = 0
  const press = () => useForm(broker.deps, world.people.nadia.account, { form: token, back: '/' }, async () => `/done/${++done}`)
  const presses = await Promise.all(Array.from({ length: 20 }, press))
  expect(presses.filter(({ first }) => first)).toHaveLength(1)
  expect(new Set(presses.map(({ to }) => to)), 'each leads where the first led').toEqual(new Set(['/done/1']))
  expect(JSON.stringify(await broker.owner`select * from used_forms`)).not.toContain('/done')
})

test('a form whose press was refused was not used: the next press is refused for itself, or done (INV-06)', async () => {
  const form = { form: newFormToken(), back: '/' }
  const press = (work: () => Promise<string>) => useForm(broker.deps, world.people.nadia.account, form, work)
  const refused = async () => {
    throw new Refusal('too_many_requests')
  }
  await expect(press(refused)).rejects.toThrow('too_many_requests')
  await expect(press(refused)).rejects.toThrow('too_many_requests')
  expect(await press(async () => '/done')).toEqual({ to: '/done', first: true })
  expect(await press(refused)).toEqual({ to: '/done', first: false })
})

const notAdded = { 'where a count is written and not added': { statements: /rates\.count \+ 1/, become: 'excluded.count' } }
race('of fifty tries at the same moment no more than the rate are within it', notAdded, async () => {
  const tries = await all(50, () => withinRate(broker.db, broker.clock.now(), 'test', { most: 10, seconds: 60 }))
  expect(tries.filter(Boolean)).toHaveLength(10)
  broker.clock.pass({ seconds: 61 })
  expect(await withinRate(broker.db, broker.clock.now(), 'test', { most: 10, seconds: 60 })).toBe(true)
})
