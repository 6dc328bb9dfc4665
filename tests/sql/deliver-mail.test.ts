import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Mail } from '../../src/deps.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { enqueueMail } from '../../src/notifications/enqueue.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { race } from '../support/race.ts'

let broker: TestBroker
async function begin() {
  broker = await freshBroker()
}
beforeAll(begin)
afterAll(() => broker.close())

const put = (subject: string) =>
  broker.db
    .transaction()
    .execute((tx) => enqueueMail(tx, broker.deps, { to: 'a@b.example', subject, text: 'geheim', at: broker.clock.now() }))

race(
  'four drainers at once send each mail once, and nothing of it stays',
  { 'where what is taken is taken again': { statements: /and \(locked_until is null or locked_until <= \$\d+\)/ } },
  async () => {
    for (let i = 0; i < 60; i++) await put(`mail ${i}`)
    const sent: Mail[] = []
    const slowly = async (mail: Mail) => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      sent.push(mail)
    }
    const counts = await Promise.all([1, 2, 3, 4].map(() => deliverMails({ ...broker.deps, sendMail: slowly })))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60)
    expect(new Set(sent.map(({ subject }) => subject)).size).toBe(60)
    expect(sent).toHaveLength(60)
    const [left] = await broker.owner`select count(*)::int as n from deliveries where payload is not null or done_at is null`
    expect(left?.n).toBe(0)
  },
  begin,
)

test('a mail that fails is tried again later, ten times, and is then given up and erased', async () => {
  await put('no')
  let tries = 0
  const failing = {
    ...broker.deps,
    sendMail: async () => {
      tries++
      throw new Error('550 <a@b.example> is not here')
    },
  }
  await deliverMails(failing)
  await deliverMails(failing)
  expect(tries, 'not again at once').toBe(1)
  for (let i = 0; i < 12; i++) {
    broker.clock.pass({ hours: 2 })
    await deliverMails(failing)
  }
  expect(tries).toBe(10)
  const [row] = await broker.owner`select payload, dead_at is not null as dead from deliveries where done_at is null`
  expect(row).toEqual({ payload: null, dead: true })
})

test('a process that died with a mail in its hands is taken over from after the lease', async () => {
  await put('taken')
  await broker.owner`update deliveries set locked_until = ${new Date(broker.clock.now().getTime() + 120_000)} where done_at is null and dead_at is null`
  expect(await deliverMails(broker.deps)).toBe(0)
  broker.clock.pass({ minutes: 3 })
  expect(await deliverMails(broker.deps)).toBe(1)
})

test('a mail that another drainer is just claiming is left to it', async () => {
  await put('being claimed')
  const later = new Date(broker.clock.now().getTime() + 120_000)
  let drained: Promise<number> | undefined
  await broker.owner.begin(async (other) => {
    await other`update deliveries set locked_until = ${later}, attempts = attempts + 1 where done_at is null and dead_at is null`
    drained = deliverMails(broker.deps)
    await new Promise((resolve) => setTimeout(resolve, 300))
  })
  expect(await drained).toBe(0)
})
