import type { MemberActor } from '../actors.ts'
import type { Deps } from '../deps.ts'
import { inviteAdministrator, inviteMember, joinSupplier } from '../members/invite-member.ts'
import { membershipsOf } from '../members/members.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { MEMBERS, type Member } from './cast.ts'
import type { World } from './world.ts'
import { accountOf, invitationOf } from './world-people.ts'

/** The operator invites the first of each supplier, who invites the colleagues; each joins by the code from the mail. */
export async function makeMembers(deps: Deps, { suppliers }: Pick<World, 'suppliers'>): Promise<World['members']> {
  const members: World['members'] = {}
  for (const member of MEMBERS) {
    const { supplierId } = suppliers[member.supplier]!
    const inviter = Object.values(members).find((other) => other.supplierId === supplierId)
    const { email, name, roles } = member
    if (inviter) await inviteMember(deps, inviter, { email, name, roles })
    else await inviteAdministrator(deps, supplierId, { email, name })
    await deliverMails(deps)
    members[member.key] = await join(deps, member)
  }
  return members
}

async function join(deps: Deps, member: Member): Promise<MemberActor> {
  const code = await invitationOf(deps, member.email)
  const accountId = await accountOf(deps, member)
  const supplierId = await joinSupplier(deps, accountId, code)
  const membership = (await membershipsOf(deps.db, accountId)).find((one) => one.supplierId === supplierId)
  if (!membership) throw new Error(`${member.key} did not join`)
  return { accountId, memberId: membership.memberId, supplierId, signedInAt: deps.now() }
}
