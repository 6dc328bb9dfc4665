import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js'
import { inTurns } from '../people/in-turns.ts'
import { withoutNeverKept } from '../people/oneroster/never-kept.ts'
import { readZip } from '../people/oneroster/read-zip.ts'
import { formatOf } from './format.ts'

/**
 * A roster as it may be kept until it was read: of a OneRoster bundle without what must never be stored. A zip that cannot be
 * unpacked stays as it came: reading refuses it, and then it is thrown away.
 */
export async function fitToKeep(content: Uint8Array): Promise<Uint8Array> {
  if (formatOf(content) !== 'oneroster') return content
  const unzipped = await readZip(content)
  if (!unzipped.ok) return content
  const writer = new ZipWriter(new Uint8ArrayWriter())
  for (const [name, bytes] of await inTurns(withoutNeverKept(unzipped.files))) await writer.add(name, new Uint8ArrayReader(bytes))
  return await writer.close()
}
