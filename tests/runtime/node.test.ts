import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { freePort } from '../../src/embedded-postgres.ts'
import { migrations } from '../../src/migrate.ts'
import { raceWith } from '../support/race.ts'
import { sabotagedCopy } from '../support/sabotaged-copy.ts'

let admin: postgres.Sql
let name: string
let env: Record<string, string>
const running: ChildProcess[] = []

beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
  admin = postgres(inject('ownerUrl').replace(/\/broker$/, '/postgres'), { max: 1 })
}, 180_000)
afterAll(() => admin.end())

beforeEach(async () => {
  name = `served_${randomBytes(6).toString('hex')}`
  await admin`create database ${admin(name)}`
  env = {
    DATABASE_URL: inject('runtimeUrl').replace(/\/broker$/, `/${name}`),
    DATABASE_OWNER_URL: inject('ownerUrl').replace(/\/broker$/, `/${name}`),
    ISSUER: 'http://localhost:1',
    BROKER_SECRET: randomBytes(32).toString('base64url'),
    SMTP_URL: 'smtp://127.0.0.1:1',
  }
})
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await admin`drop database ${admin(name)} with (force)`
})

interface Started {
  child: ChildProcess
  port: number
  said: () => string
  gone: Promise<number | null>
}

async function start(variables: Record<string, string>, built = 'dist'): Promise<Started> {
  const port = await freePort()
  const child = spawn(process.execPath, [`${built}/node.js`], { env: { PATH: process.env.PATH, PORT: String(port), ...variables } })
  running.push(child)
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  child.stderr.on('data', (chunk) => (text += chunk))
  const gone = once(child, 'exit').then(([code]) => code as number | null)
  return { child, port, said: () => text, gone }
}

async function ready({ port, said, gone }: Started): Promise<void> {
  let ended = false
  void gone.then(() => (ended = true))
  await expect
    .poll(
      async () => {
        if (ended) throw new Error(said())
        return (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.status
      },
      { timeout: 20_000 },
    )
    .toBe(200)
}

describe('The broker as a process', () => {
  const lock = /await connection.run\('select pg_advisory_xact_lock.*\n/
  const unlocked = { 'without the lock of migrations': () => sabotagedCopy('migrate.js', lock, '', 'dist') }
  raceWith(
    'two that start at once on an empty database migrate it once, and both serve',
    () => 'dist',
    unlocked,
    async (built) => {
      // Both stand before the migrations, so that they really begin together.
      const held = postgres(env.DATABASE_OWNER_URL!, { max: 1 })
      await held`select pg_advisory_lock(7203114)`
      const both = await Promise.all([start(env, built), start(env, built)])
      const waiting = async () => {
        const [row] = await admin`select count(*)::int as n from pg_stat_activity where datname = ${name} and wait_event = 'advisory'`
        return row!.n
      }
      await expect.poll(waiting, { timeout: 10_000 }).toBe(2)
      await held.end()
      await Promise.all(both.map(ready))
      const applied = both.map(({ said }) => (said().match(/\d{3}-[a-z-]+\.sql/g) ?? []).length)
      expect(applied.reduce((sum, count) => sum + count)).toBe((await migrations()).length)
    },
  )

  test('told to stop, it answers what is being asked, then ends cleanly', async () => {
    const broker = await start(env)
    await ready(broker)
    const socket = connect(broker.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk))
    socket.write(
      'POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=',
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    broker.child.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 200))
    socket.write('b')
    await once(socket, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 401 .*invalid_client/s)
    expect(await broker.gone).toBe(0)
  })

  test('without the owner’s rights it does not start on a database that lacks migrations, and says what to do', async () => {
    const { DATABASE_OWNER_URL: _, ...without } = env
    const broker = await start(without)
    expect(await broker.gone).toBe(1)
    expect(broker.said()).toMatch(/lacks \d+ migration\(s\).*001-ground\.sql.*npm run db:migrate/s)
  })

  test('as a role that sees past row-level security it does not start', async () => {
    const broker = await start({ ...env, DATABASE_URL: env.DATABASE_OWNER_URL! })
    expect(await broker.gone).toBe(1)
    expect(broker.said()).toContain('bypasses row-level security')
  })

  test('with a wrong configuration it tells all that is wrong at once', async () => {
    const broker = await start({ ...env, PORT: 'x', ISSUER: 'y', BROKER_SECRET: '' })
    expect(await broker.gone).toBe(1)
    for (const variable of ['PORT', 'ISSUER', 'BROKER_SECRET']) expect(broker.said()).toContain(`${variable}: `)
  })
})
