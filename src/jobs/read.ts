import { type Selectable, sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, JobId } from '../ids.ts'
import type { JobKind } from './kinds.ts'
import type { JobTable } from './tables.ts'

/** How a job stands, for whoever looks on. */
export interface JobView {
  boardId: BoardId
  jobId: JobId
  kind: JobKind
  state: 'waiting' | 'running' | 'done' | 'refused' | 'given_up'
  done: number
  /** Null as long as nobody knows how much it is. */
  total: number | null
  payload: Record<string, unknown>
  askedBy: string
  askedAt: Date
  endedAt: Date | null
  /** What came of it. Of a refused job its code and details. */
  result: Record<string, unknown> | null
}

/** A job of this board. Does NOT check who asks. */
export async function jobById(tx: Tx, boardId: BoardId, jobId: JobId): Promise<JobView | undefined> {
  const row = await tx.selectFrom('jobs').selectAll().where('board_id', '=', boardId).where('job_id', '=', jobId).executeTakeFirst() // jobs_pkey
  return row && viewOf(row)
}

/**
 * The newest job of a kind about one thing: its payload names it. Does NOT check who asks.
 *
 * @param about a member of the payload and its value
 */
export async function newestJob(tx: Tx, boardId: BoardId, kind: JobKind, about: Record<string, string>): Promise<JobView | undefined> {
  const row = await tx
    .selectFrom('jobs')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('kind', '=', kind) // jobs_newest
    .where(sql<boolean>`payload @> ${JSON.stringify(about)}::text::jsonb`)
    .orderBy('asked_at', 'desc')
    .orderBy('job_id', 'desc')
    .executeTakeFirst()
  return row && viewOf(row)
}

export const isUnderWay = (job: JobView | undefined): job is JobView & { state: 'waiting' | 'running' } =>
  job?.state === 'waiting' || job?.state === 'running'

function viewOf(row: Selectable<JobTable>): JobView {
  return {
    boardId: row.board_id,
    jobId: row.job_id,
    kind: row.kind,
    state: row.outcome ?? (row.started_at ? 'running' : 'waiting'),
    done: row.done,
    total: row.total,
    payload: row.payload,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    endedAt: row.ended_at,
    result: row.result,
  }
}
