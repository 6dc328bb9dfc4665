import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { migrate, migrations, mustObeyRowSecurity, pendingMigrations, tooOld } from '../../src/migrate.ts'
import { raceWith } from '../support/race.ts'
import { sabotagedCopy } from '../support/sabotaged-copy.ts'

const run = promisify(execFile)
let name: string
let folder: string
let ownerUrl: string
let runtimeUrl: string
let owner: postgres.Sql

beforeEach(async () => {
  name = `migrated_${randomBytes(6).toString('hex')}`
  const admin = postgres(inject('ownerUrl').replace(/\/broker$/, '/postgres'), { max: 1 })
  await admin`create database ${admin(name)}`
  await admin.end()
  ownerUrl = inject('ownerUrl').replace(/\/broker$/, `/${name}`)
  runtimeUrl = inject('runtimeUrl').replace(/\/broker$/, `/${name}`)
  owner = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  folder = await mkdtemp(join(tmpdir(), 'migrations-'))
})
afterEach(async () => {
  await owner.end()
  const admin = postgres(inject('ownerUrl').replace(/\/broker$/, '/postgres'), { max: 1 })
  await admin`drop database ${admin(name)} with (force)`
  await admin.end()
  await rm(folder, { recursive: true })
})

const put = (file: string, text: string) => writeFile(join(folder, file), text)
const here = () => pathToFileURL(`${folder}/`)
const tables = async () =>
  (await owner`select relname from pg_class where relname like 'thing%' and relkind = 'r' order by 1`).map((row) => row.relname)

describe('Migrations', () => {
  const code = () => join(import.meta.dirname, '../../src')
  const unlocked = {
    'without the lock of migrations': () => sabotagedCopy('migrate.ts', /await connection.run\('select pg_advisory_xact_lock.*\n/),
  }
  raceWith('of three processes that start at once one migrates, and the others find nothing to do', code, unlocked, async (source) => {
    const script = join(folder, 'start.mjs')
    const module = pathToFileURL(join(source, 'migrate.ts'))
    await writeFile(
      script,
      `import { migrate } from ${JSON.stringify(module.href)}
       console.log((await migrate(${JSON.stringify(ownerUrl)}, 'broker')).length)`,
    )
    const outputs = await Promise.all([1, 2, 3].map(() => run(process.execPath, [script])))
    const total = (await migrations()).length
    const counts = outputs.map(({ stdout }) => Number(stdout))
    expect(counts.reduce((sum, count) => sum + count)).toBe(total)
    expect((await owner`select from migrations`).length).toBe(total)
    expect(await pendingMigrations(runtimeUrl)).toEqual([])
  })

  test('a file that fails half-way leaves nothing, and says which it was', async () => {
    await put('001-good.sql', '-- why\ncreate table thing_one ();')
    await put('002-bad.sql', '-- why\ncreate table thing_two ();\nselect 1/0;\ncreate table thing_three ();')
    await expect(migrate(ownerUrl, undefined, here())).rejects.toThrow(/sql\/002-bad.sql: division by zero/)
    expect(await tables()).toEqual(['thing_one'])
    await put('002-bad.sql', '-- why\ncreate table thing_two ();')
    expect(await migrate(ownerUrl, undefined, here())).toEqual(['002-bad.sql'])
    expect(await tables()).toEqual(['thing_one', 'thing_two'])
  })

  test('a file that changed after it was applied stops the run, and so does one that comes too late', async () => {
    await put('001-good.sql', '-- why\ncreate table thing_one ();')
    await put('003-good.sql', '-- why\ncreate table thing_three ();')
    await migrate(ownerUrl, undefined, here())
    await put('002-late.sql', '-- why\ncreate table thing_two ();')
    await expect(migrate(ownerUrl, undefined, here())).rejects.toThrow(/002-late.sql comes before sql\/003-good.sql/)
    await rm(join(folder, '002-late.sql'))
    await put('001-good.sql', '-- why\ncreate table thing_one (x integer);')
    await expect(migrate(ownerUrl, undefined, here())).rejects.toThrow(/001-good.sql was changed/)
    expect(await tables()).toEqual(['thing_one', 'thing_three'])
  })

  test('the command needs no more than the two databases', async () => {
    const command = join(import.meta.dirname, '../../src/migrate-command.ts')
    const env = { PATH: process.env.PATH, DATABASE_URL: runtimeUrl, DATABASE_OWNER_URL: ownerUrl }
    const { stdout } = await run(process.execPath, [command], { env })
    expect(stdout).toMatch(/^applied 001-ground\.sql, /)
    expect(await pendingMigrations(runtimeUrl)).toEqual([])
  })

  test('the runtime role sees which are pending, also in a database never migrated', async () => {
    const all = (await migrations()).map((migration) => migration.name)
    expect(await pendingMigrations(runtimeUrl)).toEqual(all)
    await migrate(ownerUrl, 'broker')
    expect(await pendingMigrations(runtimeUrl)).toEqual([])
  })

  test('a PostgreSQL that is too old is told at the start', () => {
    expect(tooOld(160_004)).toBe('The database is PostgreSQL 16.4; the broker needs PostgreSQL 17 or newer.')
    expect([tooOld(170_000), tooOld(180_001)]).toEqual([undefined, undefined])
  })

  test('each opens with why', async () => {
    for (const { name: file, text } of await migrations()) expect(text, file).toMatch(/^-- \S/)
  })

  test('a role that owns the tables or sees past row-level security is not taken to run on', async () => {
    await migrate(ownerUrl, 'broker')
    await expect(mustObeyRowSecurity(ownerUrl)).rejects.toThrow(/bypasses row-level security/)
    await owner`drop role if exists plain_owner`
    await owner`create role plain_owner login password 'x'`
    await owner`alter table boards owner to plain_owner`
    const asOwner = new URL(ownerUrl)
    Object.assign(asOwner, { username: 'plain_owner', password: 'x' })
    await expect(mustObeyRowSecurity(asOwner.href)).rejects.toThrow(/owns the tables/)
    await owner`alter table boards owner to broker_owner`
    await owner`drop role plain_owner`
    await mustObeyRowSecurity(runtimeUrl)
  })
})
