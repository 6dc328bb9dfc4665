import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RosterFiles } from './bundle.ts'
import { type FilesReading, MOST_BYTES, readZip } from './read-zip.ts'

/** The files of a bundle from a folder, or from a zip file, on this machine's disk. Hidden files are passed over. */
export async function readFolderOrZip(path: string): Promise<FilesReading> {
  const about = await stat(path).catch(() => undefined)
  if (!about) return refused('is not there')
  if (!about.isDirectory()) return about.size > MOST_BYTES ? refused('is larger than a roster can be') : await readZip(await readFile(path))
  const files: RosterFiles = new Map()
  let left = MOST_BYTES
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue
    if (!entry.isFile()) return refused('holds a folder; the files of a bundle lie side by side')
    const bytes = await readFile(join(path, entry.name))
    left -= bytes.length
    if (left < 0) return refused('is larger than a roster can be')
    files.set(entry.name, bytes)
  }
  return { ok: true, files }
}

function refused(message: string): FilesReading {
  return { ok: false, errors: [{ file: 'folder', line: 0, column: null, message }] }
}
