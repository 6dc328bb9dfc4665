import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AccountId, LetterRunId, PersonId } from '../ids.ts'
import type { JobHandler } from '../jobs/run-jobs.ts'
import { append } from '../ledger/append.ts'
import { invitationEntry, inviteOnPaper } from '../people/invitations.ts'
import { isOwnFamily } from '../people/same-human.ts'
import { mayMakeLetters } from './ask-for-letters.ts'
import { codeOf, type LetterOutcome, type LetterRun, peopleOf, runOf } from './letter-runs.ts'
import { type Unreached, unreachedIn } from './letters.ts'

/** So many letters are made in one step: a colleague who makes them too waits no longer than that. */
const AT_ONCE = 50

/**
 * Makes the letters of a run: first who they are for, in the order in which they are printed, then some at a time. Whoever
 * answered, got an address or has a letter by then needs none. A run that was let go of meanwhile makes no more.
 */
export const makeLettersInJob: JobHandler = async (deps, job) => {
  const { runId, accountId } = job.payload as { runId: LetterRunId; accountId: AccountId }
  const actor = { ...job.asker, accountId, signedInAt: deps.now() }
  if (!job.reached) {
    await job.step(async (tx) => ({ reached: { listed: await listPeople(tx, deps.now(), actor, runId) }, is: undefined }))
  }
  for (;;) {
    const { listed, done } = await job.step(async (tx) => {
      const is = await makeSome(tx, deps, actor, runId)
      return { reached: is, is }
    })
    await job.progress(done, Math.max(listed, 1))
    if (done >= listed) break
  }
  await job.last(async (tx) => {
    const made = (await peopleOf(tx, { boardId: job.boardId, runId })).filter(({ outcome }) => outcome === 'made')
    return { letters: made.length }
  })
}

/** @returns how many they are */
async function listPeople(tx: Tx, at: Date, actor: PersonActor, runId: LetterRunId): Promise<number> {
  const { boardId, roundId } = await runOf(tx, actor, runId)
  const schools = await mayMakeLetters(tx, actor, roundId, at)
  const people = await unreachedIn(tx, boardId, roundId, at, { schools })
  const rows = people.map(({ personId }, nr) => ({ board_id: boardId, run_id: runId, nr, person_id: personId }))
  if (rows.length > 0) await tx.insertInto('letter_run_people').values(rows).execute()
  return rows.length
}

/** @returns how many of those who are listed have been looked at by now */
async function makeSome(tx: Tx, { now, secret }: Deps, actor: PersonActor, runId: LetterRunId): Promise<{ listed: number; done: number }> {
  const at = now()
  const run = await runOf(tx, actor, runId)
  const { boardId, roundId } = run
  const schools = await mayMakeLetters(tx, actor, roundId, at)
  await holdLetters(tx, run)
  const all = await peopleOf(tx, run)
  const waiting = all.filter(({ outcome }) => outcome === null)
  const turn = waiting.slice(0, AT_ONCE)
  const people = await unreachedIn(tx, boardId, roundId, at, { schools, among: turn.map(({ personId }) => personId) })
  const unreached = new Map(people.map((person) => [person.personId, person]))
  const outcomes = new Map<LetterOutcome, number[]>()
  const made: PersonId[] = []
  for (const { personId, nr } of turn) {
    const outcome = await outcomeFor(tx, actor, run, unreached.get(personId))
    outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), nr])
    if (outcome === 'made') made.push(personId)
  }
  for (const personId of made) await inviteOnPaper(tx, at, { boardId, personId, code: codeOf(secret, run, personId) })
  for (const [outcome, nrs] of outcomes) {
    await tx
      .updateTable('letter_run_people')
      .set({ outcome })
      .where('board_id', '=', boardId)
      .where('run_id', '=', runId)
      .where('nr', 'in', nrs) // letter_run_people_pkey
      .execute()
  }
  await append(tx, ...made.map((personId) => invitationEntry(boardId, personId, at, `person:${actor.personId}`, 'paper')))
  return { listed: all.length, done: all.length - waiting.length + turn.length }
}

async function outcomeFor(tx: Tx, actor: PersonActor, run: LetterRun, person: Unreached | undefined): Promise<LetterOutcome> {
  if (!person) return 'not_needed'
  if (person.writtenAt && !run.again) return 'kept'
  return (await isOwnFamily(tx, actor, person.personId)) ? 'own_family' : 'made'
}

/** Two who make letters of a round come one after the other. */
async function holdLetters(tx: Tx, { boardId, roundId }: Pick<LetterRun, 'boardId' | 'roundId'>): Promise<void> {
  await tx
    .selectFrom('rounds')
    .select('round_id')
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId)
    .forNoKeyUpdate()
    .execute() // rounds_pkey
}
