import type { Deps } from '../deps.ts'
import type { RequestId } from '../ids.ts'
import type { RunningJob } from '../jobs/running-job.ts'
import { answerAsParents } from './as-parents.ts'
import { askParents, releaseToTwin } from './as-school.ts'

/**
 * What the people of a sandbox do about one request, as far as they would by now: the school finds who is meant and asks the parents,
 * they answer by their rule, and the school releases. Each act is the command that a person's page gives. Begun again it goes
 * on from what is there.
 */
export async function takeSandboxTurn(deps: Deps, job: RunningJob): Promise<void> {
  const about = { boardId: job.boardId, requestId: job.payload.requestId as RequestId }
  await askParents(deps, about)
  const next = await answerAsParents(deps, about)
  await releaseToTwin(deps, about)
  if (next) await job.postpone(next)
}
