import type { MemberActor } from '../../src/actors.ts'
import { type AccountId, newId, type SupplierId } from '../../src/ids.ts'
import { inviteAdministrator, inviteMember, joinSupplier } from '../../src/members/invite-member.ts'
import type { MemberRole } from '../../src/members/member.ts'
import { membershipsOf } from '../../src/members/members.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import type { TestBroker } from './broker.ts'

export interface Tutor {
  email: string
  actor: MemberActor
}

/** The owner of a supplier, who administers it and handles its contracts. */
export async function tutorOf(broker: TestBroker, supplierId: SupplierId, email = 'roos@rekenplus.example'): Promise<Tutor> {
  const accountId = await accountWith(broker, email)
  const { code } = await inviteAdministrator(broker.deps, supplierId, { email, name: 'Roos Plus' })
  await joinSupplier(broker.deps, accountId, code)
  return { email, actor: await actorOf(broker, accountId) }
}

/** A colleague with these roles. */
export async function colleagueOf(broker: TestBroker, { actor }: Tutor, email: string, roles: MemberRole[]): Promise<Tutor> {
  await inviteMember(broker.deps, actor, { email, name: email.split('@')[0]!, roles })
  await deliverMails(broker.deps)
  const code = broker.mails.findLast(({ to }) => to === email)!.text.match(/^[\w-]{43}$/m)![0]
  const accountId = await accountWith(broker, email)
  await joinSupplier(broker.deps, accountId, code)
  return { email, actor: await actorOf(broker, accountId) }
}

async function accountWith({ db, clock }: TestBroker, email: string): Promise<AccountId> {
  const accountId = newId<AccountId>(clock.now())
  await db.insertInto('accounts').values({ account_id: accountId, email, language: 'nl', created_at: clock.now() }).execute()
  return accountId
}

async function actorOf({ db }: TestBroker, accountId: AccountId): Promise<MemberActor> {
  const [membership] = await membershipsOf(db, accountId)
  return { accountId, memberId: membership!.memberId, supplierId: membership!.supplierId }
}
