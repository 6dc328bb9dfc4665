import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresReplayStore, REPLAY_TABLE } from '../../src/holder/postgres-replay-store.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { whileHeld } from '../support/held.ts'
import { race } from '../support/race.ts'

/** Any PostgreSQL will do for a holder; here it is the one at hand. */
let broker: TestBroker
let sql: postgres.Sql | undefined
async function begin() {
  broker = await freshBroker()
  await sql?.end({ timeout: 5 })
  sql = postgres(broker.ownerUrl, { max: 10, onnotice: () => {} })
  await sql!.unsafe(REPLAY_TABLE)
  await sql!.unsafe(REPLAY_TABLE)
}
beforeAll(begin)
afterAll(async () => {
  await sql?.end({ timeout: 5 })
  await broker.close()
})

const store = (options?: { now: () => number }) =>
  postgresReplayStore((text, values) => sql!.unsafe(broker.rewrite?.(text) ?? text, values), options)
const soon = () => new Date(Date.now() + 60_000)

describe('A holder’s replay store in PostgreSQL (RFC 9449 §11.1)', () => {
  race(
    'lets one of fifty at once through, over two processes and a restart (INV-11)',
    { 'where a used key is taken again': { statements: /do nothing/, become: 'do update set expires_at = excluded.expires_at' } },
    async () => {
      const [one, two] = [store(), store()]
      const answers = await Promise.all(Array.from({ length: 50 }, async (_, n) => await (n % 2 ? one : two).useOnce('key jti', soon())))
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await store().useOnce('key jti', soon())).toBe(false)
      expect(await store().useOnce('key other', soon())).toBe(true)
    },
    begin,
  )

  race(
    'those that wait for the same key at the same time get one yes between them',
    { 'where a used key is taken again': { statements: /do nothing/, become: 'do update set expires_at = excluded.expires_at' } },
    async () => {
      const expiresAt = soon()
      const acts = Array.from({ length: 5 }, () => async () => await store().useOnce('raced', expiresAt))
      const ended = await whileHeld(broker, (holder) => holder`insert into used_proofs values ('raced', now())`, acts)
      expect(ended.filter((end) => end.status === 'fulfilled' && end.value)).toHaveLength(1)
    },
    begin,
  )

  test('rejects when it cannot tell', async () => {
    const broken = postgresReplayStore(() => Promise.reject(new Error('no database')))
    await expect(broken.useOnce('key', soon())).rejects.toThrow('no database')
  })

  test('forgets what has expired, a while after', async () => {
    let now = Date.now()
    const kept = store({ now: () => now })
    await kept.useOnce('old', new Date(now + 10_000))
    now += 120_000
    await kept.useOnce('new', new Date(now + 10_000))
    const keys = await sql!<{ key: string }[]>`select key from used_proofs where key in ('old', 'new')`
    expect(keys.map(({ key }) => key)).toEqual(['new'])
  })
})
