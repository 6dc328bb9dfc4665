import { sql } from 'kysely'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, JobId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { JobKind } from './kinds.ts'
import { type ClaimedJob, JobLost, LEASE_SECONDS, RunningJob } from './running-job.ts'

/**
 * Does one kind of long work. It may be called again after another process died in the middle: effects go through
 * `job.step` and `job.last`. A refusal ends the job and is told; any other error is tried again later.
 */
export type JobHandler = (deps: Deps, job: RunningJob) => Promise<void>

export type JobHandlers = Readonly<Record<JobKind, JobHandler>>

/** A job that kills its process is not tried for ever. */
const MOST_ATTEMPTS = 5

/**
 * Does the long work that waits, until none is due. Any number of processes may do this at once: each job is claimed for a
 * while, kept by saying so, and taken over when its process is silent for longer than that.
 *
 * @param atOnce how many jobs this process does beside each other: a long one does not hold up a short one
 * @param until begins none after this moment of the wall clock
 * @returns how many were ended here
 */
export async function runJobs(deps: Deps, handlers: Partial<JobHandlers>, { atOnce = 2, until = Infinity } = {}): Promise<number> {
  const lane = async () => {
    let ended = 0
    while (Date.now() < until) {
      const job = await claim(deps, Object.keys(handlers))
      if (!job) break
      if (await run(deps, handlers, job)) ended += 1
    }
    return ended
  }
  const ended = await Promise.all(Array.from({ length: atOnce }, lane))
  return ended.reduce((sum, count) => sum + count, 0)
}

interface Turn {
  job_id: JobId
  board_id: BoardId
  kind: JobKind
  attempts: number
}

async function claim({ db, now }: Deps, kinds: string[]): Promise<Turn | undefined> {
  const at = now()
  const { rows } = await sql<Turn>`
    update job_queue set locked_until = ${new Date(at.getTime() + LEASE_SECONDS * 1000)}, attempts = attempts + 1
    where job_id = (
      select job_id from job_queue
      where run_at <= ${at} and (locked_until is null or locked_until <= ${at}) and kind = any(${kinds}::text[]) -- job_queue_waiting
      order by run_at, job_id limit 1 for update skip locked
    )
    returning job_id, board_id, kind, attempts`.execute(db)
  return rows[0]
}

async function run(deps: Deps, handlers: Partial<JobHandlers>, turn: Turn): Promise<boolean> {
  const { kind, attempts, board_id: boardId, job_id: jobId } = turn
  const job = new RunningJob(deps, await begin(deps, turn))
  const beat = setInterval(() => void job.keep().catch(() => {}), (LEASE_SECONDS * 1000) / 3)
  try {
    if (attempts > MOST_ATTEMPTS) await job.giveUp('given_up', { attempts: attempts - 1 })
    else await handlers[kind]!(deps, job)
    if (!job.hasEnded && !job.isPostponed) await job.last(async () => ({}))
  } catch (error) {
    if (error instanceof JobLost) deps.log.warning('job_lost', { kind, jobId, boardId, attempts })
    else await failed(deps, job, error, turn).catch(() => {})
  } finally {
    clearInterval(beat)
  }
  return job.hasEnded
}

async function failed(deps: Deps, job: RunningJob, error: unknown, { kind, attempts, board_id: boardId, job_id: jobId }: Turn) {
  if (error instanceof Refusal) return await job.giveUp('refused', { code: error.code, details: error.details })
  const gaveUp = attempts >= MOST_ATTEMPTS
  deps.log.error('job_failed', { kind, jobId, boardId, attempts, gaveUp, error })
  if (gaveUp) return await job.giveUp('given_up', { attempts })
  await job.postpone(new Date(deps.now().getTime() + 5000 * 2 ** attempts))
}

async function begin({ db, now }: Deps, { board_id: boardId, job_id: jobId, attempts }: Turn): Promise<ClaimedJob> {
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const row = await tx
      .updateTable('jobs')
      .set((set) => ({ started_at: set.fn.coalesce('started_at', set.val(now())) }))
      .where('board_id', '=', boardId)
      .where('job_id', '=', jobId) // jobs_pkey
      .returning(['payload', 'asked_by', 'reached'])
      .executeTakeFirstOrThrow()
    return { boardId, jobId, attempts, payload: row.payload, askedBy: row.asked_by as LedgerActor, reached: row.reached }
  })
}
