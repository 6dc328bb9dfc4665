import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, UploadId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import { jobById } from '../jobs/read.ts'
import type { LedgerActor } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { type RosterUpload, uploadById } from './upload.ts'

/**
 * An administrator says that a roster may take effect as it was shown. It is taken in by a job, which looks again whether it
 * still changes the same; otherwise it is shown anew.
 *
 * @param changesHash of the preview on the page, in hexadecimal
 * @param endsMuch said on its own where the roster ends more than a tenth of a school
 * @throws Refusal `mandate_missing`, `roster_not_found`, `roster_over`, `changed_meanwhile`, `roster_ends_too_much`
 */
export async function confirmRoster(
  deps: Deps,
  actor: PersonActor,
  { uploadId, changesHash, endsMuch }: { uploadId: UploadId; changesHash: string; endsMuch: boolean },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const upload = await uploadById(tx, boardId, uploadId)
    if (!upload) throw new Refusal('roster_not_found')
    if (upload.is.state !== 'waiting') throw new Refusal('roster_over')
    if (upload.is.changesHash.toString('hex') !== changesHash) throw new Refusal('changed_meanwhile')
    if (upload.is.preview.endsMuch && !endsMuch) throw new Refusal('roster_ends_too_much')
    await confirmUpload(tx, upload, at, `person:${actor.personId}`, endsMuch)
  })
}

/** Has a roster that waits taken in. Does NOT check who says so. @throws Refusal `changed_meanwhile` */
async function confirmUpload(tx: Tx, { boardId, uploadId, is }: RosterUpload, at: Date, by: LedgerActor, endsMuch: boolean): Promise<void> {
  if (is.state !== 'waiting') throw new Refusal('roster_over')
  const { jobId } = await enqueueJob(tx, { boardId, kind: 'roster_import', payload: { uploadId }, askedBy: by, at })
  const { numUpdatedRows } = await tx
    .updateTable('roster_uploads')
    .set({ confirmed_at: at, confirmed_by: by, ends_confirmed: endsMuch, job_id: jobId })
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .where('over_at', 'is', null)
    .where('confirmed_at', 'is', null)
    .where('changes_hash', '=', is.changesHash)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
}

/**
 * Has a roster taken in that a system sent, as it may where the board let it; not when so much ends that somebody has to say
 * that it is meant, and not what somebody sent.
 */
export async function confirmByItself(tx: Tx, boardId: BoardId, uploadId: UploadId, at: Date): Promise<void> {
  const upload = await uploadById(tx, boardId, uploadId)
  if (!upload?.madeBy.startsWith('client:') || upload.is.state !== 'waiting' || upload.is.preview.endsMuch) return
  await confirmUpload(tx, upload, at, upload.madeBy, false)
}

/**
 * An administrator lets go of a roster that was not taken in. What came in is erased.
 *
 * @throws Refusal `mandate_missing`, `roster_not_found`; `roster_over` also while it is being taken in
 */
export async function cancelRoster({ db, now }: Deps, actor: PersonActor, uploadId: UploadId): Promise<void> {
  const at = now()
  const { boardId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const upload = await uploadById(tx, boardId, uploadId)
    if (!upload) throw new Refusal('roster_not_found')
    const job = upload.jobId && (await jobById(tx, boardId, upload.jobId))
    if (upload.is.state === 'taking_in' && !job?.endedAt) throw new Refusal('roster_over')
    const { numUpdatedRows } = await tx
      .updateTable('roster_uploads')
      .set({ over_at: at, over_as: 'cancelled', content: null, preview: null, to_map: null })
      .where('board_id', '=', boardId)
      .where('upload_id', '=', uploadId) // roster_uploads_pkey
      .where('over_at', 'is', null)
      .where((where) => (upload.is.state === 'taking_in' ? where('confirmed_at', 'is not', null) : where('confirmed_at', 'is', null)))
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('roster_over')
  })
}
