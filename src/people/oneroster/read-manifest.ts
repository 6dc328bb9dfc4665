import type { RosterFiles } from './bundle.ts'
import { NOT_READ, type Version } from './headers.ts'
import { type Complaints, readTable } from './table.ts'

const FILE = 'manifest.csv'
const VERSIONS: readonly Version[] = ['1.1', '1.2', '1.2.1']

export interface Manifest {
  /** Without a sound manifest, what the files look like: what is wrong with them is told as well. */
  version: Version
  /** The files that only say what changed. */
  deltas: ReadonlySet<string>
}

/**
 * Reads the manifest and holds it against the files that are there: what it announces is there, what it calls absent
 * is not.
 *
 * @returns the version of OneRoster and which files are a delta
 */
export function readManifest(files: RosterFiles, read: readonly string[], wrong: Complaints): Manifest {
  for (const name of files.keys()) {
    if (name !== FILE && !read.includes(name) && !NOT_READ.includes(name)) wrong.add(name, 0, null, 'does not belong in a OneRoster bundle')
  }
  const likely: Version = files.has('roles.csv') ? '1.2' : '1.1'
  const bytes = files.get(FILE)
  if (!bytes) {
    wrong.add(FILE, 0, null, 'is missing from the bundle')
    return { version: likely, deltas: new Set() }
  }
  const told = new Map(readTable(FILE, bytes, '1.2', wrong).rows.map((row) => [row.get('propertyName'), row]))
  const deltas = new Set<string>()
  for (const name of [...read, ...NOT_READ]) {
    const row = told.get(`file.${name.replace('.csv', '')}`)
    const mode = row?.get('value') ?? 'absent'
    if (!['absent', 'bulk', 'delta'].includes(mode)) row?.wrong('value', 'is not absent, bulk or delta')
    if (mode === 'delta') deltas.add(name)
    if (mode !== 'absent' && !files.has(name)) wrong.add(name, 0, null, 'is announced in the manifest and missing from the bundle')
    if (mode === 'absent' && files.has(name)) wrong.add(name, 0, null, 'is in the bundle and not announced in the manifest')
  }
  const manifestVersion = told.get('manifest.version')
  if (manifestVersion?.get('value') !== '1.0') wrong.add(FILE, manifestVersion?.line ?? 0, 'value', 'manifest.version is not 1.0')
  const row = told.get('oneroster.version')
  const version = VERSIONS.find((one) => one === row?.get('value'))
  if (!version) wrong.add(FILE, row?.line ?? 0, 'value', `oneroster.version is not one of ${VERSIONS.join(', ')}`)
  return { version: version ?? likely, deltas }
}
