import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { type BoardId, newId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Tables without a tenant (design §6). Every query on them carries its owner. */
const GLOBAL = [
  'account_persons',
  'accounts',
  'board_directory',
  'ciba_requests',
  'clients',
  'data_sets',
  'deliveries',
  'handles',
  'holders',
  'idempotency_keys',
  'invitations',
  'leaflets',
  'migrations',
  'rates',
  'replay',
  'services',
  'sessions',
  'sign_in_codes',
  'signing_keys',
  'status_entries',
  'status_lists',
  'supplier_boards',
  'suppliers',
  'used_forms',
]

let broker: TestBroker
let world: SmallWorld
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
})
afterAll(() => broker.close())

describe('Every table is a tenant table or a global one (INV-07)', () => {
  test('a tenant table leads its key with board_id, forces row-level security and has a policy on its board', async () => {
    const tables = await broker.owner<{ name: string; forced: boolean; policies: number; leads: boolean }[]>`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
        (select count(*)::int from pg_policy p where p.polrelid = c.oid and pg_get_expr(p.polqual, p.polrelid) like '%app_boards()%') as policies,
        (select a.attname = 'board_id' from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indrelid = c.oid and i.indisprimary) as leads
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`
    const wrong = tables
      .filter(({ name }) => !GLOBAL.includes(name))
      .filter(({ name, forced, policies, leads }) => !forced || policies !== 1 || (!leads && name !== 'ledger'))
    expect(wrong).toEqual([])
    expect(GLOBAL.filter((name) => !tables.some((table) => table.name === name))).toEqual([])
  })

  test('the runtime role owns nothing, bypasses nothing and can neither change nor delete the ledger', async () => {
    const [role] = await broker.owner`select rolsuper, rolbypassrls from pg_roles where rolname = 'broker'`
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false })
    for (const verb of ['update', 'delete', 'truncate']) {
      const [may] = await broker.owner`select has_table_privilege('broker', 'ledger', ${verb}) as may`
      expect(may?.may, verb).toBe(false)
    }
  })

  test('without a scope nothing is seen, and of another board nothing either', async () => {
    expect(await broker.db.selectFrom('persons').select('person_id').execute()).toEqual([])
    const other = newId<BoardId>(broker.clock.now())
    const seen = await inTransaction(broker.db, { actor: 'job', boards: [other] }, (tx) =>
      tx.selectFrom('persons').select('person_id').execute(),
    )
    expect(seen).toEqual([])
    const own = await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
      tx.selectFrom('persons').select('person_id').execute(),
    )
    expect(own).toHaveLength(Object.keys(world.people).length)
  })

  test('a row for another board is not accepted', async () => {
    const other = newId<BoardId>(broker.clock.now())
    const writing = inTransaction(broker.db, { actor: 'job', boards: [other] }, (tx) =>
      sql`insert into schools (board_id, school_id, name, brin) values (${world.boardId}, ${newId(broker.clock.now())}, 'x', '99ZB')`.execute(
        tx,
      ),
    )
    await expect(writing).rejects.toThrow(/row-level security/)
  })
})
