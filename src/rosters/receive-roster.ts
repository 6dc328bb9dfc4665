import type { HolderActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { addHandles, locate } from '../handles.ts'
import type { BoardId, UploadId } from '../ids.ts'
import { type JobView, jobById } from '../jobs/read.ts'
import { Refusal } from '../refusal.ts'
import { fitToKeep } from './fit-to-keep.ts'
import { mustBeSender } from './senders.ts'
import { type RosterUpload, uploadById } from './upload.ts'
import { putUpload } from './upload-roster.ts'

/** A roster that a system sent, with how far it is. */
export interface SentRoster {
  upload: RosterUpload
  job: JobView | undefined
}

/**
 * A student administration sends a roster of a board that lets it. It is read in a job, and taken in without anybody, unless
 * much would end with it.
 *
 * @param around runs the act in its transaction, once per Idempotency-Key
 * @throws Refusal `board_not_found` also when this system may not send its rosters
 */
export async function receiveRoster<T>(
  deps: Deps,
  { clientId, holderId }: HolderActor,
  boardId: BoardId,
  content: Uint8Array,
  around: (tx: Tx, at: Date, work: () => Promise<SentRoster>) => Promise<T>,
): Promise<T> {
  const at = deps.now()
  const kept = await fitToKeep(content)
  return await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await mustBeSender(tx, boardId, holderId)
    return await around(tx, at, async () => {
      const uploadId = await putUpload(tx, at, boardId, kept, `client:${clientId}`)
      await addHandles(tx, 'roster', [{ owner: holderId, handle: uploadId, boardId, ref: uploadId }])
      return (await sentRoster(tx, boardId, uploadId))!
    })
  })
}

/** A roster that this system sent. @throws Refusal `roster_not_found` also for another's */
export async function rosterOfSender(deps: Deps, { holderId }: HolderActor, uploadId: UploadId): Promise<SentRoster> {
  const located = await locate(deps.db, 'roster', holderId, uploadId)
  if (!located) throw new Refusal('roster_not_found')
  const { boardId } = located
  const found = await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, (tx) => sentRoster(tx, boardId, uploadId))
  if (!found) throw new Refusal('roster_not_found')
  return found
}

async function sentRoster(tx: Tx, boardId: BoardId, uploadId: UploadId): Promise<SentRoster | undefined> {
  const upload = await uploadById(tx, boardId, uploadId)
  return upload && { upload, job: upload.jobId ? await jobById(tx, boardId, upload.jobId) : undefined }
}
