import { amsterdamDay } from '../clock.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, UploadId } from '../ids.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import type { RunningJob } from '../jobs/running-job.ts'
import type { RosterBundle, RosterError, RosterReading } from '../people/oneroster/bundle.ts'
import { compareRoster, type RosterChanges } from '../people/roster/compare.ts'
import { Refusal } from '../refusal.ts'
import { changesHash } from './changes-hash.ts'
import { previewOf } from './preview.ts'
import { readRoster } from './read-roster.ts'
import type { RosterFormat } from './upload.ts'
import { bySubject, whatStops } from './what-stops.ts'

/** Reads a roster that came in and keeps what it would change, to be looked at; or everything that is wrong with it. */
export const previewRoster: JobHandler = async (deps, job) => {
  const uploadId = job.payload.uploadId as UploadId
  const reading = await readUpload(deps, job, uploadId, 80)
  if (!reading) return
  await job.last(async (tx) => {
    const at = deps.now()
    if (!reading.ok) return await refuse(tx, job.boardId, uploadId, at, reading.errors)
    try {
      const changes = await compareRoster(tx, job.boardId, at, reading.bundle)
      await job.progress(95, 100)
      return await keepPreview(tx, job.boardId, uploadId, at, reading.bundle, changes)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'roster_invalid') throw error
      return await refuse(tx, job.boardId, uploadId, at, error.details.errors as RosterError[])
    }
  })
}

/**
 * The roster of a job, read anew from what came in.
 *
 * @param share how much of the job's progress reading is, out of a hundred
 * @returns nothing when it is over already
 */
export async function readUpload(deps: Deps, job: RunningJob, uploadId: UploadId, share: number): Promise<RosterReading | undefined> {
  const file = await inTransaction(deps.db, { actor: 'job', boards: [job.boardId] }, (tx) => contentOf(tx, job.boardId, uploadId))
  if (!file) return undefined
  await job.progress(1, 100)
  return await readRoster(file.format, file.content, amsterdamDay(deps.now()), (part) => job.progress(Math.floor(part * share), 100))
}

async function contentOf(tx: Tx, boardId: BoardId, uploadId: UploadId): Promise<{ format: RosterFormat; content: Uint8Array } | undefined> {
  const row = await tx
    .selectFrom('roster_uploads')
    .select(['format', 'content'])
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .executeTakeFirst()
  return row?.content ? { format: row.format, content: row.content } : undefined
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
      changes_hash: changesHash(changes),
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
  return { errors: errors.length }
}
