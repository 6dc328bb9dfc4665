import type { Selectable } from 'kysely'
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
