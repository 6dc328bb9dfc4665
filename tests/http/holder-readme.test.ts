import { readFile, rm, writeFile } from 'node:fs/promises'
import { get, type IncomingHttpHeaders } from 'node:http'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../../src/embedded-postgres.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type Driver, drive } from '../support/driver.ts'
import { redeemed } from '../support/redeemed.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const files: string[] = []
let broker: TestBroker
let world: SmallWorld
let driver: Driver
let supplier: Awaited<ReturnType<typeof redeemed>>
beforeAll(async () => {
  broker = await freshBroker({ issuer: 'https://broker.example' })
  world = await smallWorld(broker)
  driver = await drive(broker, world)
  supplier = await redeemed(broker, world, driver)
  // The examples reach the broker where it says it is.
  vi.stubGlobal('fetch', driver.fetch)
})
afterAll(async () => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  await broker.close()
  for (const file of files) await rm(file, { force: true })
})

/** The nth example of the kit's README, as written but for where the package is: those of its exports, before they are built. */
async function example(nr: number): Promise<Record<string, unknown>> {
  const readme = await readFile(join(ROOT, 'src/holder/README.md'), 'utf8')
  const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, { default: string }> }
  let code = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, block]) => block!)[nr]!
  for (const [name, { default: built }] of Object.entries(exports).toReversed()) {
    const source = built.replace('./dist/', '../../src/').replace(/\.js$/, '.ts')
    code = code.replaceAll(`'consent-broker${name.slice(1)}'`, `'${source}'`)
  }
  expect(code).not.toContain("'consent-broker")
  const file = join(import.meta.dirname, `.readme-${nr}-${crypto.randomUUID()}.ts`)
  files.push(file)
  await writeFile(file, code)
  return (await import(file)) as Record<string, unknown>
}

const key = () => JSON.stringify({ ...world.keys.holder.privateJwk, kid: 'k1', alg: 'EdDSA' })

/** A request as the supplier sends it, and its token. */
async function withToken(): Promise<{ token: string; headers: Record<string, string> }> {
  const { token, key: bound } = await supplier.redeem()
  const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')
  const dpop = await bound.proof({ htm: 'GET', htu: new URL('results', world.resource).href, ath })
  return { token, headers: { authorization: `DPoP ${token}`, dpop } }
}
const uses = async () => (await broker.owner`select records from uses`).length

async function behaves(
  get: (path: string, headers?: Record<string, string>) => Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>,
) {
  const metadata = await get('/.well-known/oauth-protected-resource')
  expect(JSON.parse(metadata.body)).toMatchObject({ resource: world.resource, authorization_servers: ['https://broker.example'] })
  const stranger = await get('/results')
  expect(stranger.status).toBe(401)
  expect(stranger.headers['www-authenticate']).toContain(
    'resource_metadata="https://api.rekenrijk.example/.well-known/oauth-protected-resource"',
  )

  const before = await uses()
  const { token, headers } = await withToken()
  const answer = await get('/results', headers)
  expect(answer.status, answer.body).toBe(200)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(JSON.parse(answer.body)).toEqual([{ subject: expect.stringMatching(/^ph_/), results: [{ sum: '7 × 8', right: true }] }])
  expect((await get('/results', headers)).status, 'the same proof again').toBe(401)
  await expect.poll(uses).toBe(before + 1)

  await driver.app.request('https://broker.example/revoke', {
    method: 'POST',
    body: new URLSearchParams({ token, ...(await driver.assertion('organisation')) }),
  })
  driver.pass({ seconds: 61 })
  const { headers: other } = await withToken()
  expect((await get('/results', other)).status).toBe(200)
  await expect.poll(uses).toBe(before + 2)
}

describe('The examples in the README of the kit do what they say', () => {
  test('a whole publisher on Hono', async () => {
    const port = await freePort()
    vi.stubEnv('PORT', String(port))
    vi.stubEnv('BROKER_KEY', key())
    await example(0)
    await behaves(
      async (path, headers = {}) =>
        await new Promise((answered, failed) => {
          get({ host: '127.0.0.1', port, path, headers }, (response) => {
            let body = ''
            response.on('data', (chunk) => (body += chunk))
            response.on('end', () => answered({ status: response.statusCode!, headers: response.headers, body }))
          }).on('error', failed)
        }),
    )
    vi.unstubAllEnvs()
  })

  test('the same in a plain fetch handler', async () => {
    const { default: handler } = (await example(1)) as { default: { fetch: (...given: unknown[]) => Promise<Response> } }
    const waiting: Promise<unknown>[] = []
    await behaves(async (path, headers = {}) => {
      const request = new Request(new URL(path, world.resource), { headers })
      const response = await handler.fetch(request, { BROKER_KEY: key() }, { waitUntil: (work: Promise<unknown>) => waiting.push(work) })
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
    })
    expect(waiting.length).toBeGreaterThan(0)
  })
})
