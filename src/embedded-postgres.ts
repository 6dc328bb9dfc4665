import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keptSecret } from './kept-secret.ts'
import { Connection } from './postgres-connection.ts'
import { clusterPlace, ownFolder, programs, type RunAs, removeCluster, runAs } from './postgres-programs.ts'

export interface EmbeddedPostgres {
  /** For the runtime role, which row-level security binds. */
  url: string
  /** For migrations. */
  ownerUrl: string
  port: number
  stop: () => Promise<void>
}

interface EmbeddedOptions {
  /** Where the cluster and its password live. */
  folder: string
  /** Extra `-c name=value` settings. */
  settings?: Record<string, string>
  database?: string
}

const OWNER = 'broker_owner'
const RUNTIME = 'broker'

/**
 * A real PostgreSQL from npm, on a loopback port of its own, for when no DATABASE_URL is given. Data stay over restarts.
 * When the cluster in `folder` already runs (another process of ours), that one is used and `stop` leaves it alone.
 * It ends with the process that started it, also when that is killed.
 */
export async function startEmbeddedPostgres({ folder, settings = {}, database = 'broker' }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await mkdir(folder, { recursive: true })
  const user = await runAs()
  const password = await keptPassword(folder)
  const place = await clusterPlace(folder, user)
  const log: string[] = []
  for (let attempt = 1; ; attempt++) {
    const running = await runningPort(place, password)
    if (running) return await prepared(running, password, database, async () => {})
    try {
      await initialise(place, user, password, settings.fsync === 'off', log)
      const port = await freePort()
      const server = await start(place, port, user, settings, log)
      return await prepared(port, password, database, () => stop(server))
    } catch (error) {
      // Another process of ours took the port, or starts the same cluster just now.
      if (attempt < 5 && /could not bind|could not create any TCP|lock file "postmaster.pid"/.test(log.join(''))) await sleep(attempt * 500)
      else throw new Error(`the embedded PostgreSQL did not start in ${place}\n${log.slice(-12).join('')}`, { cause: error })
    }
  }
}

/** Throws the cluster of `folder` away, with all its data; stops it first if it runs, and waits for one that is just stopping. */
export async function removeEmbeddedPostgres(folder: string): Promise<void> {
  const place = await clusterPlace(folder, undefined)
  const pid = await serverPid(place)
  if (pid && (await runningPort(place, await keptPassword(folder)))) process.kill(pid, 'SIGINT')
  // The file of a server that was killed outright stays, and its number may be another process by now: hence the bound.
  for (let waited = 0; waited < STOPPING && pid && lives(pid) && (await serverPid(place)) === pid; waited += 50) await sleep(50)
  await removeCluster(folder)
}

/** How long a server may take to finish, in milliseconds. */
const STOPPING = 30_000

const serverPid = async (place: string) => Number((await readFile(join(place, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function prepared(port: number, password: string, database: string, stop: () => Promise<void>): Promise<EmbeddedPostgres> {
  const connection = await Connection.open({ url: urlOf(OWNER, password, port, 'postgres') })
  try {
    // Two processes that come first at once must not both make the role.
    await connection.run('select pg_advisory_lock(7203115)', [])
    const [role] = await connection.run('select from pg_roles where rolname = $1', [RUNTIME])
    if (!role) await connection.run(`create role ${RUNTIME} login nosuperuser nobypassrls password '${password}'`, [])
    const [known] = await connection.run('select from pg_database where datname = $1', [database])
    if (!known) await connection.run(`create database "${database.replaceAll('"', '""')}"`, [])
  } finally {
    await connection.close()
  }
  return { url: urlOf(RUNTIME, password, port, database), ownerUrl: urlOf(OWNER, password, port, database), port, stop }
}

const urlOf = (user: string, password: string, port: number, database: string) =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`

const keptPassword = async (folder: string) => await keptSecret(join(folder, 'postgres-password'))

/** Makes the cluster beside its place and moves it there when it is whole, so that a half-made one is never started. */
async function initialise(place: string, user: RunAs | undefined, password: string, careless: boolean, log: string[]) {
  if (await readFile(join(place, 'PG_VERSION')).catch(() => undefined)) return
  const unfinished = `${place}.${process.pid}`
  const passwordFile = `${unfinished}-password`
  await rm(unfinished, { recursive: true, force: true })
  await ownFolder(unfinished, user)
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) await chown(passwordFile, user.uid, user.gid)
  try {
    const { initdb } = await programs(user)
    const child = spawn(
      initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${OWNER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(careless ? ['--no-sync'] : []),
      ],
      { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } },
    )
    child.stderr.on('data', (line) => log.push(String(line)))
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`initdb ended with ${code}`)
    await rename(unfinished, place).catch(async (error) => {
      if (!(await readFile(join(place, 'PG_VERSION')).catch(() => undefined))) throw error
    })
  } finally {
    await rm(passwordFile, { force: true })
    await rm(unfinished, { recursive: true, force: true })
  }
}

/**
 * Runs PostgreSQL in a session of its own, so that Ctrl-C reaches us first and we can finish. A watcher beside it holds
 * our end of a pipe: when we are gone, however that came, the pipe closes and it tells PostgreSQL to stop.
 */
const WATCHED = 'exec 3<&0; ((cat <&3 >/dev/null; kill -INT $$) 2>/dev/null &) ; exec "$0" "$@" 3<&- </dev/null'

async function start(place: string, port: number, user: RunAs | undefined, settings: Record<string, string>, log: string[]) {
  const { postgres } = await programs(user)
  const flags = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_connections: '200',
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [postgres, '-D', place, '-p', String(port), ...flags]
  const options = { ...user, cwd: '/', detached: true, env: { ...process.env, LC_ALL: 'C' } }
  const child =
    process.platform === 'win32'
      ? spawn(command[0]!, command.slice(1), { ...options, detached: false, stdio: ['pipe', 'ignore', 'pipe'] })
      : spawn('/bin/sh', ['-c', WATCHED, ...command], { ...options, stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (line) => {
      log.push(String(line))
      if (log.length > 200) log.shift()
      if (String(line).includes('ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      child.stdin.destroy()
      reject(new Error(`postgres ended with ${code}`))
    })
  })
  // Nothing of it keeps this process alive: when we end, it ends.
  child.unref()
  for (const pipe of [child.stdin, child.stderr]) if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return child
}

async function stop(server: ChildProcess) {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.ref()
  const gone = once(server, 'exit')
  server.kill('SIGINT')
  const overdue = setTimeout(() => server.kill('SIGQUIT'), 10_000)
  await gone
  clearTimeout(overdue)
}

/** The port in `postmaster.pid`, if that cluster answers there. */
async function runningPort(place: string, password: string): Promise<number | undefined> {
  const lines = (await readFile(join(place, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  if (!lines[7]?.startsWith('ready')) return undefined
  const port = Number(lines[3])
  try {
    await (await Connection.open({ url: urlOf(OWNER, password, port, 'postgres') })).close()
    return port
  } catch {
    return undefined
  }
}

/** A port nobody listens on now. Somebody may take it before we do; then the start is tried again. */
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
