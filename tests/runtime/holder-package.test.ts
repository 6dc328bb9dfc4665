import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holderKit } from '../../src/holder-kit.ts'
import { conformanceCode } from '../../src/web/docs/holder-code.ts'
import { conformanceSettings, publisherWithKit } from '../support/test-publisher.ts'

const TSC = resolve('node_modules/typescript/bin/tsc')
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>
  exports: Record<string, { types: string; default: string }>
  bin: Record<string, string>
}

/** The compiler reads all of src/; on a busy machine that takes its time. */
const COMPILES_IN = 180_000

let folder: string
/** The broker's own package as it is packed: what was built, beside its package.json. */
let broker: string
/** A project of a data holder, empty but for the kit that a broker serves and what its README has it install besides. */
let project: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holder-'))
  broker = join(folder, 'broker')
  project = join(folder, 'project')
  for (const made of [broker, project]) mkdirSync(made)
  const only = ['--incremental', 'false', '--tsBuildInfoFile', 'null']
  execFileSync(process.execPath, [TSC, '-p', 'tsconfig.build.json', '--outDir', join(broker, 'dist'), ...only])
  for (const name of ['package.json', 'sql', 'openapi']) cpSync(name, join(broker, name), { recursive: true })
  writeFileSync(join(folder, 'kit.tgz'), await holderKit(join(broker, 'dist')))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }))
  install(project, join(folder, 'kit.tgz'), resolve('node_modules/jose'), resolve('node_modules/hono'))
  symlinkSync(resolve('node_modules/@types'), join(project, 'node_modules/@types'))
}, COMPILES_IN)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As anybody installs, without asking a registry: what the packages need is named here or missing. */
const install = (cwd: string, ...packages: string[]) =>
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], { cwd, stdio: 'pipe' })

const COMMAND = ['--no-install', 'holder-conformance']

/** Runs the command: by npx, out of what is installed, or as npx then finds it, which takes npm no second each time. */
const byNpx = (cwd: string) => (options: string[]) => told(spawnSync('npx', [...COMMAND, ...options], { cwd, encoding: 'utf8' }))
const directly = (cwd: string) => (options: string[]) =>
  told(spawnSync(join(cwd, 'node_modules/.bin/holder-conformance'), options, { cwd, encoding: 'utf8' }))
const told = ({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }) => ({
  code: status,
  out: stdout,
  err: stderr,
})

/** A line of the quick start as it stands there, which talks to this process while it runs. */
async function runLine(cwd: string, line: string): Promise<{ code: number | null; out: string }> {
  const running = spawn('sh', ['-c', line], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
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
    expect(byNpx(project)(['--help']).out).toContain('npx holder-conformance holder.json')
    const kit = directly(project)
    const [example] = conformanceCode.split('\n')
    execFileSync('sh', ['-c', example!], { cwd: project })
    const out = readFileSync(join(project, 'holder.json'), 'utf8')
    writeFileSync(join(project, 'wrong.json'), JSON.stringify({ ...(JSON.parse(out) as object), resource: 'rekenrijk', pupil: [] }))
    const wrong = kit(['wrong.json'])
    expect(wrong).toMatchObject({ code: 2, out: '' })
    expect(wrong.err).toMatch(/ {2}pupil: is not a setting[^\n]*\n {2}resource: is the address you registered/)
    expect(kit(['not-there.json']).code).toBe(2)
  }, 60_000)

  test('and tries a holder: with 0 for one that conforms', { timeout: 60_000 }, async () => {
    const { config, ...keys } = await conformanceSettings({ ended: 'introspection' })
    const stop = await publisherWithKit(config, keys)
    const { request, listen, encryptionJwk, ...rest } = config
    const file = { ...rest, request: `${request.method} ${request.path}`, listen: `http://${listen.host}:${listen.port}` }
    writeFileSync(join(project, 'holder.json'), JSON.stringify(file))
    const { code, out } = await runLine(project, `${conformanceCode.split('\n').at(-1)} --json`)
    expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, conforms: true })
    expect(encryptionJwk).toBeDefined()
    await stop()
  })

  test('is made of the files it needs, and the same each time', async () => {
    expect(Buffer.from(await holderKit(join(broker, 'dist')))).toEqual(readFileSync(join(folder, 'kit.tgz')))
    const installed = join(project, 'node_modules/consent-broker')
    expect(readdirSync(join(installed, 'dist'))).toEqual(['holder'])
    const kit = readdirSync(join(installed, 'dist/holder')).filter((name) => name.endsWith('.js'))
    const imported = kit.flatMap((name) =>
      Array.from(readFileSync(join(installed, 'dist/holder', name), 'utf8').matchAll(/from '([^']+)'/g), ([, from]) => from!),
    )
    const outside = new Set(imported.filter((from) => !from.startsWith('./')).map((from) => from.split('/')[0]!))
    expect([...outside]).toEqual(['jose'])
    await expect(holderKit(join(folder, 'nothing'))).rejects.toThrow()
  })

  test('comes with the whole package too: npm pack makes a file out of which it runs', () => {
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: broker,
      encoding: 'utf8',
    })
    const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }]
    const paths = files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining(Object.values(manifest.exports).flatMap((one) => Object.values(one).map((path) => path.slice(2)))),
    )
    expect(paths).toEqual(
      expect.arrayContaining([...Object.values(manifest.bin), 'sql/001-ground.sql', 'openapi/openapi.json', 'dist/node.js']),
    )
    // What the compiler keeps for itself, the demo, and maps to sources that are not there.
    expect(paths.filter((path) => /\.tsbuildinfo$|^dist\/demo\/|\.map$|schema\.sql$/.test(path))).toEqual([])
    // `dist` is not committed: npm builds it before it packs.
    expect(manifest.scripts.prepack).toBe('npm run -s build')
    expect(manifest.scripts.build).toContain('tsc -p tsconfig.build.json')

    const whole = join(folder, 'whole')
    const installed = join(whole, 'node_modules/consent-broker')
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed])
    symlinkSync(resolve('node_modules/jose'), join(whole, 'node_modules/jose'))
    mkdirSync(join(whole, 'node_modules/.bin'))
    const bin = join(installed, manifest.bin['holder-conformance']!)
    chmodSync(bin, 0o755)
    symlinkSync(bin, join(whole, 'node_modules/.bin/holder-conformance'))
    expect(JSON.parse(byNpx(whole)(['--example']).out)).toMatchObject({ resource: 'https://api.rekenrijk.example/' })
  }, 120_000)
})
