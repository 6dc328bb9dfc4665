import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, type SignInCodeId } from '../../src/ids.ts'
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
  const code = (made: number, used: boolean) => ({
    code_id: newId<SignInCodeId>(now),
    email: 'a@b.example',
    code_mac: Buffer.alloc(32),
    browser_hash: Buffer.alloc(32),
    made_at: at(made),
    expires_at: at(made + 600),
    used_at: used ? at(made + 60) : null,
  })
  await broker.db
    .insertInto('sign_in_codes')
    .values([code(-2 * 86_400, false), code(-60, false), code(-30 * 86_400, true), code(-200 * 86_400, true)])
    .execute()
  await sweep(broker.deps)
  const codes = await broker.owner`select made_at, used_at is not null as used from sign_in_codes order by made_at`
  expect(codes.map((row) => ({ ...row }))).toEqual([
    { made_at: at(-30 * 86_400), used: true },
    { made_at: at(-60), used: false },
  ])
  expect((await broker.owner`select jti from replay`).map((row) => row.jti)).toEqual(['live'])
  expect((await broker.owner`select bucket from rates`).map((row) => row.bucket)).toEqual(['today'])
})
