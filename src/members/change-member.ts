import type { MemberActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { MemberId, SupplierId } from '../ids.ts'
import type { LedgerEntry } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { MemberRole } from './member.ts'
import { lockMembers, mustBeMember } from './members.ts'

/**
 * An administrator changes what a colleague may do, in the transaction of an act that also ends what hung on it. Nobody changes one's
 * own roles.
 *
 * @returns what the caller appends to the ledger
 * @throws Refusal `member_role_missing`, `member_is_oneself`, `member_not_found`, `last_administrator`
 */
export async function changeRolesIn(
  tx: Tx,
  actor: MemberActor,
  { memberId, roles }: { memberId: MemberId; roles: MemberRole[] },
  at: Date,
): Promise<LedgerEntry> {
  const { supplierId } = actor
  if (memberId === actor.memberId) throw new Refusal('member_is_oneself')
  await lockMembers(tx, supplierId)
  await mustBeMember(tx, actor, ['administrator'])
  await change(tx, supplierId, memberId, { roles })
  await mustKeepAnAdministrator(tx, supplierId)
  return entryOf(actor, memberId, 'member_roles_changed', { supplierId, memberId, roles }, at)
}

/**
 * An administrator ends that somebody works for the supplier, or they leave by themselves: at once, in open sessions too. In the
 * transaction of an act that also ends what hung on it.
 *
 * @returns what the caller appends to the ledger
 * @throws Refusal `member_role_missing`, `member_not_found`, `last_administrator`
 */
export async function endMemberIn(tx: Tx, actor: MemberActor, memberId: MemberId, at: Date): Promise<LedgerEntry> {
  const { supplierId } = actor
  await lockMembers(tx, supplierId)
  if (memberId !== actor.memberId) await mustBeMember(tx, actor, ['administrator'])
  await change(tx, supplierId, memberId, { ended_at: at })
  await mustKeepAnAdministrator(tx, supplierId)
  return entryOf(actor, memberId, 'member_ended', { supplierId, memberId }, at)
}

const entryOf = (
  actor: MemberActor,
  ref: MemberId,
  event: 'member_roles_changed' | 'member_ended',
  facts: Record<string, unknown>,
  at: Date,
): LedgerEntry => ({ boardId: null, approach: 'operator', at, event, actor: `member:${actor.memberId}`, ref, facts })

async function change(tx: Tx, supplierId: SupplierId, memberId: MemberId, to: { roles: MemberRole[] } | { ended_at: Date }): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('members')
    .set(to)
    .where('member_id', '=', memberId) // members_pkey
    .where('supplier_id', '=', supplierId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new Refusal('member_not_found')
}

async function mustKeepAnAdministrator(tx: Tx, supplierId: SupplierId): Promise<void> {
  const rows = await tx
    .selectFrom('members')
    .select('roles')
    .where('supplier_id', '=', supplierId) // members_once
    .where('ended_at', 'is', null)
    .execute()
  if (!rows.some(({ roles }) => roles.includes('administrator'))) throw new Refusal('last_administrator')
}
