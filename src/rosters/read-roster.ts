import { setImmediate } from 'node:timers/promises'
import type { RosterReading } from '../people/oneroster/bundle.ts'
import { readingBundle } from '../people/oneroster/read-bundle.ts'
import { readZip } from '../people/oneroster/read-zip.ts'
import type { RosterFormat } from './upload.ts'

/** How far reading is, from 0 to 1. */
export type ReadProgress = (part: number) => Promise<void>

/**
 * Reads a roster, file by file with pauses between: who reads a hundred thousand people in one go answers nobody meanwhile.
 *
 * @param today YYYY-MM-DD
 */
export async function readRoster(format: RosterFormat, content: Uint8Array, today: string, progress: ReadProgress): Promise<RosterReading> {
  if (format !== 'oneroster') return { ok: false, errors: [{ file: format, line: 0, column: null, message: 'cannot be read yet' }] }
  const unzipped = await readZip(content)
  if (!unzipped.ok) return unzipped
  await progress(0.2)
  const reading = readingBundle(unzipped.files, today)
  for (;;) {
    const { done, value } = reading.next()
    if (done) return value
    await progress(0.2 + 0.8 * value)
    await setImmediate()
  }
}
