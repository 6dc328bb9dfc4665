import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import postgres from 'postgres'

const MIGRATIONS = new URL('../sql/', import.meta.url)
const LOCK = 7_203_114

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
 * Brings a database up to date, one transaction per file, under a lock: of two processes that start at once one
 * migrates and the other finds nothing to do. A file that changed after it was applied stops the run.
 *
 * @param ownerUrl connects as the owner of the tables, not as the runtime role
 * @param runtimeUser login role that gets the rights of the runtime group role, where it has them not yet
 * @returns the names applied now
 */
export async function migrate(ownerUrl: string, runtimeUser?: string, folder?: URL): Promise<string[]> {
  const wanted = await migrations(folder)
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  try {
    await sql`select pg_advisory_lock(${LOCK})`
    await sql`create table if not exists migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())`
    const applied = new Map((await sql`select name, sha256 from migrations`).map((row) => [row.name as string, row.sha256 as string]))
    const now: string[] = []
    for (const migration of wanted) {
      const before = applied.get(migration.name)
      if (before && before !== migration.sha256) throw new Error(`sql/${migration.name} was changed after it was applied here`)
      if (before) continue
      await sql.begin(async (tx) => {
        await tx.unsafe(migration.text).simple()
        await tx`insert into migrations (name, sha256) values (${migration.name}, ${migration.sha256})`
      })
      now.push(migration.name)
    }
    await sql`grant select on migrations to consent_broker`
    if (runtimeUser && !(await sql`select pg_has_role(${runtimeUser}, 'consent_broker', 'member') as member`)[0]?.member) {
      await sql`grant consent_broker to ${sql(runtimeUser)}`
    }
    return now
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** The migrations the database still lacks, asked as the runtime role. A database never migrated lacks them all. */
export async function pendingMigrations(url: string, folder?: URL): Promise<string[]> {
  const wanted = await migrations(folder)
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const [table] = await sql`select to_regclass('public.migrations') is not null as there`
    const applied = table?.there ? new Set((await sql`select name from migrations`).map((row) => row.name as string)) : new Set()
    return wanted.map(({ name }) => name).filter((name) => !applied.has(name))
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Fails when the role of `url` could see past row-level security: then isolation would stand on the code alone. */
export async function mustObeyRowSecurity(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const [role] = await sql`select rolname, rolsuper or rolbypassrls as sees_all from pg_roles where rolname = current_user`
    if (role?.sees_all) throw new Error(`DATABASE_URL connects as ${role.rolname}, which bypasses row-level security; use another role`)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
