import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, type Tx } from '../../src/database.ts'
import { append } from '../../src/ledger/append.ts'
import { commitment } from '../../src/ledger/commitment.ts'
import { recordRefused } from '../../src/ledger/refused.ts'
import { verifyChain } from '../../src/ledger/verify.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { instead, race } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const brokers: TestBroker[] = []
let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  brokers.push(broker)
  world = await smallWorld(broker)
})
afterEach(async () => {
  for (const each of brokers.splice(0)) await each.close()
})

const asJob = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, work)
const chain = () => `${world.boardId}:organisation`
const verify = (...rest: [checkpoint?: { seq: bigint; hash: Uint8Array }]) => asJob((tx) => verifyChain(tx, chain(), ...rest))

async function appendMany(count: number) {
  for (let n = 0; n < count; n += 1) {
    await asJob((tx) =>
      append(tx, {
        boardId: world.boardId,
        approach: 'organisation',
        at: broker.clock.now(),
        event: 'roster_imported',
        actor: 'job',
        ref: n % 2 ? world.boardId : undefined,
        facts: { n, text: 'één\n"regel"' },
      }),
    )
  }
}

describe('The ledger verifies (INV-04)', () => {
  test('an empty chain and an untouched one are whole', async () => {
    expect(await verify()).toEqual({ whole: true, entries: 0, head: undefined })
    await appendMany(5)
    expect(await verify()).toMatchObject({ whole: true, entries: 5, head: { seq: 5n } })
  })

  test.each([
    ['a changed body', `update ledger set body = '{"n":7}' where seq = 3`, 3n, 'wrong_hash'],
    ['a changed time', `update ledger set at = at + interval '1 second' where seq = 2`, 2n, 'wrong_hash'],
    ['a changed actor', `update ledger set actor = 'operator' where seq = 4`, 4n, 'wrong_hash'],
    ['a changed subject', `update ledger set ref = null where seq = 4`, 4n, 'wrong_hash'],
    ['an entry taken out', `delete from ledger where seq = 3`, 3n, 'missing'],
    ['the first taken out', `delete from ledger where seq = 1`, 1n, 'missing'],
    [
      'two entries that changed places',
      `update ledger set seq = 99 where seq = 2; update ledger set seq = 2 where seq = 3; update ledger set seq = 3 where seq = 99`,
      2n,
      'wrong_link',
    ],
    ['a rewritten entry with a hash of its own', `update ledger set hash = sha256('x') where seq = 5`, 5n, 'wrong_hash'],
  ])('%s is found, with its place', async (_, sabotage, seq, why) => {
    await appendMany(5)
    await broker.owner.unsafe(sabotage).simple()
    expect(await verify()).toEqual({ whole: false, seq, why })
  })

  test('a tail that was cut off shows against a checkpoint', async () => {
    await appendMany(3)
    const before = await verify()
    if (!before.whole || !before.head) throw new Error('the chain is not whole')
    await appendMany(1)
    expect(await verify(before.head)).toMatchObject({ whole: true, entries: 4 })
    await broker.owner`delete from ledger where seq >= 3`
    expect(await verify()).toMatchObject({ whole: true, entries: 2 })
    expect(await verify(before.head)).toEqual({ whole: false, seq: 3n, why: 'missing' })
    await appendMany(1)
    expect(await verify(before.head)).toEqual({ whole: false, seq: 3n, why: 'wrong_checkpoint' })
  })

  test('a chain longer than a page is read whole', async () => {
    await broker.owner`select ledger_append(jsonb_agg(jsonb_build_object('board_id', ${world.boardId}::text, 'approach', 'organisation', 'at', now(),
      'event', 'released', 'actor', 'job', 'body', '{}'))) from generate_series(1, 4100)`
    expect(await verify()).toMatchObject({ whole: true, entries: 4100 })
    await broker.owner`update ledger set body = '{"x":1}' where seq = 4050`
    expect(await verify()).toEqual({ whole: false, seq: 4050n, why: 'wrong_hash' })
  })
})

describe('A refused attempt', () => {
  const attempt = (code: 'mandate_missing' | 'not_allowed' = 'mandate_missing') =>
    recordRefused(broker.deps, { boardId: world.boardId, approach: 'organisation', actor: `person:${world.people.sara.id}`, code })
  const told = () =>
    asJob((tx) => tx.selectFrom('ledger').select(['actor', 'body']).where('event', '=', 'attempt_refused').orderBy('seq').execute()).then(
      (rows) => rows.map(({ body }) => JSON.parse(body)),
    )

  const uncounted = { 'where a repeat is not counted': instead(/rates\.count \+ 1/, 'excluded.count') }
  race('is told once a minute per actor and code, and the next entry counts the repeats', uncounted, async () => {
    await Promise.all([attempt(), attempt(), attempt(), attempt('not_allowed')])
    expect(new Set((await told()).map(({ code }) => code))).toEqual(new Set(['mandate_missing', 'not_allowed']))
    expect(await told()).toHaveLength(2)
    broker.clock.pass({ minutes: 3 })
    await attempt()
    broker.clock.pass({ minutes: 3 })
    await attempt()
    expect((await told()).slice(2)).toEqual([
      { code: 'mandate_missing', repeatsBefore: 2 },
      { code: 'mandate_missing', repeatsBefore: 0 },
    ])
    expect(await verify()).toMatchObject({ whole: true, entries: 4 })
  })

  test('of the operator goes to the operator’s chain', async () => {
    await recordRefused(broker.deps, { boardId: null, approach: 'operator', actor: 'client:x', code: 'not_allowed' })
    const seen = await inTransaction(broker.db, { actor: 'operator', boards: [] }, (tx) => verifyChain(tx, 'operator'))
    expect(seen).toMatchObject({ whole: true, entries: 1 })
  })
})

describe('A commitment stands in for personal content (INV-16)', () => {
  test('the same text of the same subject gives the same, and after the key is erased nothing does', async () => {
    const of = (key: 'fatima' | 'sara', text: string) => asJob((tx) => commitment(tx, world.boardId, world.people[key].id, text))
    const first = await of('fatima', 'allergie')
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await of('fatima', 'allergie')).toBe(first)
    expect(await of('fatima', 'geen')).not.toBe(first)
    expect(await of('sara', 'allergie')).not.toBe(first)
    await asJob((tx) => tx.deleteFrom('subject_keys').where('subject_id', '=', world.people.fatima.id).execute())
    expect(await of('fatima', 'allergie')).not.toBe(first)
  })

  race(
    'two first uses at once agree on one key',
    {
      'where each has a key of its own': {
        statements: /select "key"(?= from "subject_keys")/,
        become: "select decode(md5(random()::text), 'hex') as key",
      },
    },
    async () => {
      const both = await Promise.all([1, 2, 3, 4].map(() => asJob((tx) => commitment(tx, world.boardId, world.people.karim.id, 'x'))))
      expect(new Set(both).size).toBe(1)
    },
  )
})
