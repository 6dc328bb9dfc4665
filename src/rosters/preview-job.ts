import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, MappingId, UploadId } from '../ids.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import type { RosterBundle, RosterError } from '../people/oneroster/bundle.ts'
import { errorCount } from '../people/oneroster/table.ts'
import { compareRoster, type RosterChanges } from '../people/roster/compare.ts'
import { Refusal } from '../refusal.ts'
import { changesHash } from './changes-hash.ts'
import { confirmByItself } from './confirm-roster.ts'
import { type ColumnsToMap, columnsOf, knowsItsSchool, mappingById, mappingThatFits, proveMapping } from './mappings.ts'
import { previewOf } from './preview.ts'
import { type RosterContent, readRoster } from './read-roster.ts'
import { bySubject, whatStops } from './what-stops.ts'

/**
 * Reads a roster that came in and keeps what it would change, to be looked at; or everything that is wrong with it; or, of a
 * file with columns that nobody has named yet, its header and some rows to name them by.
 */
export const previewRoster: JobHandler = async (deps, job) => {
  const uploadId = job.payload.uploadId as UploadId
  const { boardId } = job
  const file = await fileOf(deps, boardId, uploadId)
  if (!file) return
  if (file.format === 'csv' && !file.mapping) {
    await job.last(async (tx) => await askForColumns(tx, boardId, uploadId, columnsOf(file.content)))
    return
  }
  await job.progress(1, 100)
  const reading = await readRoster(deps, file, boardId, (part) => job.progress(Math.floor(part * 80), 100))
  await job.last(async (tx) => {
    const at = deps.now()
    if (!reading.ok) return await refuse(tx, boardId, uploadId, at, reading.errors)
    try {
      const changes = await compareRoster(tx, boardId, at, reading.bundle)
      await job.progress(95, 100)
      if (file.mapping) await proveMapping(tx, boardId, file.mapping.mappingId, at)
      const kept = await keepPreview(tx, boardId, uploadId, at, reading.bundle, changes)
      await confirmByItself(tx, boardId, uploadId, at)
      return kept
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'roster_invalid') throw error
      return await refuse(tx, boardId, uploadId, at, error.details.errors as RosterError[])
    }
  })
}

/** What came in and how it is to be read. @returns nothing when it is over already */
export async function fileOf(deps: Deps, boardId: BoardId, uploadId: UploadId): Promise<RosterContent | undefined> {
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const row = await tx
      .selectFrom('roster_uploads')
      .select(['format', 'content', 'mapping_id'])
      .where('board_id', '=', boardId)
      .where('upload_id', '=', uploadId) // roster_uploads_pkey
      .executeTakeFirst()
    if (!row?.content) return undefined
    const { format, content } = row
    if (format !== 'csv') return { format, content }
    if (row.mapping_id) return { format, content, mapping: (await mappingById(tx, boardId, row.mapping_id))! }
    const mapping = await mappingThatFits(tx, boardId, columnsOf(content).header)
    if (!mapping || !(await knowsItsSchool(tx, boardId, mapping))) return { format, content }
    await useMapping(tx, boardId, uploadId, mapping.mappingId)
    return { format, content, mapping }
  })
}

async function useMapping(tx: Tx, boardId: BoardId, uploadId: UploadId, mappingId: MappingId): Promise<void> {
  await tx
    .updateTable('roster_uploads')
    .set({ mapping_id: mappingId })
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .execute()
}

async function askForColumns(tx: Tx, boardId: BoardId, uploadId: UploadId, toMap: ColumnsToMap): Promise<{ columns: number }> {
  await tx
    .updateTable('roster_uploads')
    .set({ to_map: toMap })
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .where('over_at', 'is', null)
    .where('previewed_at', 'is', null)
    .execute()
  return { columns: toMap.header.length }
}

/** Keeps what the roster would change now. Whoever confirmed an older preview has to look again. */
export async function keepPreview(
  tx: Tx,
  boardId: BoardId,
  uploadId: UploadId,
  at: Date,
  bundle: RosterBundle,
  changes: RosterChanges,
): Promise<{ previewed: true }> {
  const stopping = bySubject(await whatStops(tx, boardId, at, changes))
  await tx
    .updateTable('roster_uploads')
    .set({
      preview: await previewOf(tx, boardId, at, bundle, changes, stopping),
      changes_hash: await changesHash(changes),
      previewed_at: at,
      confirmed_at: null,
      confirmed_by: null,
      ends_confirmed: false,
    })
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .where('over_at', 'is', null)
    .execute()
  return { previewed: true }
}

async function refuse(tx: Tx, boardId: BoardId, uploadId: UploadId, at: Date, errors: RosterError[]): Promise<{ errors: number }> {
  await tx
    .updateTable('roster_uploads')
    .set({ over_at: at, over_as: 'refused', content: null, errors: { errors } })
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .where('over_at', 'is', null)
    .execute()
  return { errors: errorCount(errors) }
}
