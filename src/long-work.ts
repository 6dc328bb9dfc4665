import { exportLedgerInJob } from './cases/ledger-export.ts'
import { makeLettersInJob } from './consents/letters-job.ts'
import { publishInJob } from './consents/publication-job.ts'
import { remindInJob } from './consents/reminder-job.ts'
import type { Deps } from './deps.ts'
import { type JobHandlers, runJobs } from './jobs/run-jobs.ts'
import { importUpload } from './rosters/import-job.ts'
import { previewRoster } from './rosters/preview-job.ts'
import { takeSandboxTurn } from './sandbox/sandbox-turn.ts'

/** Every kind of long work, with who does it. */
const HANDLERS: JobHandlers = {
  roster_preview: previewRoster,
  roster_import: importUpload,
  round_publication: publishInJob,
  round_reminder: remindInJob,
  round_letters: makeLettersInJob,
  ledger_export: exportLedgerInJob,
  sandbox_turn: takeSandboxTurn,
}

/**
 * Does the long work that waits: the Node loop and the Workers cron call it, and the edge right after an act that asked for
 * some. On Workers a process has little time: what it cannot finish another takes over.
 */
export async function runLongWork(deps: Deps, options: { atOnce?: number; until?: number } = {}): Promise<number> {
  return await runJobs(deps, HANDLERS, options)
}
