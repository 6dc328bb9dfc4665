import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, matchesGlob, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conformanceSettings, publisherWithKit } from '../support/test-publisher.ts'

const TSC = resolve('node_modules/typescript/bin/tsc')
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>
  files: string[]
  scripts: Record<string, string>
  exports: Record<string, { types: string; default: string }>
  bin: Record<string, string>
}

/** The compiler reads all of src/; on a busy machine that takes its time. */
const COMPILES_IN = 180_000

/** A project of a data holder that has the package installed: of what was built only the kit, and what the kit needs. */
let project: string
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'holder-'))
  const installed = join(project, 'node_modules/consent-broker')
  mkdirSync(installed, { recursive: true })
  execFileSync(process.execPath, [
    TSC,
    '-p',
    'tsconfig.build.json',
    '--outDir',
    join(project, 'built'),
    '--incremental',
    'false',
    '--tsBuildInfoFile',
    'null',
  ])
  cpSync(join(project, 'built/holder'), join(installed, 'dist/holder'), { recursive: true })
  cpSync('package.json', join(installed, 'package.json'))
  for (const needed of ['jose', 'hono', '@types']) symlinkSync(resolve('node_modules', needed), join(project, 'node_modules', needed))
  // As npm does at installation.
  mkdirSync(join(project, 'node_modules/.bin'))
  for (const [name, file] of Object.entries(manifest.bin)) {
    chmodSync(join(installed, file), 0o755)
    symlinkSync(join(installed, file), join(project, 'node_modules/.bin', name))
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }))
}, COMPILES_IN)
afterAll(() => rmSync(project, { recursive: true, force: true }))

const COMMAND = ['--no-install', 'holder-conformance']

/** Runs the command as npx does: by its name, out of what is installed. */
const npxIn = (cwd: string) => (options: string[]) => {
  const { status, stdout, stderr } = spawnSync('npx', [...COMMAND, ...options], { cwd, encoding: 'utf8' })
  return { code: status, out: stdout, err: stderr }
}

/** The same for a command that talks to this process while it runs. */
async function runNpx(cwd: string, options: string[]): Promise<{ code: number | null; out: string }> {
  const running = spawn('npx', [...COMMAND, ...options], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  running.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  const code = await new Promise<number | null>((ended) => running.once('close', ended))
  return { code, out }
}

const run = (name: string, code: string) => {
  writeFileSync(join(project, name), code)
  return execFileSync(process.execPath, [name], { cwd: project, encoding: 'utf8' })
}

describe('The holder kit as a package', () => {
  test('is imported by name, and needs nothing else of the broker', () => {
    const said = run(
      'holder.js',
      `import { createVerifier } from 'consent-broker/holder'
       import { requireAccess } from 'consent-broker/holder/hono'
       const privateJwk = { kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' }
       const verifier = createVerifier({ issuer: 'https://broker.example', resource: 'https://api.example/', clientId: 'x', privateJwk, fetch: () => Promise.reject(new Error('down')) })
       const refused = await verifier.verifyAccess(new Request('https://api.example/x')).catch((error) => error)
       console.log(typeof requireAccess(verifier), refused.name, refused.status)`,
    )
    expect(said.trim()).toBe('function AccessError 401')
  })

  test('has types of its own, and is used with them', () => {
    const uses = `import { createVerifier, entryFor, type Verifier } from 'consent-broker/holder'
      import { type AccessVariables, requireAccess } from 'consent-broker/holder/hono'
      import { Hono } from 'hono'
      const own = { clientId: 'x', privateJwk: { kty: 'OKP' } }
      const verifier: Verifier = createVerifier({ issuer: 'https://broker.example', resource: 'https://api.example/', ...own })
      const app = new Hono<{ Variables: AccessVariables }>()
      app.get('/', requireAccess(verifier), (c) => c.json(c.var.access.subjects.map((s) => entryFor(c.var.access, s, 'x') !== undefined)))
      // @ts-expect-error an issuer is an address
      createVerifier({ issuer: 7, resource: 'https://api.example/', ...own })`
    writeFileSync(join(project, 'holder.ts'), uses)
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2024', '--module', 'nodenext', '--types', 'node']
    execFileSync(process.execPath, [TSC, ...options, 'holder.ts'], { cwd: project, stdio: 'inherit' })
  })

  test('nothing else of the broker can be reached by name', () => {
    const said = run('other.js', `await import('consent-broker/dist/node.js').catch((error) => console.log(error.code))`)
    expect(said.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  test('the conformance kit is started with npx, tells what to write, and what is wrong in it', () => {
    const npx = npxIn(project)
    expect(npx(['--help']).out).toContain('npx --package=consent-broker holder-conformance holder.json')
    const { out } = npx(['--example'])
    writeFileSync(join(project, 'wrong.json'), JSON.stringify({ ...(JSON.parse(out) as object), resource: 'rekenrijk', pupil: [] }))
    const wrong = npx(['wrong.json'])
    expect(wrong).toMatchObject({ code: 2, out: '' })
    expect(wrong.err).toMatch(/ {2}pupil: is not a setting[^\n]*\n {2}resource: is the address you registered/)
    expect(npx(['not-there.json']).code).toBe(2)
  })

  test('and tries a holder: with 0 for one that conforms', { timeout: 60_000 }, async () => {
    const { config, ...keys } = await conformanceSettings({ ended: 'introspection' })
    const stop = await publisherWithKit(config, keys)
    const { request, listen, encryptionJwk, ...rest } = config
    const file = { ...rest, request: `${request.method} ${request.path}`, listen: `http://${listen.host}:${listen.port}` }
    writeFileSync(join(project, 'holder.json'), JSON.stringify(file))
    const { code, out } = await runNpx(project, ['holder.json', '--json'])
    expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, conforms: true })
    expect(encryptionJwk).toBeDefined()
    await stop()
  })

  test('the package has in it what it exports, and what runs the broker', () => {
    const exported = Object.values(manifest.exports).flatMap(({ types, default: code }) => [types, code])
    const sent = manifest.files.filter((pattern) => !pattern.startsWith('!'))
    expect(exported.filter((path) => !sent.some((pattern) => matchesGlob(path.slice(2), pattern)))).toEqual([])
    expect(['dist/node.js', 'sql/001-ground.sql'].filter((path) => !sent.some((pattern) => matchesGlob(path, pattern)))).toEqual([])
    // What the compiler keeps for itself, the demo and the maps to sources that are not there.
    expect(
      ['dist/.tsbuildinfo', 'dist/node.js.map', 'sql/schema.sql'].filter((path) => sent.some((pattern) => matchesGlob(path, pattern))),
    ).toEqual([])
    expect(manifest.files).toContain('!dist/demo')
    // `dist` is not committed: npm builds it before it packs.
    expect(manifest.scripts.prepack).toBe('npm run -s build')
    expect(manifest.scripts.build).toBe('tsc -p tsconfig.build.json')
    const kit = readdirSync(join(project, 'node_modules/consent-broker/dist/holder')).filter((name) => name.endsWith('.js'))
    const imported = kit.flatMap((name) =>
      Array.from(
        readFileSync(join(project, 'node_modules/consent-broker/dist/holder', name), 'utf8').matchAll(/from '([^']+)'/g),
        ([, from]) => from!,
      ),
    )
    const outside = new Set(imported.filter((from) => !from.startsWith('./')).map((from) => from.split('/')[0]!))
    expect([...outside].sort()).toEqual(['jose'])
    for (const name of outside) expect(manifest.dependencies).toHaveProperty(name)
  })
})
