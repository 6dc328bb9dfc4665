import { readFile, rm } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import postgres from 'postgres'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { removeCluster } from '../postgres-programs.ts'

/** The demo cannot begin, and whoever runs it can do something about that. */
export class CannotBegin extends Error {
  override name = 'CannotBegin'
}

export interface DemoDatabase {
  url: string
  ownerUrl: string | undefined
  stop: () => Promise<void>
}

/**
 * The database of the demo: the one of DATABASE_URL, or the embedded PostgreSQL in `folder`.
 *
 * @param name of the database in the embedded PostgreSQL
 * @param anew throws away what was in it
 */
export async function openDemoDatabase({ folder, name, anew }: { folder: string; name: string; anew: boolean }): Promise<DemoDatabase> {
  const { DATABASE_URL, DATABASE_OWNER_URL } = process.env
  if (DATABASE_URL) {
    if (anew) throw new CannotBegin(NOT_OURS)
    return { url: DATABASE_URL, ownerUrl: DATABASE_OWNER_URL, stop: async () => {} }
  }
  const cluster = await startEmbeddedPostgres({ folder, database: 'postgres' })
  const at = (url: string) => url.replace(/\/postgres$/, `/${name}`)
  const sql = postgres(cluster.ownerUrl, { max: 1, onnotice: () => {} })
  try {
    if (anew) await sql`drop database if exists ${sql(name)} with (force)`
    const there = await sql`select from pg_database where datname = ${name}`
    if (there.length === 0) await sql`create database ${sql(name)}`
  } finally {
    await sql.end({ timeout: 5 })
  }
  return { url: at(cluster.url), ownerUrl: at(cluster.ownerUrl), stop: () => cluster.stop() }
}

/**
 * Throws away all that the demo keeps: the embedded PostgreSQL, mails, keys.
 *
 * @param from where it was started: what holds that is no folder of the demo's own
 * @throws CannotBegin when it is in use, or when the data are not the demo's to throw away
 */
export async function startAnew(folder: string, from = process.cwd()): Promise<void> {
  if (process.env.DATABASE_URL) throw new CannotBegin(NOT_OURS)
  const holdsUs = !relative(folder, from).startsWith('..') && !isAbsolute(relative(folder, from))
  if (holdsUs) throw new CannotBegin(`DATA_FOLDER is ${folder}, with more in it than the demo's data. Give the demo a folder of its own.`)
  const pid = Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  if (pid && isAlive(pid)) throw new CannotBegin(`The demo's database in ${folder} is in use. Stop the other one first.`)
  await removeCluster(folder)
  await rm(folder, { recursive: true, force: true })
}

export const NOT_OURS = 'A database of your own (DATABASE_URL) is not emptied by the demo: give it an empty one.'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
