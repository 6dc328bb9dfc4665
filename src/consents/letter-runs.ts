import { createHmac } from 'node:crypto'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, JobId, LetterRunId, PersonId, RoundId } from '../ids.ts'
import { paperCodeStands } from '../people/invitations.ts'
import { paperCodeOf } from '../people/paper-code.ts'
import { Refusal } from '../refusal.ts'
import { type Unreached, unreachedIn } from './letters.ts'

/** Whoever has not printed them by then asks anew. */
const KEPT_HOURS = 24

/** The letters that somebody asked for at one moment. */
export interface LetterRun {
  boardId: BoardId
  runId: LetterRunId
  roundId: RoundId
  /** New ones too for who has one. */
  again: boolean
  askedAt: Date
  keptUntil: Date
  jobId: JobId
  nonce: Uint8Array
}

/** A letter to print: it is the only place where the code ever stands. */
export interface Letter extends Unreached {
  code: string
}

export type LetterOutcome = 'made' | 'kept' | 'own_family' | 'not_needed'

/** A run of this person's own: nobody else prints it. @throws Refusal `not_found` also when it was let go of */
export async function runOf(
  tx: Tx,
  { boardId, personId }: Pick<PersonActor, 'boardId' | 'personId'>,
  runId: LetterRunId,
): Promise<LetterRun> {
  const row = await tx
    .selectFrom('letter_runs')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('run_id', '=', runId) // letter_runs_pkey
    .where('asked_by', '=', personId)
    .executeTakeFirst()
  if (!row) throw new Refusal('not_found')
  return {
    boardId,
    runId,
    roundId: row.round_id,
    again: row.again,
    askedAt: row.asked_at,
    keptUntil: new Date(row.asked_at.getTime() + KEPT_HOURS * 3_600_000),
    jobId: row.job_id,
    nonce: row.nonce,
  }
}

/** The runs of a round that this person asked for and that are still here, the newest first. */
export async function ownRuns(
  tx: Tx,
  { boardId, personId }: Pick<PersonActor, 'boardId' | 'personId'>,
  roundId: RoundId,
): Promise<{ runId: LetterRunId; askedAt: Date }[]> {
  const rows = await tx
    .selectFrom('letter_runs')
    .select(['run_id', 'asked_at'])
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId)
    .where('asked_by', '=', personId) // letter_runs_by_asker
    .orderBy('asked_at', 'desc')
    .orderBy('run_id', 'desc')
    .execute()
  return rows.map(({ run_id, asked_at }) => ({ runId: run_id, askedAt: asked_at }))
}

/** Who has which place in a run, in the order of the letters. */
export async function peopleOf(
  tx: Tx,
  { boardId, runId }: Pick<LetterRun, 'boardId' | 'runId'>,
): Promise<{ personId: PersonId; nr: number; outcome: LetterOutcome | null }[]> {
  const rows = await tx
    .selectFrom('letter_run_people')
    .select(['person_id', 'nr', 'outcome'])
    .where('board_id', '=', boardId)
    .where('run_id', '=', runId) // letter_run_people_pkey
    .orderBy('nr')
    .execute()
  return rows.map(({ person_id, nr, outcome }) => ({ personId: person_id, nr, outcome }))
}

/**
 * The letters of these people of a run, to print, without those whose code was used, has run out or was followed by a newer.
 * Does NOT check that the job is done.
 */
export async function lettersToPrint(
  tx: Tx,
  { secret }: Pick<Deps, 'secret'>,
  run: LetterRun,
  personIds: readonly PersonId[],
  at: Date,
): Promise<Letter[]> {
  const letters: Letter[] = []
  for (const person of await unreachedIn(tx, run.boardId, run.roundId, at, { schools: null, among: personIds })) {
    const code = codeOf(secret, run, person.personId)
    if (await paperCodeStands(tx, at, { boardId: run.boardId, personId: person.personId, code })) letters.push({ ...person, code })
  }
  return letters
}

/** The code of somebody's letter: nobody without both the secret and the run can make it. */
export function codeOf(secret: string, { runId, nonce }: Pick<LetterRun, 'runId' | 'nonce'>, personId: PersonId): string {
  const mac = createHmac('sha256', Buffer.from(secret, 'base64url')).update(`letter\n${runId}\n${personId}\n`).update(nonce)
  return paperCodeOf(mac.digest())
}

/** The letters are on paper: lets go of the run, so that its codes are never shown again. They go on working. @throws Refusal `not_found` */
export async function forgetLetters(deps: Deps, actor: PersonActor, runId: LetterRunId): Promise<void> {
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('letter_runs')
      .where('board_id', '=', boardId)
      .where('run_id', '=', runId) // letter_runs_pkey
      .where('asked_by', '=', personId)
      .executeTakeFirst()
    if (numDeletedRows !== 1n) throw new Refusal('not_found')
  })
}

/** Lets go of runs that were there long enough to print them. A job of the board. */
export async function forgetOldLetters({ db, now }: Deps, boardId: BoardId): Promise<void> {
  const before = new Date(now().getTime() - KEPT_HOURS * 3_600_000)
  await inTransaction(db, { actor: 'job', boards: [boardId] }, (tx) =>
    tx.deleteFrom('letter_runs').where('board_id', '=', boardId).where('asked_at', '<', before).execute(),
  )
}
