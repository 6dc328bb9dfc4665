import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Locked {
  optionalDependencies?: Record<string, string>
  hasInstallScript?: boolean
  resolved?: string
}
interface Manifest {
  allowScripts: Record<string, boolean>
  scarfSettings: unknown
}
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> }
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

test('every optional package is in the lock, or npm 11.19 and later refuse to install', () => {
  const present = new Set(Object.keys(packages).map(nameOf))
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !present.has(name))
      .map((name) => `${nameOf(path)} wants ${name}`),
  )
  expect(missing).toEqual([])
})

test('every package with an install script is allowed or refused by name', () => {
  const undecided = Object.entries(packages)
    .filter(([path, { hasInstallScript }]) => hasInstallScript && !(nameOf(path) in manifest.allowScripts))
    .map(([path]) => nameOf(path))
  expect(undecided).toEqual([])
})

test('nothing comes from outside the npm registry', () => {
  const outside = Object.entries(packages)
    .filter(([, { resolved }]) => resolved && !resolved.startsWith('https://registry.npmjs.org/'))
    .map(([path]) => path)
  expect(outside).toEqual([])
})

test('an npm that asks about no script tells nobody of the install either', () => {
  expect(manifest.scarfSettings).toEqual({ enabled: false })
})
