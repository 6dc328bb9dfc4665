import type { PersonActor } from '../actors.ts'
import { analyzeWhatGrew } from '../analyze.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { JobId, RoundId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import { isUnderWay, newestJob } from '../jobs/read.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import { mustBePublishable, publishIn, tellPublished } from './publish-round.ts'

/**
 * Staff send a round out as they saw it: a job asks everybody, and the page shows how far that is. A second press while it
 * is under way finds the same job.
 *
 * @throws Refusal as `mustBePublishable`, at once; what changes before its turn comes, the job is refused for
 */
export async function askToPublish(deps: Deps, actor: PersonActor, { roundId, seen }: { roundId: RoundId; seen: number }): Promise<JobId> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustBePublishable(tx, actor, { roundId, seen }, at)
    const before = await newestJob(tx, boardId, 'round_publication', { roundId })
    if (isUnderWay(before)) return before.jobId
    const payload = { roundId, seen }
    return (await enqueueJob(tx, { boardId, kind: 'round_publication', payload, askedBy: `person:${personId}`, at })).jobId
  })
}

/** Asks everybody in one transaction, the one that ends the job; then tells whom it concerns. */
export const publishInJob: JobHandler = async (deps, job) => {
  const { roundId, seen } = job.payload as { roundId: RoundId; seen: number }
  const { subjects, consents } = await job.last((tx) =>
    publishIn(tx, job.asker, { roundId, seen }, deps.now(), (done, total) => job.progress(done, total)),
  )
  await analyzeWhatGrew(deps, { consents, round_tallies: subjects })
  await tellPublished(deps, job.boardId)
}
