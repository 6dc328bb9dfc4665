import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import postgres from 'postgres'
import { type Config, readConfig } from '../config.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type Serving, serveBroker } from '../serve.ts'
import { startAdministration } from './administration.ts'
import { BOARD } from './cast.ts'
import { CannotBegin, type DemoDatabase, NOT_OURS } from './demo-database.ts'
import type { HolderServerOptions, RunningHolder } from './holder-server.ts'
import { makeWorld } from './make-world.ts'
import { startPublisher } from './publisher.ts'
import { SUPPLIERS } from './suppliers.ts'
import type { World } from './world.ts'
import { resourceAt } from './world-catalog.ts'

export interface ServingDemo {
  issuer: string
  world: World
  deps: Deps
  /** Waits until the holders have told the broker what they delivered. */
  settled: () => Promise<void>
  stop: () => Promise<void>
}

const HOLDER_SERVERS: Record<string, (options: Omit<HolderServerOptions, 'name' | 'records'>) => Promise<RunningHolder>> = {
  rekenrijk: startPublisher,
  leerlinglijn: startAdministration,
}

/**
 * Serves the broker with the demo world, made when it is not there yet, and both data holders on the ports that follow.
 * Everybody on this machine can read everybody's mail here: that is what makes it a demo.
 *
 * @param serve on Node when absent
 */
export async function serveDemo({
  database,
  folder,
  port,
  serve = serveBroker,
}: {
  database: DemoDatabase
  folder: string
  port: number
  serve?: (config: Config) => Promise<Serving>
}): Promise<ServingDemo> {
  const issuer = `http://localhost:${port}`
  const running: RunningHolder[] = []
  let serving: Serving | undefined
  const stop = async () => {
    for (const holder of running) await holder.stop()
    await serving?.stop()
    await database.stop()
  }
  try {
    const config = readConfig({
      LOG_LEVEL: 'warning',
      ...process.env,
      ISSUER: issuer,
      PORT: `${port}`,
      DATA_FOLDER: folder,
      DEVELOPMENT_MAILBOX: 'true',
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      BROKER_SECRET: process.env.BROKER_SECRET ?? (await keptSecret(folder)),
    })
    serving = await serve(config)
    const world = await keptWorld(serving, folder, port)
    await followPort(world, database, port)
    for (const [key, start] of Object.entries(HOLDER_SERVERS)) {
      const { resource, clientId, privateJwk } = world.holders[key]!
      running.push(await start({ issuer, resource, clientId, privateJwk }))
    }
    return {
      issuer,
      world,
      deps: serving.deps,
      settled: async () => void (await Promise.all(running.map((holder) => holder.settled()))),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The world in this database, or a new one. Its clients' private keys are kept in the folder, for nobody else has them. */
async function keptWorld({ deps }: Serving, folder: string, port: number): Promise<World> {
  const file = join(folder, 'world.json')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  const isThere = await boardIsThere(deps)
  if (kept && isThere) {
    const world = JSON.parse(kept) as World
    return { ...world, madeAt: new Date(world.madeAt) }
  }
  if (isThere) {
    const instead = process.env.DATABASE_URL ? NOT_OURS : 'Start anew with --fresh.'
    throw new CannotBegin(`The demo world is in the database, but ${file} with its keys is gone. ${instead}`)
  }
  const world = await makeWorld(deps, port)
  await writeFile(file, JSON.stringify(world, null, 2), { mode: 0o600 })
  return world
}

async function boardIsThere({ db }: Deps): Promise<boolean> {
  return await inTransaction(db, { actor: 'operator', boards: [] }, async (tx) => {
    const row = await tx
      .selectFrom('board_directory')
      .select('board_id')
      .where('scheme', '=', 'OIN')
      .where('value', '=', BOARD.oin)
      .executeTakeFirst()
    return row !== undefined
  })
}

/** A world made on another port moves with the broker: the holders' addresses are what they are registered as. */
async function followPort(world: World, { ownerUrl }: DemoDatabase, port: number): Promise<void> {
  const moves = SUPPLIERS.flatMap(({ holder }) =>
    holder ? [{ key: holder.key, resource: resourceAt(port + holder.portOffset) }] : [],
  ).filter(({ key, resource }) => world.holders[key]!.resource !== resource)
  if (moves.length === 0) return
  if (!ownerUrl) throw new CannotBegin('The demo world was made on another port. Use that one, or set DATABASE_OWNER_URL.')
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  try {
    for (const { key, resource } of moves) {
      const holder = world.holders[key]!
      await sql`update holders set resource = ${resource} where holder_id = ${holder.holderId}`
      holder.resource = resource
    }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function keptSecret(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'secret')
  await writeFile(file, Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'), { flag: 'wx', mode: 0o600 }).catch(
    () => {},
  )
  return await readFile(file, 'utf8')
}

/** The first port from `from` on that is free together with the two that follow it. */
export async function freePorts(from: number): Promise<number> {
  for (let port = from; port < from + 1000; port += 3) {
    if ((await Promise.all([port, port + 1, port + 2].map(isFree))).every(Boolean)) return port
  }
  throw new CannotBegin(`There are no three free ports in a row from ${from} on.`)
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
