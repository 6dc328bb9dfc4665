import { analyzeWhatGrew } from '../analyze.ts'
import { tellDeciders } from '../consents/notices.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ClientId, PersonId, UploadId } from '../ids.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import type { RunningJob } from '../jobs/running-job.ts'
import type { LedgerActor } from '../ledger/append.ts'
import { type RosterSummary, takeIn } from '../people/import-roster.ts'
import { mustHold } from '../people/mandates.ts'
import type { RosterBundle } from '../people/oneroster/bundle.ts'
import { compareRoster } from '../people/roster/compare.ts'
import { mustNotEndMuch } from '../people/roster/ends-much.ts'
import { lockRegister } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { changesHash } from './changes-hash.ts'
import { confirmByItself } from './confirm-roster.ts'
import { previewOf } from './preview.ts'
import { fileOf, keepPreview } from './preview-job.ts'
import { readRoster } from './read-roster.ts'
import { mustStillSend } from './senders.ts'
import { uploadById } from './upload.ts'
import { bySubject, whatStops } from './what-stops.ts'

/** Reading is so much of it; the rest is writing. */
const READING = 30

/**
 * Takes in a roster as it was shown, whole, in the transaction that ends the job. When it would change something else by
 * now, it is shown anew; when it is refused, it waits again, and the page says why.
 */
export const importUpload: JobHandler = async (deps, job) => {
  const uploadId = job.payload.uploadId as UploadId
  const file = await fileOf(deps, job.boardId, uploadId)
  if (!file) return
  await job.progress(1, 100)
  const reading = await readRoster(deps, file, job.boardId, (part) => job.progress(Math.floor(part * READING), 100))
  if (!reading.ok) throw new Error('a roster that was read before cannot be read any more')
  try {
    const taken = await job.last((tx) => takeInAsShown(tx, deps, job, uploadId, reading.bundle))
    if ('importId' in taken) await lookAnew(deps, taken)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await job.giveUp('refused', { code: error.code }, (tx) => letWait(tx, job.boardId, uploadId))
  }
}

/** What the list brought is looked at next, by people who wait. */
async function lookAnew(deps: Deps, taken: RosterSummary): Promise<void> {
  await analyzeWhatGrew(deps, {
    persons: taken.personsAdded + taken.personsChanged,
    enrolments: taken.enrolmentsStarted + taken.enrolmentsEnded,
    employments: taken.employmentsStarted + taken.employmentsEnded,
    guardianships: taken.guardianshipsStarted + taken.guardianshipsEnded,
  })
}

async function takeInAsShown(
  tx: Tx,
  deps: Deps,
  job: RunningJob,
  uploadId: UploadId,
  bundle: RosterBundle,
): Promise<RosterSummary | { previewed: true; changed: true } | Record<never, never>> {
  const { boardId } = job
  const at = deps.now()
  await lockRegister(tx, boardId)
  const upload = await uploadById(tx, boardId, uploadId)
  if (upload?.is.state !== 'taking_in') return {}
  const { confirmedBy, endsConfirmed, changesHash: shown } = upload.is
  await mustStillMay(tx, boardId, confirmedBy, at)
  const changes = await compareRoster(tx, boardId, at, bundle)
  if (!(await changesHash(changes)).equals(shown)) {
    const kept = await keepPreview(tx, boardId, uploadId, at, bundle, changes)
    await confirmByItself(tx, boardId, uploadId, at)
    return { ...kept, changed: true }
  }
  if (!endsConfirmed) mustNotEndMuch(changes)

  const stopping = await whatStops(tx, boardId, at, changes)
  const preview = await previewOf(tx, boardId, at, bundle, changes, bySubject(stopping))
  const progress = (done: number, total: number) => job.progress(READING + Math.floor((done / total) * (99 - READING)), 100)
  const summary = await takeIn(tx, at, { boardId, by: confirmedBy, progress }, bundle, changes)
  const subjects = stopping.map(({ question }) => question.subject.personId)
  await tellDeciders(tx, deps, at, boardId, [...new Set(subjects)], 'stopped', '/consents')
  await tx
    .updateTable('roster_uploads')
    .set({ over_at: at, over_as: 'taken', import_id: summary.importId, content: null, preview })
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .execute()
  return summary
}

/** Whoever confirmed may have lost the mandate while the roster waited for its turn; a system, the board's word that it may. */
async function mustStillMay(tx: Tx, boardId: BoardId, by: LedgerActor, at: Date): Promise<void> {
  if (by.startsWith('client:')) return await mustStillSend(tx, boardId, by.slice('client:'.length) as ClientId)
  const personId = by.startsWith('person:') ? (by.slice('person:'.length) as PersonId) : undefined
  if (!personId) throw new Refusal('mandate_missing')
  await mustHold(tx, { boardId, personId }, ['administrator'], at)
}

async function letWait(tx: Tx, boardId: BoardId, uploadId: UploadId): Promise<void> {
  await tx
    .updateTable('roster_uploads')
    .set({ confirmed_at: null, confirmed_by: null, ends_confirmed: false })
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .where('over_at', 'is', null)
    .execute()
}
