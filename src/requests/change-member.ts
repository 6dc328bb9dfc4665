import type { MemberActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx, workFor } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { MemberId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { changeRolesIn, endMemberIn } from '../members/change-member.ts'
import type { MemberRole } from '../members/member.ts'
import { endRunning } from './end-assignment.ts'

/**
 * An administrator changes what a colleague may do. Who is no case worker any more is assigned to nobody any more, at any board
 * (K19), and what leaned on that ends with it.
 *
 * @throws Refusal `member_role_missing`, `member_is_oneself`, `member_not_found`, `last_administrator`
 */
export async function changeRoles(
  deps: Deps,
  actor: MemberActor,
  { memberId, roles }: { memberId: MemberId; roles: MemberRole[] },
): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const changed = await changeRolesIn(tx, actor, { memberId, roles }, at)
    const ended = roles.includes('case_worker') ? [] : await endAssignments(tx, actor, memberId, at)
    await append(tx, changed, ...ended)
  })
}

/**
 * An administrator ends that somebody works for the supplier, or they leave by themselves: at once, in open sessions too. Their
 * assignments end with it, at every board (K19), and what leaned on them.
 *
 * @throws Refusal `member_role_missing`, `member_not_found`, `last_administrator`
 */
export async function endMember(deps: Deps, actor: MemberActor, memberId: MemberId): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const ended = await endMemberIn(tx, actor, memberId, at)
    await append(tx, ended, ...(await endAssignments(tx, actor, memberId, at)))
  })
}

/** After the member's row, which who assigns them holds: nothing is begun for them meanwhile. */
async function endAssignments(tx: Tx, actor: MemberActor, memberId: MemberId, at: Date): Promise<LedgerEntry[]> {
  const boards = await boardsOfSupplier(tx, actor.supplierId)
  if (boards.length === 0) return []
  await workFor(tx, { actor: 'operator', boards })
  return await endRunning(tx, boards, { supplierId: actor.supplierId, memberId }, `member:${actor.memberId}`, at)
}
