import { startSession } from '../../src/accounts/sessions.ts'
import type { MemberActor } from '../../src/actors.ts'
import { type AccountId, type MemberId, newId, type SupplierId } from '../../src/ids.ts'
import type { MemberRole } from '../../src/members/member.ts'
import type { TestBroker } from './broker.ts'
import { Visitor } from './visitor.ts'

/** Somebody who works for a supplier, signed in: put there row by row. */
export async function supplierPerson(
  broker: TestBroker,
  app: ConstructorParameters<typeof Visitor>[0],
  { supplierId, name, roles }: { supplierId: SupplierId; name: string; roles: MemberRole[] },
): Promise<{ actor: MemberActor; visitor: Visitor; path: string }> {
  const at = broker.clock.now()
  const [accountId, memberId] = [newId<AccountId>(at), newId<MemberId>(at)]
  await broker.db
    .insertInto('accounts')
    .values({ account_id: accountId, email: `${memberId}@supplier.example`, language: 'nl', created_at: at })
    .execute()
  await broker.db
    .insertInto('members')
    .values({ member_id: memberId, supplier_id: supplierId, account_id: accountId, name, roles, joined_at: at })
    .execute()
  const visitor = new Visitor(app, { origin: broker.deps.issuer })
  visitor.cookies.set('__Host-session', await startSession(broker.db, accountId, at, { method: 'code' }))
  return { actor: { accountId, memberId, supplierId, signedInAt: at }, visitor, path: `/supplier/${supplierId}` }
}
