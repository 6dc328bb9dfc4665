import { afterAll, beforeAll, expect, test } from 'vitest'
import { sweep } from '../../src/sweep.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'

let broker: TestBroker
beforeAll(async () => {
  broker = await freshBroker()
})
afterAll(() => broker.close())

test('sweeping removes what has expired, and nothing that still guards (INV-11)', async () => {
  const now = broker.clock.now()
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  await broker.db
    .insertInto('replay')
    .values(
      Array.from({ length: 6000 }, (_, index) => ({ kind: 'dpop', owner: 'a', jti: `old-${index}`, expires_at: at(-1) })).concat([
        { kind: 'dpop', owner: 'a', jti: 'live', expires_at: at(60) },
      ]),
    )
    .execute()
  await broker.db
    .insertInto('rates')
    .values([
      { bucket: 'old', starts_at: at(-8 * 86_400), count: 1 },
      { bucket: 'today', starts_at: at(-3600), count: 1 },
    ])
    .execute()
  await sweep(broker.deps)
  expect((await broker.owner`select jti from replay`).map((row) => row.jti)).toEqual(['live'])
  expect((await broker.owner`select bucket from rates`).map((row) => row.bucket)).toEqual(['today'])
})
