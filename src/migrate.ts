import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Connection } from './postgres-connection.ts'

const MIGRATIONS = new URL('../sql/', import.meta.url)
const LOCK = 7_203_114
const OLDEST_POSTGRES = 17

interface Migration {
  name: string
  text: string
  sha256: string
}

/** The migrations of this version of the code, oldest first. */
export async function migrations(folder: URL = MIGRATIONS): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}-.+\.sql$/.test(name)).sort()
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/**
 * Brings a database up to date, one transaction per file, each under a lock: of two processes that start at once one
 * migrates and the other finds nothing to do. A file that changed after it was applied stops the run, and so does a new
 * file that comes before one that is applied.
 *
 * @param ownerUrl connects as the owner of the tables, not as the runtime role
 * @param runtimeUser login role that gets the rights of the runtime group role, where it has them not yet
 * @returns the names applied now
 * @throws Error on a PostgreSQL that is too old
 */
export async function migrate(ownerUrl: string, runtimeUser?: string, folder?: URL): Promise<string[]> {
  const wanted = await migrations(folder)
  const connection = await Connection.open({ url: ownerUrl, statementTimeout: 0 })
  try {
    await mustBeNewEnough(connection)
    await locked(connection, () =>
      connection.run(
        'create table if not exists migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
        [],
      ),
    )
    const now: string[] = []
    for (const migration of wanted) {
      if (await locked(connection, () => apply(connection, migration))) now.push(migration.name)
    }
    await locked(connection, () => giveRights(connection, runtimeUser))
    return now
  } finally {
    await connection.close()
  }
}

/** One transaction under the lock of migrations. */
async function locked<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run('begin', [])
  try {
    await connection.run('select pg_advisory_xact_lock($1)', [LOCK])
    const result = await work()
    await connection.run('commit', [])
    return result
  } catch (error) {
    if (!connection.dead) await connection.run('rollback', [])
    throw error
  }
}

/** @returns whether it was applied now */
async function apply(connection: Connection, { name, text, sha256 }: Migration): Promise<boolean> {
  const applied = await connection.run('select name, sha256 from migrations where name >= $1 order by name', [name])
  const [first] = applied
  if (first?.name === name) {
    if (first.sha256 !== sha256) throw new Error(`sql/${name} was changed after it was applied here`)
    return false
  }
  if (first) throw new Error(`sql/${name} comes before sql/${first.name}, which is applied here already; give it a later number`)
  await connection.run(text, []).catch((error: Error) => {
    throw new Error(`sql/${name}: ${error.message}`, { cause: error })
  })
  await connection.run('insert into migrations (name, sha256) values ($1, $2)', [name, sha256])
  return true
}

async function giveRights(connection: Connection, runtimeUser: string | undefined) {
  await connection.run('grant select on migrations to consent_broker', [])
  if (!runtimeUser) return
  const [role] = await connection.run(`select pg_has_role($1, 'consent_broker', 'member') as member`, [runtimeUser])
  if (!role?.member) await connection.run(`grant consent_broker to "${runtimeUser.replaceAll('"', '""')}"`, [])
}

/**
 * The migrations the database still lacks, asked as the runtime role. A database never migrated lacks them all.
 *
 * @throws Error on a PostgreSQL that is too old
 */
export async function pendingMigrations(url: string, folder?: URL): Promise<string[]> {
  const wanted = await migrations(folder)
  const connection = await Connection.open({ url })
  try {
    await mustBeNewEnough(connection)
    const [table] = await connection.run(`select to_regclass('public.migrations') is not null as there`, [])
    const applied = table?.there ? (await connection.run('select name from migrations', [])).map((row) => row.name as string) : []
    return wanted.map(({ name }) => name).filter((name) => !applied.includes(name))
  } finally {
    await connection.close()
  }
}

async function mustBeNewEnough(connection: Connection): Promise<void> {
  const [server] = await connection.run(`select current_setting('server_version_num')::int as version`, [])
  const wrong = tooOld(server!.version as number)
  if (wrong !== undefined) throw new Error(wrong)
}

/**
 * What is wrong with a PostgreSQL of this version, or nothing.
 *
 * @param version `server_version_num`: 170004 is 17.4
 */
export function tooOld(version: number): string | undefined {
  if (version >= OLDEST_POSTGRES * 10_000) return undefined
  return `The database is PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}; the broker needs PostgreSQL ${OLDEST_POSTGRES} or newer.`
}

/** Fails when the role of `url` could see past row-level security: then isolation would stand on the code alone. */
export async function mustObeyRowSecurity(url: string): Promise<void> {
  const connection = await Connection.open({ url })
  try {
    const [role] = await connection.run(
      `select rolname, rolsuper or rolbypassrls as sees_all,
         exists (select from pg_class c where c.relname = 'boards' and pg_has_role(r.oid, c.relowner, 'member')) as owns
       from pg_roles r where rolname = current_user`,
      [],
    )
    if (role?.sees_all) throw new Error(`DATABASE_URL connects as ${role.rolname}, which bypasses row-level security; use another role`)
    if (role?.owns) throw new Error(`DATABASE_URL connects as ${role.rolname}, which owns the tables; use another role`)
  } finally {
    await connection.close()
  }
}
