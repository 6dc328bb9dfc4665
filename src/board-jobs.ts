import { endAgreementsPastTerm } from './agreements/end-agreement.ts'
import { forgetExports } from './cases/ledger-export.ts'
import { remindOfDuties } from './cases/remind-of-duties.ts'
import { tellMembers } from './cases/tell-members.ts'
import { askNewcomers } from './consents/ask-newcomers.ts'
import { eraseInquiries } from './consents/erase-inquiries.ts'
import { eraseProof } from './consents/erase-proof.ts'
import { lapseOfWhoLeft } from './consents/lapse-of-who-left.ts'
import { forgetOldLetters } from './consents/letter-runs.ts'
import { remindByItself } from './consents/remind.ts'
import { remindOfImages } from './consents/remind-images.ts'
import { renewUnderNewLeaflets } from './consents/renew-item.ts'
import { settleExpired } from './consents/settle-expired.ts'
import { tellRounds } from './consents/tell-rounds.ts'
import { tellWhoTurnedSixteen } from './consents/turned-sixteen.ts'
import type { Deps } from './deps.ts'
import type { BoardId } from './ids.ts'
import { eraseHints } from './requests/erase-hints.ts'
import { releaseStaffRequests } from './requests/release-staff.ts'
import { forgetRosters } from './rosters/forget-rosters.ts'

const JOBS: Record<string, (deps: Deps, boardId: BoardId) => Promise<unknown>> = {
  tellRounds,
  remindByItself,
  askNewcomers,
  tellWhoTurnedSixteen,
  remindOfImages,
  remindOfDuties,
  tellMembers,
  endAgreementsPastTerm,
  renewUnderNewLeaflets,
  releaseStaffRequests,
  settleExpired,
  lapseOfWhoLeft,
  eraseHints,
  eraseInquiries,
  eraseProof,
  forgetRosters,
  forgetExports,
  forgetOldLetters,
}

/**
 * Does for each board what comes with time rather than with somebody's act. Nothing leans on its being prompt: what ends
 * has ended when its time has come, whether this ran or not. Many processes may run it at once; one board's failure is
 * logged and holds up no other.
 */
export async function runBoardJobs(deps: Deps): Promise<void> {
  const boards = await deps.db.selectFrom('board_directory').select('board_id').distinct().orderBy('board_id').execute()
  for (const { board_id: boardId } of boards) {
    for (const [job, run] of Object.entries(JOBS)) {
      await run(deps, boardId).catch((error: unknown) => deps.log.error('board_job_failed', { job, boardId, error }))
    }
  }
}
