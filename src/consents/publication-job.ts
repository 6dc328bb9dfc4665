import type { PersonActor } from '../actors.ts'
import { analyzeWhatGrew } from '../analyze.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { JobId, RoundId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import { isUnderWay, newestJob } from '../jobs/read.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import { Refusal } from '../refusal.ts'
import { hardToRead } from './hard-to-read.ts'
import { mustBePublishable, publishIn, tellPublished } from './publish-round.ts'

/**
 * Staff send a round out as they saw it: a job asks everybody, and the page shows how far that is. A second press while it
 * is under way finds the same job. What is hard to read does not go out without a reason (P14).
 *
 * @throws Refusal as `mustBePublishable`, at once; what changes before its turn comes, the job is refused for
 * @throws Refusal `hard_to_read` where no reason is given
 */
export async function askToPublish(
  deps: Deps,
  actor: PersonActor,
  { roundId, seen, hardBecause }: { roundId: RoundId; seen: number; hardBecause?: string | undefined },
): Promise<JobId> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const hard = hardToRead((await mustBePublishable(tx, actor, { roundId, seen }, at)).items)
    if (hard.length > 0 && !hardBecause) throw new Refusal('hard_to_read')
    const before = await newestJob(tx, boardId, 'round_publication', { roundId })
    if (isUnderWay(before)) return before.jobId
    const payload = { roundId, seen, ...(hard.length > 0 && { hardBecause }) }
    return (await enqueueJob(tx, { boardId, kind: 'round_publication', payload, askedBy: `person:${personId}`, at })).jobId
  })
}

/** Asks everybody in one transaction, the one that ends the job; then tells whom it concerns. */
export const publishInJob: JobHandler = async (deps, job) => {
  const { roundId, seen, hardBecause } = job.payload as { roundId: RoundId; seen: number; hardBecause?: string }
  const { subjects, consents } = await job.last((tx) =>
    publishIn(tx, job.asker, { roundId, seen, hardBecause }, deps.now(), (done, total) => job.progress(done, total)),
  )
  await analyzeWhatGrew(deps, { consents, round_tallies: subjects })
  await tellPublished(deps, job.boardId)
}
