import type { PersonActor } from '../actors.ts'
import { amsterdamDay } from '../clock.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type ApprovalId, type BoardId, newId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { SCHOOL_SIDE } from './mandates.ts'

export type Council = 'MR' | 'GMR' | 'PMR'

export interface CouncilApproval {
  approvalId: ApprovalId
  council: Council
  about: string
  /** The round, agreement or service it is about, if it is about one. */
  ref: string | null
  /** YYYY-MM-DD */
  approvedOn: string
}

export interface NewApproval {
  council: Council
  about: string
  /** YYYY-MM-DD, not after today */
  approvedOn: string
}

/**
 * Records that a council consented (*instemming*): to a policy, or for data of staff (P22). The school says so; the
 * broker does not ask the council.
 *
 * @param leanOnIt what rests on it from then on, in the same transaction; what it refuses is not recorded either
 * @throws Refusal `mandate_missing`, `approval_in_future`
 */
export async function recordCouncilApproval(
  deps: Deps,
  actor: PersonActor,
  { council, about, ref, approvedOn }: NewApproval & { ref?: string },
  leanOnIt: (tx: Tx, approvalId: ApprovalId, at: Date) => Promise<void> = async () => {},
): Promise<ApprovalId> {
  const at = deps.now()
  const { boardId } = actor
  if (approvedOn > amsterdamDay(at)) throw new Refusal('approval_in_future')
  const approvalId = newId<ApprovalId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    await tx
      .insertInto('council_approvals')
      .values({
        board_id: boardId,
        approval_id: approvalId,
        council,
        about,
        ref,
        approved_on: approvedOn,
        recorded_at: at,
        recorded_by: actor.personId,
      })
      .execute()
    await leanOnIt(tx, approvalId, at)
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'council_approval_recorded',
      actor: `person:${actor.personId}`,
      ref: approvalId,
      facts: { council, about: ref, approvedOn },
    })
  })
  return approvalId
}

/** What the councils of this board consented to, newest first; those about one thing when `ref` names it. */
export async function councilApprovals(tx: Tx, boardId: BoardId, ref?: string): Promise<CouncilApproval[]> {
  const rows = await tx
    .selectFrom('council_approvals')
    .selectAll()
    .where('board_id', '=', boardId) // council_approvals_pkey
    .$if(ref !== undefined, (query) => query.where('ref', '=', ref!))
    .orderBy('approved_on', 'desc')
    .orderBy('approval_id', 'desc')
    .execute()
  return rows.map((row) => ({
    approvalId: row.approval_id,
    council: row.council,
    about: row.about,
    ref: row.ref,
    approvedOn: row.approved_on,
  }))
}
