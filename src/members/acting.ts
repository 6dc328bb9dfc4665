import type { SupplierActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { LedgerActor } from '../ledger/append.ts'
import type { MemberRole } from './member.ts'
import { mustBeMember } from './members.ts'

/** Whoever acts for a supplier, as the ledger names them. */
export function actorName(actor: SupplierActor): LedgerActor {
  return 'clientId' in actor ? `client:${actor.clientId}` : `member:${actor.memberId}`
}

/**
 * Lets a supplier act: by its program, which the edge let in for this by its scope, or by one of its people who holds one of
 * these roles now, and keeps it until commit (`mustBeMember`).
 *
 * @throws Refusal `member_role_missing`
 */
export async function mustActFor(tx: Tx, actor: SupplierActor, roles: readonly MemberRole[]): Promise<void> {
  if ('memberId' in actor) await mustBeMember(tx, actor, roles)
}
