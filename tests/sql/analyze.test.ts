import { afterEach, beforeEach, expect, test } from 'vitest'
import { analyzeWhatGrew } from '../../src/analyze.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  // Nobody else looks at it meanwhile.
  await broker.owner`alter table persons set (autovacuum_enabled = false)`
})
afterEach(() => broker.close())

const join = (count: number) => broker.owner`
  insert into persons (board_id, person_id, given_name, family_name, created_at)
  select ${world.boardId}, uuidv7(), 'Kind', nr::text, ${broker.clock.now()} from generate_series(1, ${count}::int) nr`
const believed = async () =>
  (await broker.owner<{ rows: number }[]>`select reltuples::int as rows from pg_class where oid = 'persons'::regclass`)[0]!.rows
const here = async () => (await broker.owner<{ rows: number }[]>`select count(*)::int as rows from persons`)[0]!.rows

test('a table that was filled is looked at by the planner again, with the service’s own rights', async () => {
  await join(200)
  await analyzeWhatGrew(broker.deps, { persons: 200 })
  expect(await believed()).toBe(await here())
})

test('for a few rows more or less nobody looks', async () => {
  await join(200)
  await analyzeWhatGrew(broker.deps, { persons: 200 })
  const before = await believed()
  await join(60)
  await analyzeWhatGrew(broker.deps, { persons: 60 })
  expect(await believed()).toBe(before)
})

test('that it fails is logged, and stops nothing', async () => {
  const logged: string[] = []
  const log = { ...broker.deps.log, warning: (message: string) => void logged.push(message) }
  await broker.db.destroy()
  await analyzeWhatGrew({ db: broker.db, log }, { persons: 1000 })
  expect(logged).toEqual(['analyze_failed'])
})
