import { councilApprovals } from '../agreements/council-approval.ts'
import type { Tx } from '../database.ts'
import { Refusal } from '../refusal.ts'
import type { AccessRequest } from './store.ts'

/**
 * Data of staff are asked only when the staff part of the council consented (P22, D01): to this request, or to the service
 * that it is for.
 *
 * @throws Refusal `council_approval_missing`
 */
export async function mustHaveCouncil(tx: Tx, { boardId, requestId, serviceId, subjectKind }: AccessRequest): Promise<void> {
  if (subjectKind !== 'employee') return
  const approvals = [...(await councilApprovals(tx, boardId, requestId)), ...(await councilApprovals(tx, boardId, serviceId))]
  if (!approvals.some(({ council }) => council === 'PMR')) throw new Refusal('council_approval_missing')
}
