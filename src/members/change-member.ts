import type { MemberActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { MemberId, SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { MemberRole } from './member.ts'
import { lockMembers, mustBeMember } from './members.ts'

/**
 * An administrator changes what a colleague may do. Nobody changes one's own roles.
 *
 * @throws Refusal `member_role_missing`, `member_is_oneself`, `member_not_found`, `last_administrator`
 */
export async function changeRoles(
  { db, now }: Deps,
  actor: MemberActor,
  { memberId, roles }: { memberId: MemberId; roles: MemberRole[] },
): Promise<void> {
  const at = now()
  if (memberId === actor.memberId) throw new Refusal('member_is_oneself')
  await inTransaction(db, { actor: 'operator', boards: [] }, async (tx) => {
    await lockMembers(tx, actor.supplierId)
    await mustBeMember(tx, actor, ['administrator'])
    await change(tx, actor.supplierId, memberId, { roles })
    await mustKeepAnAdministrator(tx, actor.supplierId)
    const facts = { supplierId: actor.supplierId, memberId, roles }
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'member_roles_changed',
      actor: `member:${actor.memberId}`,
      ref: memberId,
      facts,
    })
  })
}

/**
 * An administrator ends that somebody works for the supplier, or they leave by themselves: at once, in open sessions too.
 *
 * @throws Refusal `member_role_missing`, `member_not_found`, `last_administrator`
 */
export async function endMember({ db, now }: Deps, actor: MemberActor, memberId: MemberId): Promise<void> {
  const at = now()
  const { supplierId } = actor
  await inTransaction(db, { actor: 'operator', boards: [] }, async (tx) => {
    await lockMembers(tx, supplierId)
    if (memberId !== actor.memberId) await mustBeMember(tx, actor, ['administrator'])
    await change(tx, supplierId, memberId, { ended_at: at })
    await mustKeepAnAdministrator(tx, supplierId)
    const facts = { supplierId, memberId }
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'member_ended',
      actor: `member:${actor.memberId}`,
      ref: memberId,
      facts,
    })
  })
}

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
