import { amsterdamDay } from '../clock.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { Refusal } from '../refusal.ts'
import { type EndsMuch, type ImportOptions, importRoster, type RosterSummary } from './import-roster.ts'
import { readBundle } from './oneroster/read-bundle.ts'
import type { FilesReading } from './oneroster/read-zip.ts'
import { basesOfBoard } from './roster/bases.ts'

/**
 * Reads the files of a OneRoster bundle and takes them in at once, without showing what changes. Does NOT check who asks.
 *
 * @throws Refusal `roster_invalid` with `errors`: everything that is wrong, by file, line and column
 * @throws Refusal `roster_ends_too_much`, `last_administrator`
 */
export async function importFiles(deps: Deps, options: ImportOptions & EndsMuch, reading: FilesReading): Promise<RosterSummary> {
  if (!reading.ok) throw new Refusal('roster_invalid', { errors: reading.errors })
  const { boardId } = options
  const known = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, (tx) => basesOfBoard(tx, boardId))
  const bundle = readBundle(reading.files, amsterdamDay(deps.now()), known)
  if (!bundle.ok) throw new Refusal('roster_invalid', { errors: bundle.errors })
  return await importRoster(deps, options, bundle.bundle)
}
