import type { Changing, ChangingDefault, Fixed } from '../columns.ts'
import type { BoardId, JobId } from '../ids.ts'
import type { JobKind } from './kinds.ts'

export interface JobTable {
  board_id: Fixed<BoardId>
  job_id: Fixed<JobId>
  kind: Fixed<JobKind>
  payload: Fixed<Record<string, unknown>>
  asked_by: Fixed<string>
  dedup_key: Fixed<string | null>
  asked_at: Fixed<Date>
  started_at: Changing<Date | null>
  done: ChangingDefault<number>
  total: Changing<number | null>
  reached: Changing<Record<string, unknown> | null>
  ended_at: Changing<Date | null>
  outcome: Changing<'done' | 'refused' | 'given_up' | null>
  result: Changing<Record<string, unknown> | null>
}

export interface JobQueueTable {
  job_id: Fixed<JobId>
  board_id: Fixed<BoardId>
  kind: Fixed<JobKind>
  run_at: Changing<Date>
  locked_until: Changing<Date | null>
  attempts: ChangingDefault<number>
}

export interface JobTables {
  jobs: JobTable
  job_queue: JobQueueTable
}
