import { type CouncilApproval, councilApprovals } from '../agreements/council-approval.ts'
import type { Tx } from '../database.ts'
import { Refusal } from '../refusal.ts'
import type { AccessRequest } from './store.ts'

/** That the staff part of the council consented to this request, or to the service that it is for, if that is recorded. */
export async function staffCouncil(tx: Tx, { boardId, requestId, serviceId }: AccessRequest): Promise<CouncilApproval | undefined> {
  const approvals = [...(await councilApprovals(tx, boardId, requestId)), ...(await councilApprovals(tx, boardId, serviceId))]
  return approvals.find(({ council }) => council === 'PMR')
}

/**
 * Data of staff are asked only when the staff part of the council consented (P22, D01).
 *
 * @throws Refusal `council_approval_missing`
 */
export async function mustHaveCouncil(tx: Tx, request: AccessRequest): Promise<void> {
  if (request.subjectKind !== 'employee') return
  if (!(await staffCouncil(tx, request))) throw new Refusal('council_approval_missing')
}
