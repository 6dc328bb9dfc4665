import type { PersonActor } from '../actors.ts'
import { amsterdamDay } from '../clock.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { importRoster, type RosterSummary } from './import-roster.ts'
import { mustHold } from './mandates.ts'
import { readBundle } from './oneroster/read-bundle.ts'
import { type FilesReading, readZip } from './oneroster/read-zip.ts'

/**
 * An administrator takes in a OneRoster bundle, as a zip.
 *
 * @throws Refusal `mandate_missing`
 * @throws Refusal `roster_invalid` with `errors`: everything that is wrong, by file, line and column
 * @throws Refusal `roster_ends_too_much`, `last_administrator`
 */
export async function takeInRoster(
  deps: Deps,
  actor: PersonActor,
  zip: Uint8Array,
  options: { endsMuch?: boolean } = {},
): Promise<RosterSummary> {
  await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, (tx) => mustHold(tx, actor, ['administrator'], deps.now()))
  return await importFiles(deps, { boardId: actor.boardId, by: `person:${actor.personId}`, ...options }, await readZip(zip))
}

/** Reads the files of a bundle and takes them in. Does NOT check who asks. @throws Refusal as `takeInRoster` */
export async function importFiles(
  deps: Deps,
  options: { boardId: BoardId; by: LedgerActor; endsMuch?: boolean },
  reading: FilesReading,
): Promise<RosterSummary> {
  if (!reading.ok) throw new Refusal('roster_invalid', { errors: reading.errors })
  const bundle = readBundle(reading.files, amsterdamDay(deps.now()))
  if (!bundle.ok) throw new Refusal('roster_invalid', { errors: bundle.errors })
  return await importRoster(deps, options, bundle.bundle)
}
