import type { PersonActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, newId, type UploadId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import type { LedgerActor } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { fitToKeep } from './fit-to-keep.ts'
import { formatOf } from './format.ts'

/**
 * An administrator sends a roster. It is read in a job and changes nothing by itself: what it would change is shown first.
 *
 * @throws Refusal `mandate_missing`
 */
export async function uploadRoster(deps: Deps, actor: PersonActor, content: Uint8Array): Promise<UploadId> {
  const at = deps.now()
  const kept = await fitToKeep(content)
  return await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    return await putUpload(tx, at, actor.boardId, kept, `person:${actor.personId}`)
  })
}

/** Keeps a roster and has it read. Does NOT check who sends it, nor empty what may not be kept (`fitToKeep`). */
export async function putUpload(tx: Tx, at: Date, boardId: BoardId, content: Uint8Array, by: LedgerActor): Promise<UploadId> {
  const uploadId = newId<UploadId>(at)
  const { jobId } = await enqueueJob(tx, { boardId, kind: 'roster_preview', payload: { uploadId }, askedBy: by, at })
  await tx
    .insertInto('roster_uploads')
    .values({
      board_id: boardId,
      upload_id: uploadId,
      format: formatOf(content),
      content,
      content_hash: sha256(content),
      made_at: at,
      made_by: by,
      job_id: jobId,
    })
    .execute()
  return uploadId
}
