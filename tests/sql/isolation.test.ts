import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { type BoardId, newId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { raceFrom } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

/** Tables without a tenant (design §6). Every query on them carries its owner. */
const GLOBAL = [
  'account_persons',
  'account_releases',
  'accounts',
  'authorization_codes',
  'board_directory',
  'ciba_requests',
  'client_invitations',
  'client_requests',
  'clients',
  'data_sets',
  'deliveries',
  'event_streams',
  'handles',
  'hosted_clients',
  'holders',
  'idempotency_keys',
  'interactions',
  'invitations',
  'job_queue',
  'leaflets',
  'leaflet_drafts',
  'member_invitations',
  'members',
  'prepared_asks',
  'migrations',
  'par_requests',
  'passkey_challenges',
  'passkeys',
  'provider_subjects',
  'provider_visits',
  'rates',
  'refresh_tokens',
  'replay',
  'sandboxes',
  'services',
  'sessions',
  'sign_in_codes',
  'signals',
  'signing_keys',
  'status_entries',
  'status_lists',
  'stream_events',
  'supplier_boards',
  'suppliers',
  'used_forms',
  'kept_forms',
  'known_browsers',
  'visits',
]

/** Tables with an approach whose rows are all the school's, which a check on the table says. */
const ORGANISATION_ONLY = ['inquiries', 'releases']

const ACTOR = '( SELECT app_actor() AS app_actor)'
const OF_ITS_BOARD = '(board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]))'
const NOT_THE_SUBJECTS = `((approach = 'organisation'::text) OR (${ACTOR} <> 'staff'::text))`

interface Policy {
  policy: string
  permissive: boolean
  verbs: string
  everybody: boolean
  sees: string
  writes: string | null
}

type Sql = TestBroker['owner'] | TransactionSql

let broker: TestBroker
let world: SmallWorld
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())

describe('Every table is a tenant table or a global one (INV-07)', () => {
  const loose = {
    'where a table does not force it': { schema: 'alter table rounds no force row level security' },
    'where a table is neither': { schema: 'create table neither (thing_id uuid primary key)' },
    'where a view sees with the eyes of its owner': { schema: 'create view every_round as select * from rounds' },
  }
  race('a tenant table leads its key with board_id and forces row-level security; a view sees no more than who asks', loose, async () => {
    const tables = await broker.owner<{ name: string; forced: boolean; leads: boolean }[]>`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
        (select a.attname = 'board_id' from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indrelid = c.oid and i.indisprimary) as leads
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`
    const wrong = tables
      .filter(({ name }) => !GLOBAL.includes(name))
      .filter(({ name, forced, leads }) => !forced || (!leads && name !== 'ledger'))
    expect(wrong).toEqual([])
    expect(GLOBAL.filter((name) => !tables.some((table) => table.name === name))).toEqual([])
    const views = await broker.owner`
      select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
        and not coalesce(reloptions @> '{security_invoker=true}', false)`
    expect([...views]).toEqual([])
  })

  test('each has the one policy of its kind, to the letter, and no other', async () => {
    expect(await wrongPolicies(broker.owner)).toEqual([])
  })

  test('what points at a row of a tenant carries its board along', async () => {
    expect(await looseKeys(broker.owner)).toEqual([])
  })

  const unsaid = { 'where a table does not say it': { schema: 'alter table inquiries drop constraint if exists inquiries_approach_check' } }
  race('whatever cannot be of the subject approach says so itself', unsaid, async () => {
    const said = await broker.owner<{ name: string }[]>`
      select conrelid::regclass::text as name from pg_constraint
      where contype = 'c' and pg_get_constraintdef(oid) = $$CHECK ((approach = 'organisation'::text))$$ order by 1`
    expect(said.map(({ name }) => name)).toEqual(ORGANISATION_ONLY)
  })

  test.each([
    ['a second policy that lets everybody in', 'create policy also on consents using (true)', 'consents'],
    ['a policy for one verb', 'create policy also on answers for select using (true)', 'answers'],
    ['an “or true”', 'alter policy of_its_board on persons using (board_id = any ((select app_boards())::uuid[]) or true)', 'persons'],
    [
      'staff who see the subject approach',
      'alter policy of_its_board on tokens using (board_id = any ((select app_boards())::uuid[]))',
      'tokens',
    ],
    ['a check that is laxer than what is seen', 'alter policy of_its_board on schools with check (true)', 'schools'],
    ['no policy at all', 'drop policy of_its_board on rounds', 'rounds'],
    ['a restriction gone', 'drop policy not_for_staff on pseudonyms', 'pseudonyms'],
    [
      'a restriction that became a permission',
      'drop policy not_for_staff on pseudonyms; create policy not_for_staff on pseudonyms using ((select app_actor()) <> $$staff$$)',
      'pseudonyms',
    ],
    ['an approach nobody hides', "alter table rounds add column approach text not null default 'subject'", 'rounds'],
    ['a policy on a table that is called global', 'create policy also on accounts using (true)', 'accounts'],
  ])('%s is seen', async (_what, sabotage, table) => {
    await sabotaged(sabotage, async (sql) => expect((await wrongPolicies(sql)).map(({ name }) => name)).toContain(table))
  })

  test('a key that leaves out the board is seen', async () => {
    const loose = `alter table schools add unique (school_id);
      alter table employments add constraint employments_loose foreign key (school_id) references schools (school_id)`
    await sabotaged(loose, async (sql) => expect(await looseKeys(sql)).toEqual(['employments_loose']))
  })

  const mayChange = { 'where an entry may be changed': { schema: 'grant update on ledger to consent_broker' } }
  race('the runtime role owns nothing, bypasses nothing and can neither change nor delete the ledger', mayChange, async () => {
    const [role] = await broker.owner`select rolsuper, rolbypassrls from pg_roles where rolname = 'broker'`
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false })
    for (const verb of ['update', 'delete', 'truncate']) {
      const [may] = await broker.owner`select has_table_privilege('broker', 'ledger', ${verb}) as may`
      expect(may?.may, verb).toBe(false)
    }
  })

  race(
    'without a scope nothing is seen, and of another board nothing either',
    { 'without row-level security': { schema: 'alter table persons disable row level security' } },
    async () => {
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
    },
  )

  race(
    'a row for another board is not accepted',
    { 'where whatever is written is accepted': { schema: 'alter policy of_its_board on schools with check (true)' } },
    async () => {
      const other = newId<BoardId>(broker.clock.now())
      const writing = inTransaction(broker.db, { actor: 'job', boards: [other] }, (tx) =>
        sql`insert into schools (board_id, school_id, name, brin) values (${world.boardId}, ${newId(broker.clock.now())}, 'x', '99ZB')`.execute(
          tx,
        ),
      )
      await expect(writing).rejects.toThrow(/row-level security/)
    },
  )
})

/** What is there beside what `make_tenant` makes: per table the policies that should not be as they are. */
async function wrongPolicies(sql: Sql): Promise<{ name: string; policies: Policy[] }[]> {
  const tables = await sql<{ name: string; approach: boolean; policies: Policy[] }[]>`
    select c.relname as name,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'approach' and not a.attisdropped) as approach,
      coalesce((select json_agg(json_build_object(
        'policy', polname, 'permissive', polpermissive, 'verbs', polcmd, 'everybody', polroles = '{0}',
        'sees', pg_get_expr(polqual, polrelid), 'writes', pg_get_expr(polwithcheck, polrelid)) order by polname)
        from pg_policy where polrelid = c.oid), '[]') as policies
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`
  return tables.flatMap(({ name, approach, policies }) =>
    isDeepStrictEqual(policies, policiesOf(name, approach)) ? [] : [{ name, policies }],
  )
}

function policiesOf(name: string, approach: boolean): Policy[] {
  if (GLOBAL.includes(name)) return []
  const ofItsBoard = approach && !ORGANISATION_ONLY.includes(name) ? `(${OF_ITS_BOARD} AND ${NOT_THE_SUBJECTS})` : OF_ITS_BOARD
  const sees = name === 'ledger' ? `(${ofItsBoard} OR ((board_id IS NULL) AND (${ACTOR} = 'operator'::text)))` : ofItsBoard
  const all = { verbs: '*', everybody: true, writes: null }
  const policies: Policy[] = [{ policy: 'of_its_board', permissive: true, sees, ...all }]
  if (name === 'pseudonyms') policies.unshift({ policy: 'not_for_staff', permissive: false, sees: `(${ACTOR} <> 'staff'::text)`, ...all })
  return policies
}

/** Foreign keys to a tenant's table that could point into another board. */
async function looseKeys(sql: Sql): Promise<string[]> {
  const keys = await sql<{ name: string; table: string; along: boolean }[]>`
    select conname as name, to_class.relname as table, exists (
      select from unnest(conkey, confkey) as pair (own, other)
      join pg_attribute a on a.attrelid = conrelid and a.attnum = own and a.attname = 'board_id'
      join pg_attribute b on b.attrelid = confrelid and b.attnum = other and b.attname = 'board_id') as along
    from pg_constraint join pg_class to_class on to_class.oid = confrelid where contype = 'f' order by 1`
  expect(keys.length).toBeGreaterThan(30)
  return keys.filter(({ table, along }) => !along && !GLOBAL.includes(table)).map(({ name }) => name)
}

/** Looks at a broken schema, and leaves it as it was. */
async function sabotaged(statements: string, look: (sql: Sql) => Promise<void>): Promise<void> {
  const undone = new Error('undone')
  const working = broker.owner.begin(async (sql) => {
    await sql.unsafe(statements)
    await look(sql)
    throw undone
  })
  await expect(working).rejects.toBe(undone)
}
