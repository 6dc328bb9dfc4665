import { configure, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js'
import type { RosterError, RosterFiles } from './bundle.ts'

configure({ useWebWorkers: false })

export type FilesReading = { ok: true; files: RosterFiles } | { ok: false; errors: RosterError[] }

/** What a bundle may come to, unpacked. A hundred thousand users are some forty million bytes. */
export const MOST_BYTES = 400_000_000
const MOST_FILES = 40

const refused = (message: string): FilesReading => ({ ok: false, errors: [{ file: 'zip', line: 0, column: null, message }] })

class TooLarge extends Error {}

/**
 * Takes the files out of a zip, each held against its checksum. A zip that unpacks to more than a roster can be (whatever
 * it says of itself), that is damaged or locked, or that has folders is refused. Touches no disk.
 */
export async function readZip(zip: Uint8Array, mostBytes = MOST_BYTES): Promise<FilesReading> {
  const reader = new ZipReader(new Uint8ArrayReader(zip), { checkSignature: true })
  const files: RosterFiles = new Map()
  let left = mostBytes
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory || /[/\\]/.test(entry.filename)) return refused('holds a folder; the files of a bundle lie side by side')
      if (entry.encrypted) return refused('is locked with a password')
      if (files.has(entry.filename)) return refused('holds a file twice')
      if (files.size >= MOST_FILES) return refused(`holds more than ${MOST_FILES} files`)
      const chunks: Uint8Array[] = []
      const collect = new WritableStream<Uint8Array>({
        write(chunk) {
          left -= chunk.length
          if (left < 0) throw new TooLarge()
          chunks.push(chunk)
        },
      })
      await entry.getData(collect, { checkSignature: true })
      files.set(entry.filename, Buffer.concat(chunks))
    }
    return { ok: true, files }
  } catch (error) {
    if (left < 0 || error instanceof TooLarge) return refused('unpacks to more than a roster can be')
    return refused('cannot be unpacked: it is damaged, or no zip')
  } finally {
    await reader.close()
  }
}
