import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServerType, serve } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { registerOwnClient } from '../../src/catalog/manage-client.ts'
import { servicesOf } from '../../src/catalog/store.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { freePort } from '../../src/embedded-postgres.ts'
import type { ConsentId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { Loops } from '../../src/loops.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { resetSandbox } from '../../src/sandbox/reset-sandbox.ts'
import { sandboxOf } from '../../src/sandbox/sandbox.ts'
import { resourceOf } from '../../src/sandbox/twin.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { supplierPerson } from '../support/supplier-person.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const BROKER = 'https://broker.example'
const HOLDER = 'https://api.rekenrijk.example'

let broker: TestBroker
let world: SmallWorld
let server: ServerType
let app: ReturnType<typeof createApp>
let folder: string
const outside = globalThis.fetch

/**
 * The broker and the quick start's holder listen on this machine; their public names lead there over HTTP, and everything in
 * the examples is as it stands on the page.
 */
beforeAll(async () => {
  broker = await freshBroker({ issuer: BROKER, at: new Date().toISOString() })
  world = await smallWorld(broker)
  const [brokerPort, holderPort] = [await freePort(), await freePort()]
  // The libraries in the examples go by the time as it is.
  app = createApp(() => ({ ...broker.deps, now: () => new Date() }))
  server = serve({ fetch: app.fetch, port: brokerPort, hostname: '127.0.0.1' })
  const places: Record<string, string> = { [BROKER]: `http://127.0.0.1:${brokerPort}`, [HOLDER]: `http://127.0.0.1:${holderPort}` }
  vi.stubGlobal('fetch', (url: string | URL | Request, init?: RequestInit) => {
    const { origin, pathname, search } = new URL(url instanceof Request ? url.url : url)
    const place = places[origin]
    if (!place) throw new Error(`the examples fetch nothing at ${origin}`)
    return outside(place + pathname + search, url instanceof Request ? url : init)
  })
  vi.stubEnv('PORT', String(holderPort))
  vi.stubEnv('BROKER_KEY', JSON.stringify({ ...world.keys.holder.privateJwk, kid: 'k1', alg: 'EdDSA' }))
  vi.stubEnv('BRIN', '99ZA')
  vi.stubEnv('SERVICE_ID', world.serviceId)
  vi.stubEnv('AGREEMENT_ID', world.agreementId)
  folder = await mkdtemp(join(import.meta.dirname, '.docs-'))
  await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  for (const path of ['/docs/supplier', '/docs/holder', '/docs/sandbox']) {
    for (const language of ['nl', 'en']) await files(path, language)
  }
  await import(join(folder, 'publisher.ts'))
})
afterAll(async () => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  server.close()
  await rm(folder, { recursive: true, force: true })
  await broker.close()
})

const fetched = async (path: string, language = 'nl') =>
  await (await fetch(BROKER + path, { headers: { accept: 'text/html', 'accept-language': language } })).text()
const plain = (html: string) =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

/** Writes every file of a page as the page shows it, which is one file in every language. The kit is that of the exports, before it is built. */
async function files(path: string, language: string): Promise<void> {
  const html = await fetched(path, language)
  expect(html).toContain(`<html lang="${language}"`)
  const shown = Array.from(html.matchAll(/<figcaption>.*?>([\w.-]+)<\/a><\/figcaption><pre[^>]*><code>([\s\S]*?)<\/code>/g))
  expect(shown.length).toBeGreaterThan(0)
  for (const [, name, code] of shown) {
    expect(plain(code!), 'the same as a file').toBe(await fetched(`/docs/code/${name}`))
    const kit = { "'consent-broker/holder/hono'": 'hono', "'consent-broker/holder'": 'verifier' }
    const runs = Object.entries(kit).reduce((all, [from, file]) => all.replace(from, `'../../../src/holder/${file}.ts'`), plain(code!))
    await writeFile(join(folder, name!), runs)
  }
}

/** Runs a file as a process of its own would: nothing of an earlier run is left in it. */
async function run(
  name: string,
  way: 'organisation' | 'ciba',
  clientId = world.clients[way],
): Promise<{ said: string; exports: Record<string, unknown> }> {
  vi.resetModules()
  vi.stubEnv('CLIENT_ID', clientId)
  vi.stubEnv('CLIENT_KEY', JSON.stringify({ ...world.keys[way].privateJwk, kid: 'k1' }))
  broker.clock.set(new Date())
  const said: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...words) => void said.push(words.join(' ')))
  try {
    return { exports: (await import(join(folder, name))) as Record<string, unknown>, said: said.join('\n') }
  } finally {
    log.mockRestore()
  }
}

describe('The quick starts do what they say, as they stand on the page', () => {
  test('a supplier asks the school', async () => {
    const { said } = await run('ask.mjs', 'organisation')
    expect(said).toMatch(/^[0-9a-f-]{36} received$/)
  })

  test('a supplier collects what was released at the holder of the other quick start, and after a withdrawal nothing', async () => {
    const { consentId } = await consented(broker, world)
    const { exports } = await run('collect.mjs', 'organisation')
    expect(exports.collected).toEqual([
      { reference: expect.anything(), data: [{ subject: expect.stringMatching(/^ph_/), results: [{ sum: '7 × 8', right: true }] }] },
    ])
    await withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
    const after = await run('collect.mjs', 'organisation')
    expect((after.exports.collected as { data?: unknown }[]).every(({ data }) => data === undefined)).toBe(true)
  })

  test('an engineer goes the whole round in the sandbox', async () => {
    broker.clock.set(new Date())
    const { actor } = await supplierPerson(broker, app, { supplierId: world.supplierId, name: 'Iris', roles: ['engineer'] })
    await resetSandbox(broker.deps, actor)
    const keys = [world.keys.organisation.publicJwk]
    const program = { name: 'Proef', way: 'organisation' as const, redirectUris: [], inSandbox: true, keys }
    const clientId = await registerOwnClient(broker.deps, actor, program)
    const sandbox = (await sandboxOf(broker.db, world.supplierId))!
    const [service] = await servicesOf(broker.db, sandbox.twinId)
    const [agreement] = await broker.owner`select agreement_id from supplier_agreements where supplier_id = ${sandbox.twinId}`
    vi.stubEnv('BRIN', sandbox.brin)
    vi.stubEnv('SERVICE_ID', service!.serviceId)
    vi.stubEnv('HOLDER', resourceOf(BROKER, sandbox.twinId))
    vi.stubEnv('AGREEMENT_ID', String(agreement!.agreement_id))
    const loops = new Loops(broker.deps.log)
    loops.every(0.1, 'long work', () => runLongWork({ ...broker.deps, now: () => new Date() }))
    try {
      const { exports } = await run('sandbox.mjs', 'organisation', clientId)
      expect(exports.collected).toMatchObject([{ reference: 'always-yes', data: { subjects: [{ records: [{}, {}, {}] }] } }])
    } finally {
      await loops.stop()
      vi.stubEnv('BRIN', '99ZA')
      vi.stubEnv('SERVICE_ID', world.serviceId)
      vi.stubEnv('AGREEMENT_ID', world.agreementId)
    }
  }, 60_000)

  test('a supplier asks a parent directly, and collects when they said yes', async () => {
    const { code } = await makeLinkCode(broker.deps, world.people.nadia.actor, {
      subjectId: world.people.fatima.id,
      supplierId: world.supplierId,
    })
    vi.stubEnv('LINK_CODE', code)
    const running = run('ask-directly.mjs', 'ciba')
    const rows = async () =>
      await broker.owner<{ consent_id: ConsentId }[]>`select consent_id from ciba_requests where consent_id is not null`
    await expect.poll(async () => (await rows()).length, { timeout: 30_000 }).toBe(1)
    broker.clock.set(new Date())
    await asking(broker, world).answer(world.people.nadia, (await rows())[0]!.consent_id, 'yes')
    const { exports } = await running
    expect(exports.collected).toEqual([{ subject: expect.stringMatching(/^ph_/), results: [{ sum: '7 × 8', right: true }] }])
  })
})
