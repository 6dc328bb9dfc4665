import type { Tx } from '../database.ts'
import type { AccountId, BoardId, LetterRunId, RoundId } from '../ids.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { invitationEntry, inviteOnPaper } from '../people/invitations.ts'
import { isOwnFamily } from '../people/same-human.ts'
import { codeOf, type LetterOutcome, mayMakeLetters, peopleOf, runOf } from './letter-runs.ts'
import { unreachedIn } from './letters.ts'

/** So many letters are made in one step: a colleague who makes them too waits no longer than that. */
const AT_ONCE = 50

/**
 * Makes the letters of a run: first who they are for, in the order in which they are printed, then some at a time. Whoever
 * answered, got an address or has a letter by then needs none. A run that was let go of meanwhile makes no more.
 */
export const makeLettersInJob: JobHandler = async (deps, job) => {
  const { boardId } = job
  const { runId, accountId } = job.payload as { runId: LetterRunId; accountId: AccountId }
  const actor = { ...job.asker, accountId, signedInAt: deps.now() }
  if (!job.reached) {
    await job.step(async (tx) => {
      const at = deps.now()
      const { roundId } = await runOf(tx, actor, runId)
      const schools = await mayMakeLetters(tx, actor, roundId, at)
      const people = await unreachedIn(tx, boardId, roundId, at, { schools })
      const rows = people.map(({ personId }, nr) => ({ board_id: boardId, run_id: runId, nr, person_id: personId }))
      if (rows.length > 0) await tx.insertInto('letter_run_people').values(rows).execute()
      return { reached: { listed: rows.length }, is: undefined }
    })
  }
  for (;;) {
    const step = await job.step(async (tx) => {
      const at = deps.now()
      const run = await runOf(tx, actor, runId)
      const schools = await mayMakeLetters(tx, actor, run.roundId, at)
      await holdLetters(tx, boardId, run.roundId)
      const all = await peopleOf(tx, run)
      const waiting = all.filter(({ outcome }) => outcome === null)
      const turn = waiting.slice(0, AT_ONCE)
      const among = turn.map(({ personId }) => personId)
      const people = new Map(
        (await unreachedIn(tx, boardId, run.roundId, at, { schools, among })).map((person) => [person.personId, person]),
      )
      const entries: LedgerEntry[] = []
      const outcomes = new Map<LetterOutcome, number[]>()
      for (const { personId, nr } of turn) {
        const person = people.get(personId)
        const outcome = await outcomeFor()
        outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), nr])
        if (outcome !== 'made') continue
        await inviteOnPaper(tx, at, { boardId, personId, code: codeOf(deps.secret, run, personId) })
        entries.push(invitationEntry(boardId, personId, at, `person:${actor.personId}`, 'paper'))

        async function outcomeFor(): Promise<LetterOutcome> {
          if (!person) return 'not_needed'
          if (person.writtenAt && !run.again) return 'kept'
          return (await isOwnFamily(tx, actor, personId)) ? 'own_family' : 'made'
        }
      }
      for (const [outcome, nrs] of outcomes) {
        await tx
          .updateTable('letter_run_people')
          .set({ outcome })
          .where('board_id', '=', boardId)
          .where('run_id', '=', runId)
          .where('nr', 'in', nrs) // letter_run_people_pkey
          .execute()
      }
      await append(tx, ...entries)
      const done = all.length - waiting.length + turn.length
      return { reached: { listed: all.length, done }, is: { done, total: all.length } }
    })
    await job.progress(step.done, Math.max(step.total, 1))
    if (step.done >= step.total) break
  }
  await job.last(async (tx) => {
    const made = (await peopleOf(tx, { boardId, runId })).filter(({ outcome }) => outcome === 'made')
    return { letters: made.length }
  })
}

/** Two who make letters of a round come one after the other. */
async function holdLetters(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<void> {
  await tx
    .selectFrom('rounds')
    .select('round_id')
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId)
    .forNoKeyUpdate()
    .execute() // rounds_pkey
}
