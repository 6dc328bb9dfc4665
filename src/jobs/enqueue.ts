import type { Tx } from '../database.ts'
import { type BoardId, type JobId, newId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import type { JobKind } from './kinds.ts'

export interface NewJob {
  boardId: BoardId
  kind: JobKind
  /** Ids, codes and days. No names: what is personal stands in the tables that the handler reads. */
  payload: Record<string, unknown>
  /** On whose word; the handler looks again whether they may. */
  askedBy: LedgerActor
  at: Date
  /** A second job of the board with the same key is not made, however long ago the first was. */
  dedupKey?: string
  /** Not begun before. Absent: as soon as may be. */
  notBefore?: Date
}

/**
 * Writes long work into the transaction of the act that asks for it: it is done if that commits, by whichever process
 * comes first. Starting is up to `runLongWork`, which the edge calls after the commit with `deps.afterwards`.
 *
 * @returns the job with this key, and whether it was made now
 */
export async function enqueueJob(tx: Tx, job: NewJob): Promise<{ jobId: JobId; isNew: boolean }> {
  const { boardId, kind, payload, askedBy, at, dedupKey, notBefore } = job
  const jobId = newId<JobId>(at)
  const made = await tx
    .insertInto('jobs')
    .values({ board_id: boardId, job_id: jobId, kind, payload, asked_by: askedBy, dedup_key: dedupKey, asked_at: at })
    .onConflict((conflict) => conflict.constraint('jobs_once_per_key').doNothing())
    .returning('job_id')
    .executeTakeFirst()
  if (!made) {
    const before = await tx
      .selectFrom('jobs')
      .select('job_id')
      .where('board_id', '=', boardId)
      .where('dedup_key', '=', dedupKey!) // jobs_once_per_key
      .executeTakeFirstOrThrow()
    return { jobId: before.job_id, isNew: false }
  }
  await tx
    .insertInto('job_queue')
    .values({ job_id: jobId, board_id: boardId, kind, run_at: notBefore && notBefore > at ? notBefore : at })
    .execute()
  return { jobId, isNew: true }
}
