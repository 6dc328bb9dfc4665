import { createHmac } from 'node:crypto'
import { amsterdamDay } from '../clock.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import { readingCsvRoster } from '../people/csv-roster/read-csv-roster.ts'
import { readingEdexml } from '../people/edexml/read-edexml.ts'
import { inTurns } from '../people/in-turns.ts'
import type { RosterReading } from '../people/oneroster/bundle.ts'
import { readingBundle } from '../people/oneroster/read-bundle.ts'
import { readZip } from '../people/oneroster/read-zip.ts'
import { basesOfBoard } from '../people/roster/bases.ts'
import type { KnownMapping } from './mappings.ts'
import type { RosterFormat } from './upload.ts'

/** What came in, and how its columns are to be read when it is a CSV file. */
export interface RosterContent {
  format: RosterFormat
  content: Uint8Array
  mapping?: KnownMapping
}

/**
 * Reads a roster in turns: who reads a hundred thousand people in one go answers nobody meanwhile.
 *
 * @param progress told how far reading is, from 0 to 1
 */
export async function readRoster(
  { db, now, secret }: Pick<Deps, 'db' | 'now' | 'secret'>,
  { format, content, mapping }: RosterContent,
  boardId: BoardId,
  progress: (part: number) => Promise<void>,
): Promise<RosterReading> {
  const today = amsterdamDay(now())
  if (format === 'edexml') return await inTurns(readingEdexml(content, today), progress)
  if (format === 'csv') {
    if (!mapping) throw new Error('a CSV roster is read by its mapping')
    // An id that stays when the name is gone, and that nobody without the secret can turn into a name.
    const idOf = (key: string) => createHmac('sha256', secret).update(`roster guardian ${boardId} ${key}`).digest('base64url').slice(0, 22)
    return await inTurns(readingCsvRoster(content, mapping, today, idOf), progress)
  }
  const unzipped = await readZip(content)
  if (!unzipped.ok) return unzipped
  await progress(0.2)
  const known = await inTransaction(db, { actor: 'job', boards: [boardId] }, (tx) => basesOfBoard(tx, boardId))
  return await inTurns(readingBundle(unzipped.files, today, known), (part) => progress(0.2 + 0.8 * part))
}
