import type { MemberActor } from '../actors.ts'
import { sha256 } from '../canonical.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, type MemberId, newId, newSecret, type SupplierId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { MEMBER_INVITATION_MAIL } from '../messages/invitation-mails.ts'
import { inBothLanguages } from '../messages/mail.ts'
import { enqueueMail } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { MEMBER_ROLES, type MemberRole } from './member.ts'
import { lockMembers, mustBeMember } from './members.ts'

const INVITATION_DAYS = 14

export interface NewMember {
  email: string
  name: string
  roles: MemberRole[]
}

/**
 * An administrator of a supplier invites a colleague by mail. A newer invitation to the same address ends an older one.
 *
 * @throws Refusal `member_role_missing`, `member_already`
 */
export async function inviteMember(deps: Deps, actor: MemberActor, member: NewMember): Promise<void> {
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustBeMember(tx, actor, ['administrator'])
    const { entry } = await inviteIn(tx, deps, actor.supplierId, member, `member:${actor.memberId}`)
    await append(tx, entry)
  })
}

/**
 * An administrator takes back the invitation of an address: nobody comes in with it any more. Where there is none, nothing changes.
 *
 * @throws Refusal `member_role_missing`
 */
export async function withdrawInvitation({ db, now }: Deps, actor: MemberActor, email: string): Promise<void> {
  const at = now()
  const { supplierId, memberId } = actor
  await inTransaction(db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustBeMember(tx, actor, ['administrator'])
    if ((await endInvitations(tx, supplierId, email.toLowerCase(), at)) === 0n) return
    const entry = { boardId: null, approach: 'operator', at, actor: `member:${memberId}`, ref: supplierId, facts: { supplierId } } as const
    await append(tx, { ...entry, event: 'member_invitation_withdrawn' })
  })
}

/** Ends the invitations of an address that nobody used. @returns how many */
async function endInvitations(tx: Tx, supplierId: SupplierId, email: string, at: Date): Promise<bigint> {
  const { numUpdatedRows } = await tx
    .updateTable('member_invitations')
    .set({ expires_at: at })
    .where('supplier_id', '=', supplierId)
    .where('email', '=', email) // member_invitations_by_supplier
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return numUpdatedRows
}

/**
 * The operator invites the first administrator of a supplier, or another when none is left. They may do everything, for who has an
 * institute alone does everything; no data are seen by it before they are assigned to somebody. Does NOT check who asks: the
 * operator's command has.
 *
 * @returns the code, to hand over where no mail can be sent
 * @throws Refusal `supplier_not_found`, `member_already`
 */
export async function inviteAdministrator(
  deps: Deps,
  supplierId: SupplierId,
  { email, name }: Omit<NewMember, 'roles'>,
): Promise<{ code: string }> {
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const { code, entry } = await inviteIn(tx, deps, supplierId, { email, name, roles: [...MEMBER_ROLES] }, 'operator')
    await append(tx, entry)
    return { code }
  })
}

/**
 * Invites somebody to work for a supplier, in the transaction of another act. Does NOT check who asks.
 *
 * @returns the code, and what the caller appends to the ledger
 * @throws Refusal `supplier_not_found`, `member_already`
 */
export async function inviteIn(
  tx: Tx,
  deps: Deps,
  supplierId: SupplierId,
  { email, name, roles }: NewMember,
  by: LedgerActor,
): Promise<{ code: string; entry: LedgerEntry }> {
  const at = deps.now()
  const supplier = await tx.selectFrom('suppliers').select('legal_name').where('supplier_id', '=', supplierId).executeTakeFirst() // suppliers_pkey
  if (!supplier) throw new Refusal('supplier_not_found')
  const to = email.toLowerCase()
  const already = await tx
    .selectFrom('members as m')
    .innerJoin('accounts as a', 'a.account_id', 'm.account_id')
    .select('m.member_id')
    .where('m.supplier_id', '=', supplierId)
    .where('m.ended_at', 'is', null)
    .where('a.email', '=', to)
    .executeTakeFirst()
  if (already) throw new Refusal('member_already')
  await endInvitations(tx, supplierId, to, at)
  const code = newSecret()
  await tx
    .insertInto('member_invitations')
    .values({
      code_hash: sha256(code),
      supplier_id: supplierId,
      email: to,
      name,
      roles,
      made_by: by,
      made_at: at,
      expires_at: new Date(at.getTime() + INVITATION_DAYS * 86_400_000),
    })
    .execute()
  const mail = inBothLanguages(MEMBER_INVITATION_MAIL, { issuer: deps.issuer, supplierName: supplier.legal_name, code })
  await enqueueMail(tx, deps, { ...mail, to, at })
  const facts = { supplierId, roles }
  return { code, entry: { boardId: null, approach: 'operator', at, event: 'member_invited', actor: by, ref: supplierId, facts } }
}

/**
 * Whoever signs in with the address an invitation is bound to joins the supplier with its code, once; pressed again, it leads there
 * again as long as they work there.
 *
 * @throws Refusal `invitation_invalid`: unknown, over, used, or for another address
 */
export async function joinSupplier({ db, now }: Deps, accountId: AccountId, code: string): Promise<SupplierId> {
  const at = now()
  return await inTransaction(db, { actor: 'operator', boards: [] }, async (tx) => {
    const invitation = await tx
      .updateTable('member_invitations as i')
      .from('accounts as a')
      .set({ used_at: at })
      .whereRef('a.email', '=', 'i.email')
      .where('a.account_id', '=', accountId)
      .where('i.code_hash', '=', sha256(code)) // member_invitations_pkey
      .where('i.used_at', 'is', null)
      .where('i.expires_at', '>', at)
      .returning(['i.supplier_id', 'i.name', 'i.roles'])
      .executeTakeFirst()
    if (!invitation) return await joinedWith(tx, accountId, code)
    const { supplier_id: supplierId, name, roles } = invitation
    await lockMembers(tx, supplierId)
    const memberId = newId<MemberId>(at)
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('members')
      .values({ member_id: memberId, supplier_id: supplierId, account_id: accountId, name, roles, joined_at: at })
      .onConflict((conflict) => conflict.columns(['supplier_id', 'account_id']).where('ended_at', 'is', null).doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows === 1n) {
      const facts = { supplierId, memberId, roles }
      await append(tx, {
        boardId: null,
        approach: 'operator',
        at,
        event: 'member_joined',
        actor: `member:${memberId}`,
        ref: memberId,
        facts,
      })
    }
    return supplierId
  })
}

/** @throws Refusal `invitation_invalid` when this account does not work there by it */
async function joinedWith(tx: Tx, accountId: AccountId, code: string): Promise<SupplierId> {
  const used = await tx
    .selectFrom('member_invitations as i')
    .innerJoin('accounts as a', 'a.email', 'i.email')
    .innerJoin('members as m', (join) => join.onRef('m.account_id', '=', 'a.account_id').onRef('m.supplier_id', '=', 'i.supplier_id'))
    .select('i.supplier_id')
    .where('i.code_hash', '=', sha256(code)) // member_invitations_pkey
    .where('i.used_at', 'is not', null)
    .where('a.account_id', '=', accountId)
    .where('m.ended_at', 'is', null)
    .executeTakeFirst()
  if (!used) throw new Refusal('invitation_invalid')
  return used.supplier_id
}
