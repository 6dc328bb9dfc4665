import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startAnew } from '../../src/demo/demo-database.ts'
import { freePorts, serveDemo } from '../../src/demo/serve-demo.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'

let broker: TestBroker
let folder: string

beforeAll(async () => {
  broker = await freshBroker()
  folder = await mkdtemp(join(tmpdir(), 'demo-start-'))
})
afterAll(async () => {
  await broker.close()
  await rm(folder, { recursive: true })
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('npm start that fails on its last step says why, and leaves nothing serving', { timeout: 60_000 }, async () => {
  const port = await freePorts(18_380)
  const env = { DATABASE_URL: broker.url, DATABASE_OWNER_URL: broker.ownerUrl, DATA_FOLDER: folder, PORT: `${port}` }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  await mkdir(join(folder, 'demo-world.json'))
  await import('../../src/demo/start.ts')
  expect(process.exitCode).toBe(1)
  process.exitCode = undefined
  expect(said).toHaveBeenCalledWith(expect.objectContaining({ code: 'EISDIR' }))
  expect(await freePorts(port)).toBe(port)
})

test('a world whose keys are gone says what to do, and in a database of your own that is an empty one', { timeout: 60_000 }, async () => {
  const stop = vi.fn(async () => {})
  const again = async () => {
    const database = { url: broker.url, ownerUrl: broker.ownerUrl, stop }
    return await serveDemo({ database, folder: join(folder, 'other'), port: await freePorts(18_380) })
  }
  vi.stubEnv('DATABASE_URL', broker.url)
  await expect(again()).rejects.toThrow(/DATABASE_URL.*give it an empty one\.$/)
  vi.stubEnv('DATABASE_URL', undefined)
  await expect(again()).rejects.toThrow(/Start anew with --fresh\.$/)
  expect(stop).toHaveBeenCalledTimes(2)
})

test('settings that do not do stop the database of the demo again', async () => {
  const stop = vi.fn(async () => {})
  vi.stubEnv('LOG_LEVEL', 'loud')
  const database = { url: broker.url, ownerUrl: broker.ownerUrl, stop }
  await expect(serveDemo({ database, folder, port: 18_380 })).rejects.toThrow('LOG_LEVEL')
  expect(stop).toHaveBeenCalledOnce()
})

test('starting anew throws away a folder of the demo, and never one that holds where it was started', async () => {
  vi.stubEnv('DATABASE_URL', undefined)
  const project = join(folder, 'project')
  await mkdir(join(project, '.data', 'mail'), { recursive: true })
  await writeFile(join(project, 'package.json'), '{}')
  for (const from of [project, join(project, 'src')])
    await expect(startAnew(project, from)).rejects.toThrow(/DATA_FOLDER is .*a folder of its own/)
  expect(await readdir(project)).toEqual(['.data', 'package.json'])
  await startAnew(join(project, '.data'), project)
  expect(await readdir(project)).toEqual(['package.json'])
})
