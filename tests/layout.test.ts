import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')

/** Each folder may import from those before it, and from the files right under src/. The order of who needs whom. */
const ORDER = [
  'messages',
  'ledger',
  'notifications',
  'jobs',
  'tokens',
  'people',
  'members',
  'catalog',
  'agreements',
  'consents',
  'requests',
  'grants',
  'cases',
  'rosters',
  'oauth',
  'streams',
  'hosted',
  'sandbox',
  'accounts',
  'web',
  'fsck',
  'operator',
  'demo',
]

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? sources(path) : /\.tsx?$/.test(name) ? [path] : []
  })
}

const placeOf = (file: string) => (relative(SRC, file).includes('/') ? relative(SRC, file).split('/')[0]! : '')
const isTables = (file: string) => file.endsWith('/tables.ts')
/** The REST edges of all folders stand behind the same guard. */
const isGuard = (file: string, target: string) => /[/-]routes\.ts$/.test(file) && target === join(SRC, 'oauth/protected.ts')

function imports() {
  return sources(SRC).flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g), ([, path]) => ({
      file,
      target: resolve(dirname(file), path!),
    })),
  )
}

test('every folder under src/ has its place in the order', () => {
  const folders = readdirSync(SRC).filter((name) => statSync(join(SRC, name)).isDirectory())
  expect(folders.filter((name) => ![...ORDER, 'holder'].includes(name))).toEqual([])
})

test('a folder imports only from folders before it; the shape of tables is free', () => {
  const wrong = imports()
    .filter(({ file, target }) => {
      const [from, to] = [placeOf(file), placeOf(target)]
      if (from === '' || to === '' || from === to || from === 'holder' || isTables(file) || isTables(target) || isGuard(file, target))
        return false
      return ORDER.indexOf(to) > ORDER.indexOf(from) || (to === 'holder' && from !== 'sandbox')
    })
    .filter(({ file }) => placeOf(file) !== 'demo')
    .map(({ file, target }) => `${relative(SRC, file)} -> ${relative(SRC, target)}`)
  expect(wrong).toEqual([])
})

test('the holder kit needs nothing else of src/, and nobody but the demo and the holder of a sandbox needs it', () => {
  const wrong = imports()
    .filter(({ file, target }) => placeOf(file) === 'holder' && placeOf(target) !== 'holder')
    .map(({ file }) => relative(SRC, file))
  expect(wrong).toEqual([])
})

test('nothing in src/ runs in a ring', () => {
  const edges = new Map<string, string[]>()
  for (const { file, target } of imports()) {
    if (isTables(file)) continue
    edges.set(file, [...(edges.get(file) ?? []), target])
  }
  const done = new Set<string>()
  const rings: string[] = []
  const visit = (file: string, path: string[]) => {
    if (path.includes(file)) {
      rings.push([...path.slice(path.indexOf(file)), file].map((name) => relative(SRC, name)).join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of edges.keys()) visit(file, [])
  expect(rings).toEqual([])
})
