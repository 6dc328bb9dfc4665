import type { RosterFiles } from './bundle.ts'
import { NOT_READ, type Version } from './headers.ts'
import { type Complaints, readTable } from './table.ts'

const FILE = 'manifest.csv'
const VERSIONS: readonly string[] = ['1.1', '1.2', '1.2.1']

export interface Manifest {
  version: Version
  /** The files that only say what changed. */
  deltas: ReadonlySet<string>
}

/**
 * Reads the manifest and holds it against the files that are there: what it announces is there, what it calls absent
 * is not.
 *
 * @returns the version of OneRoster and which files are a delta, or nothing when the rest cannot be read
 */
export function readManifest(files: RosterFiles, read: readonly string[], wrong: Complaints): Manifest | undefined {
  const bytes = files.get(FILE)
  if (!bytes) {
    wrong.add(FILE, 0, null, 'is missing from the bundle')
    return undefined
  }
  const told = new Map(readTable(FILE, bytes, '1.2', wrong).rows.map((row) => [row.get('propertyName'), row]))
  const deltas = new Set<string>()
  for (const name of files.keys()) {
    if (name !== FILE && !read.includes(name) && !NOT_READ.includes(name)) wrong.add(name, 0, null, 'does not belong in a OneRoster bundle')
  }
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
  const version = told.get('oneroster.version')
  if (!VERSIONS.includes(version?.get('value') ?? '')) {
    wrong.add(FILE, version?.line ?? 0, 'value', `oneroster.version is not one of ${VERSIONS.join(', ')}`)
    return undefined
  }
  return { version: version!.get('value') as Version, deltas }
}
