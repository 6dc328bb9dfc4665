import { inTransaction } from '../../src/database.ts'
import type { BoardId, UploadId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { type RosterUpload, type UploadState, uploadById } from '../../src/rosters/upload.ts'
import type { TestBroker } from './broker.ts'

/** The roster as it stands once everything that waited is done. */
export async function afterWork(broker: TestBroker, boardId: BoardId, uploadId: UploadId): Promise<RosterUpload> {
  await runLongWork(broker.deps)
  return await uploadNow(broker, boardId, uploadId)
}

export async function uploadNow(broker: TestBroker, boardId: BoardId, uploadId: UploadId): Promise<RosterUpload> {
  const upload = await inTransaction(broker.db, { actor: 'staff', boards: [boardId] }, (tx) => uploadById(tx, boardId, uploadId))
  if (!upload) throw new Error('there is no such roster')
  return upload
}

/** Says that it is so, or throws with what it is. */
export function inState<S extends UploadState['state']>({ is }: RosterUpload, state: S): Extract<UploadState, { state: S }> {
  if (is.state !== state) throw new Error(`${JSON.stringify(is)} is not ${state}`)
  return is as Extract<UploadState, { state: S }>
}
