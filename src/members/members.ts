import { type Selectable, sql } from 'kysely'
import type { MemberActor } from '../actors.ts'
import type { Db, Tx } from '../database.ts'
import type { AccountId, SupplierId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { Member, MemberRole } from './member.ts'
import type { MemberTable } from './tables.ts'

/** For whom an account works, with the supplier's name, in the order of names. */
export async function membershipsOf(db: Db, accountId: AccountId): Promise<(Member & { supplierName: string })[]> {
  const rows = await db
    .selectFrom('members as m')
    .innerJoin('suppliers as s', 's.supplier_id', 'm.supplier_id')
    .selectAll('m')
    .select('s.legal_name')
    .where('m.account_id', '=', accountId) // members_by_account
    .where('m.ended_at', 'is', null)
    .orderBy('s.legal_name')
    .execute()
  return rows.map((row) => ({ ...memberOf(row), supplierName: row.legal_name }))
}

/** Whether an account works for any supplier. */
export async function isMember(db: Db, accountId: AccountId): Promise<boolean> {
  const row = await db
    .selectFrom('members')
    .select('member_id')
    .where('account_id', '=', accountId) // members_by_account
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** The people of a supplier. Does NOT check who asks. */
export async function membersOfSupplier(db: Db, supplierId: SupplierId): Promise<Member[]> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('supplier_id', '=', supplierId) // members_once
    .where('ended_at', 'is', null)
    .orderBy('name')
    .execute()
  return rows.map(memberOf)
}

/** Whom a supplier invited and who did not come yet, until when each may. */
export async function openInvitations(
  db: Db,
  supplierId: SupplierId,
  at: Date,
): Promise<{ email: string; name: string; expiresAt: Date }[]> {
  const rows = await db
    .selectFrom('member_invitations')
    .select(['email', 'name', 'expires_at'])
    .where('supplier_id', '=', supplierId) // member_invitations_by_supplier
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('name')
    .execute()
  return rows.map(({ email, name, expires_at: expiresAt }) => ({ email, name, expiresAt }))
}

function memberOf(row: Selectable<MemberTable>): Member {
  return { memberId: row.member_id, supplierId: row.supplier_id, name: row.name, roles: row.roles, joinedAt: row.joined_at }
}

/**
 * Lets go on whoever holds one of these roles now, and holds the row until commit: who loses the role waits for this act, and
 * nothing begins on it afterwards.
 *
 * @throws Refusal `member_role_missing`, also for whoever is no member any more
 */
export async function mustBeMember(
  tx: Tx,
  { memberId, accountId, supplierId }: MemberActor,
  roles: readonly MemberRole[],
): Promise<Member> {
  const row = await tx
    .selectFrom('members')
    .selectAll()
    .where('member_id', '=', memberId) // members_pkey
    .where('account_id', '=', accountId)
    .where('supplier_id', '=', supplierId)
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  if (!row?.roles.some((role) => roles.includes(role))) throw new Refusal('member_role_missing')
  return memberOf(row)
}

/** Changes of who may do what at a supplier come one after the other, so that one administrator is always left. */
export async function lockMembers(tx: Tx, supplierId: SupplierId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`members:${supplierId}`}, 0))`.execute(tx)
}
