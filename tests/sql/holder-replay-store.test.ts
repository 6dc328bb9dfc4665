import { fork } from 'node:child_process'
import { once } from 'node:events'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresReplayStore, REPLAY_TABLE } from '../../src/holder/postgres-replay-store.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { whileHeld } from '../support/held.ts'
import type { UseAtOnce } from '../support/proof-process.ts'
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

/** A process of the holder, with a store and connections of its own. */
async function holderProcess() {
  const child = fork(new URL('../support/proof-process.ts', import.meta.url), [broker.ownerUrl], { execArgv: [] })
  await once(child, 'message')
  return {
    /** @returns how often it was taken */
    use: async (asked: UseAtOnce): Promise<number> => {
      child.send(asked)
      return ((await once(child, 'message')) as [number])[0]
    },
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

describe('A holder’s replay store in PostgreSQL (RFC 9449 §11.1)', () => {
  race(
    'lets one of fifty at once through, over two processes and a restart (INV-11)',
    {
      'where a used key is forgotten': {
        schema: `
          create function forget() returns trigger language plpgsql as $$ begin delete from used_proofs where key = new.key; return null; end $$;
          create trigger forget after insert on used_proofs for each row execute function forget()`,
      },
    },
    async () => {
      const both = await Promise.all([holderProcess(), holderProcess()])
      const taken = await Promise.all(both.map(({ use }) => use({ key: 'key jti', times: 25 })))
      for (const { kill } of both) await kill()
      const another = await holderProcess()
      const after = [await another.use({ key: 'key jti', times: 1 }), await another.use({ key: 'key other', times: 1 })]
      await another.kill()
      expect(taken[0]! + taken[1]!).toBe(1)
      expect(after).toEqual([0, 1])
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
