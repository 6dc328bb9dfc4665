import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { serveUnderWorkerd } from '../../src/demo/serve-under-workerd.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ownPorts } from '../support/own-ports.ts'
import { startWorker } from './worker.ts'

let broker: TestBroker
let worker: Awaited<ReturnType<typeof startWorker>>
beforeAll(async () => {
  broker = await freshBroker({ issuer: 'http://localhost:8787' })
  worker = await startWorker(broker.url, { BROKER_SECRET: broker.deps.secret })
})
afterAll(async () => {
  await worker?.close()
  await broker.close()
})

const runtimes = { node: (path: string) => createApp(() => broker.deps).request(path), workerd: (path: string) => worker.fetch(path) }

describe.each(Object.entries(runtimes))('On %s', (_, get) => {
  test('the broker lives, reaches its database and publishes what it is', async () => {
    expect((await get('/health/live')).status).toBe(200)
    expect((await get('/health/ready')).status).toBe(200)
    const metadata = (await (await get('/.well-known/oauth-authorization-server')).json()) as Record<string, unknown>
    expect(metadata.issuer).toBe('http://localhost:8787')
    const keys = (await (await get('/jwks')).json()) as { keys: unknown[] }
    expect(keys.keys.length).toBeGreaterThan(0)
  })

  test('what it refuses looks the same', async () => {
    const answer = await get('/v1/nowhere')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'not_found' })
  })
})

test('npm run dev:worker serves the broker by wrangler dev, and leaves nothing when it stops', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dev-worker-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const port = await ownPorts()
  const issuer = `http://localhost:${port}`
  const settings = { ISSUER: issuer, PORT: `${port}`, DATA_FOLDER: folder, LOG_LEVEL: 'error', DEVELOPMENT_MAILBOX: 'true' }
  const config = readConfig({
    ...settings,
    BROKER_SECRET: broker.deps.secret,
    DATABASE_URL: broker.url,
    DATABASE_OWNER_URL: broker.ownerUrl,
  })
  const { stop } = await serveUnderWorkerd(config)
  try {
    expect((await fetch(`${issuer}/health/ready`)).status).toBe(200)
    expect(await (await fetch(`${issuer}/jwks`)).json()).toMatchObject({ keys: expect.arrayContaining([expect.anything()]) })
  } finally {
    await stop()
  }
  const answers = () =>
    fetch(`${issuer}/health/live`).then(
      () => true,
      () => false,
    )
  await expect.poll(answers, { timeout: 60_000 }).toBe(false)
})

describe('Under workerd', () => {
  test('many requests at once each have their own connections, and leave none behind', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => worker.fetch('/health/ready')))
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 30 }, () => 200))
    await expect
      .poll(async () => {
        const [row] = await broker.owner`
          select count(*)::int as open from pg_stat_activity where datname = current_database() and application_name = 'consent-broker'`
        return row?.open
      })
      .toBeLessThanOrEqual(8)
  })

  test('the cron sweeps what has expired, also when something else of its work fails', async () => {
    await broker.db
      .insertInto('replay')
      .values({ kind: 'dpop', owner: 'a', jti: 'old', expires_at: new Date(Date.now() - 1000) })
      .execute()
    await broker.owner`alter table board_directory rename to gone`
    await worker.getWorker().scheduled({ cron: '* * * * *' })
    await broker.owner`alter table gone rename to board_directory`
    expect(await broker.owner`select from replay`).toHaveLength(0)
  })
})
