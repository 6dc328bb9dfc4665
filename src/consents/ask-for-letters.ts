import { randomBytes } from 'node:crypto'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type LetterRunId, newId, type RoundId, type SchoolId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { ROUND_SIDE } from './draft-round.ts'
import { isRunning } from './progress.ts'
import { roundById } from './rounds.ts'

/**
 * Asks for a letter with a one-use code for everybody whom no mail reaches: with it they sign in and answer, by an address of
 * their own or without any. A job makes them. Nobody gets one made for their own family: those are left to a colleague.
 *
 * @param again makes a new one for who has one too; else they keep it, for a colleague may just have printed it
 * @throws Refusal as `mayMakeLetters`
 */
export async function askForLetters(
  deps: Deps,
  actor: PersonActor,
  { roundId, again = false }: { roundId: RoundId; again?: boolean },
): Promise<LetterRunId> {
  const at = deps.now()
  const { boardId, personId, accountId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mayMakeLetters(tx, actor, roundId, at)
    const runId = newId<LetterRunId>(at)
    const payload = { runId, accountId }
    const { jobId } = await enqueueJob(tx, { boardId, kind: 'round_letters', payload, askedBy: `person:${personId}`, at })
    const asked = { asked_by: personId, asked_at: at, job_id: jobId }
    await tx
      .insertInto('letter_runs')
      .values({ board_id: boardId, run_id: runId, round_id: roundId, again, nonce: randomBytes(32), ...asked })
      .execute()
    return runId
  })
}

/**
 * For which schools somebody may make letters of a round now; null: for all of the board.
 *
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_not_published`, `round_not_open`
 */
export async function mayMakeLetters(
  tx: Tx,
  actor: Pick<PersonActor, 'boardId' | 'personId'>,
  roundId: RoundId,
  at: Date,
): Promise<SchoolId[] | null> {
  const mandates = await mustHold(tx, actor, ROUND_SIDE, at, 'any')
  const round = await roundById(tx, actor.boardId, roundId)
  if (!round) throw new Refusal('round_not_found')
  if (!round.publishedAt || round.endsAt <= at) throw new Refusal('round_not_published')
  if (!isRunning(round, at)) throw new Refusal('round_not_open')
  return mandates.some(({ schoolId }) => schoolId === null) ? null : mandates.flatMap(({ schoolId }) => schoolId ?? [])
}
