import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** What is of the kit in the manifest of the broker's own package. */
interface Manifest {
  name: string
  version: string
  license: string
  type: string
  bin: Record<string, string>
  engines: Record<string, string>
  exports: Record<string, unknown>
  dependencies: Record<'jose' | 'hono', string>
}

/**
 * The holder kit as a package that npm installs, of the very version that runs: the folder `holder/` as it was built, with `jose` as
 * all that it needs. The same each time, byte for byte.
 *
 * @param built the folder with the built broker, beside whose parent folder its package.json is
 * @throws Error when nothing was built there
 */
export async function holderKit(built: string): Promise<Uint8Array> {
  const names = (await readdir(join(built, 'holder'), { recursive: true })).filter((name) => /\.(js|d\.ts)$/.test(name)).sort()
  if (!names.includes('verifier.js')) throw new Error('the kit is not built')
  const manifest = await readFile(join(built, '../package.json'), 'utf8')
  const files = await Promise.all(names.map(async (name) => entry(`dist/holder/${name}`, await readFile(join(built, 'holder', name)))))
  const ends = Buffer.alloc(1024)
  return await promisify(gzip)(Buffer.concat([entry('package.json', manifestOf(JSON.parse(manifest) as Manifest)), ...files, ends]))
}

function manifestOf({ name, version, license, type, bin, engines, exports, dependencies: { jose, hono } }: Manifest): Buffer {
  const description = 'The holder kit of the consent broker: verifies tokens, reports use, and tries a holder'
  const needs = { dependencies: { jose }, peerDependencies: { hono: `^${hono}` }, peerDependenciesMeta: { hono: { optional: true } } }
  return Buffer.from(`${JSON.stringify({ name, version, description, license, type, bin, engines, exports, ...needs }, null, 2)}\n`)
}

/** A file in a tape archive (POSIX ustar), under `package/` as npm has it. */
function entry(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512)
  const put = (text: string, at: number) => header.write(text, at, 'ascii')
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  put(`package/${name}`, 0)
  put(octal(name.endsWith('command.js') ? 0o755 : 0o644, 7), 100)
  put(octal(0, 7), 108)
  put(octal(0, 7), 116)
  put(octal(content.length, 11), 124)
  put(octal(0, 11), 136)
  put(' '.repeat(8), 148)
  put('0', 156)
  put('ustar\x0000', 257)
  put(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
    148,
  )
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
