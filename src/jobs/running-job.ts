import { sql } from 'kysely'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, JobId, PersonId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'

/** Another process has the job now. What this one was doing for it is rolled back and left to the other. */
export class JobLost extends Error {
  override name = 'JobLost'
}

export const LEASE_SECONDS = 60
/** Often enough for whoever looks, seldom enough to cost nothing. */
const PROGRESS_EVERY_MS = 300

export interface ClaimedJob {
  boardId: BoardId
  jobId: JobId
  attempts: number
  payload: Record<string, unknown>
  askedBy: LedgerActor
  /** Where an earlier process got to, as its last `step` had it. */
  reached: Record<string, unknown> | null
}

/**
 * A job in the hands of this process. Whatever it changes it changes in `step` or `last`: those commit only while the job
 * is still this process's own, so that an effect happens once, whoever dies or falls behind.
 */
export class RunningJob {
  readonly boardId: BoardId
  readonly jobId: JobId
  readonly payload: Record<string, unknown>
  readonly askedBy: LedgerActor
  readonly reached: Record<string, unknown> | null
  readonly #deps: Pick<Deps, 'db' | 'now'>
  readonly #attempts: number
  #toldAt = 0
  #ended = false
  #postponed = false

  constructor(deps: Pick<Deps, 'db' | 'now'>, { boardId, jobId, attempts, payload, askedBy, reached }: ClaimedJob) {
    this.#deps = deps
    this.#attempts = attempts
    this.boardId = boardId
    this.jobId = jobId
    this.payload = payload
    this.askedBy = askedBy
    this.reached = reached
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  /** Whether it goes on later: somebody else may have it by now. */
  get isPostponed(): boolean {
    return this.#postponed
  }

  /** Who asked for it, to look again whether they may. @throws Refusal `mandate_missing` when that is nobody of the board */
  get asker(): { boardId: BoardId; personId: PersonId } {
    if (!this.askedBy.startsWith('person:')) throw new Refusal('mandate_missing')
    return { boardId: this.boardId, personId: this.askedBy.slice('person:'.length) as PersonId }
  }

  /**
   * Says how far it is, for whoever looks on, and keeps the job. In a transaction of its own, so it is seen at once.
   *
   * @throws JobLost
   */
  async progress(done: number, total: number): Promise<void> {
    const told = performance.now()
    if (done < total && told - this.#toldAt < PROGRESS_EVERY_MS) return
    this.#toldAt = told
    await this.#transaction(async (tx) => {
      await this.keep(tx)
      await tx
        .updateTable('jobs')
        .set({ done: Math.min(done, total), total })
        .where('board_id', '=', this.boardId)
        .where('job_id', '=', this.jobId) // jobs_pkey
        .execute()
    })
  }

  /** Takes the job for another while. @throws JobLost */
  async keep(tx: Pick<Tx, 'updateTable'> = this.#deps.db): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('job_queue')
      .set({ locked_until: new Date(this.#deps.now().getTime() + LEASE_SECONDS * 1000) })
      .where('job_id', '=', this.jobId) // job_queue_pkey
      .where('attempts', '=', this.#attempts)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) throw new JobLost()
  }

  /**
   * One transaction of a job of several. A later process goes on from what `reached` says of it; so each step is done once.
   *
   * @throws JobLost, and then nothing of it was done
   */
  async step<T>(work: (tx: Tx) => Promise<{ reached: Record<string, unknown>; is: T }>): Promise<T> {
    return await this.#transaction(async (tx) => {
      const { reached, is } = await work(tx)
      await this.keep(tx)
      await tx
        .updateTable('jobs')
        .set({ reached })
        .where('board_id', '=', this.boardId)
        .where('job_id', '=', this.jobId) // jobs_pkey
        .execute()
      return is
    })
  }

  /**
   * The last transaction of the job, or its only one: it ends with the effects, or neither happens.
   *
   * @param work its answer is the job's result: ids, counts and codes, or a list of errors by their places
   * @throws JobLost, and then nothing of it was done
   */
  async last<R extends object>(work: (tx: Tx) => Promise<R>): Promise<R> {
    const result = await this.#transaction(async (tx) => {
      const result = await work(tx)
      await this.#end(tx, 'done', result)
      return result
    })
    this.#ended = true
    return result
  }

  /** Ends the job without its effects: it was refused, or given up. `work` puts right what waited for it. @throws JobLost */
  async giveUp(outcome: 'refused' | 'given_up', result: object, work: (tx: Tx) => Promise<void> = async () => {}): Promise<void> {
    await this.#transaction(async (tx) => {
      await work(tx)
      await this.#end(tx, outcome, result)
    })
    this.#ended = true
  }

  /** Lets go of the job until `runAt`. @throws JobLost */
  async postpone(runAt: Date): Promise<void> {
    const { numUpdatedRows } = await this.#deps.db
      .updateTable('job_queue')
      .set({ run_at: runAt, locked_until: null })
      .where('job_id', '=', this.jobId) // job_queue_pkey
      .where('attempts', '=', this.#attempts)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) throw new JobLost()
    this.#postponed = true
  }

  async #end(tx: Tx, outcome: 'done' | 'refused' | 'given_up', result: object): Promise<void> {
    const { numDeletedRows } = await tx
      .deleteFrom('job_queue')
      .where('job_id', '=', this.jobId) // job_queue_pkey
      .where('attempts', '=', this.#attempts)
      .executeTakeFirstOrThrow()
    if (numDeletedRows !== 1n) throw new JobLost()
    await sql`
      update jobs set ended_at = greatest(${this.#deps.now()}, asked_at), outcome = ${outcome}, result = ${result}::jsonb,
        done = case when ${outcome} = 'done' then coalesce(total, done) else done end
      where board_id = ${this.boardId} and job_id = ${this.jobId} -- jobs_pkey`.execute(tx)
  }

  async #transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return await inTransaction(this.#deps.db, { actor: 'job', boards: [this.boardId] }, work)
  }
}
