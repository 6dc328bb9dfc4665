import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres.ts'
import { Connection } from '../../src/postgres-connection.ts'
import { raceWith } from '../support/race.ts'
import { sabotagedCopy } from '../support/sabotaged-copy.ts'

let folder: string
const running: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await removeEmbeddedPostgres(folder)
  await rm(folder, { recursive: true, force: true })
})

const SOURCE = join(import.meta.dirname, '../../src')

/** Another process that starts the cluster of `folder` and holds it; answers with its url. */
async function inProcess(source = SOURCE): Promise<{ child: ChildProcess; url: string }> {
  const script = join(folder, 'start.mjs')
  const module = pathToFileURL(join(source, 'embedded-postgres.ts'))
  await writeFile(
    script,
    `import { startEmbeddedPostgres } from ${JSON.stringify(module.href)}
     const { url } = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, settings: { fsync: 'off' } })
     console.log(url)
     setInterval(() => {}, 1000)`,
  )
  const child = spawn(process.execPath, [script])
  running.push(child)
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  const [line] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => Promise.reject(new Error(said)))])
  return { child, url: String(line).trim() }
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await Connection.open({ url })).close()
    return true
  } catch {
    return false
  }
}

describe('The embedded PostgreSQL', () => {
  test('keeps its data over a restart, and its password to itself', async () => {
    const settings = { fsync: 'off' }
    const first = await startEmbeddedPostgres({ folder, settings })
    const sql = postgres(first.ownerUrl, { max: 1 })
    await sql`create table kept (x integer)`
    await sql.end()
    await first.stop()
    expect(await answers(first.url)).toBe(false)
    const second = await startEmbeddedPostgres({ folder, settings })
    const again = postgres(second.ownerUrl, { max: 1 })
    expect(await again`select from kept`).toEqual([])
    await again.end()
    await second.stop()
    const password = await readFile(join(folder, 'postgres-password'), 'utf8')
    expect(password).toMatch(/^[\w-]{43}$/)
    expect((await stat(join(folder, 'postgres-password'))).mode & 0o077).toBe(0)
    expect(second.url).toContain(`:${password}@127.0.0.1:`)
  })

  const impatient = { 'where who is second gives up': () => sabotagedCopy('embedded-postgres.ts', /attempt < 5/, 'attempt < 0') }
  raceWith(
    'two processes that start it for the first time at once share one',
    () => SOURCE,
    impatient,
    async (source) => {
      const [one, two] = await Promise.all([inProcess(source), inProcess(source)])
      expect(one.url).toBe(two.url)
      expect(await answers(one.url)).toBe(true)
    },
  )

  test('ends with the process that started it, even when that is killed', async () => {
    const { child, url } = await inProcess()
    expect(await answers(url)).toBe(true)
    child.kill('SIGKILL')
    await expect.poll(() => answers(url), { timeout: 10_000 }).toBe(false)
  })
})
