import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type NominationId, newId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { inviteIn } from '../members/invite-member.ts'
import { MEMBER_ROLES } from '../members/member.ts'
import { membersOfSupplier } from '../members/members.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { supplierById } from './store.ts'
import { linkSupplierToBoard } from './supplier-boards.ts'
import type { SupplierKind } from './supplier-kind.ts'

/** Whom to invite, at the company's own address. */
export interface Contact {
  name: string
  email: string
}

/**
 * A board's administrator invites the first person of a supplier that is registered and has nobody here yet. The board must not be
 * able to become the supplier: the address has to be at the domain that the operator verified.
 *
 * @throws Refusal `mandate_missing`, `supplier_not_found`, `supplier_without_domain`, `address_not_of_supplier`, `supplier_has_people`
 */
export async function inviteSupplier(
  deps: Deps,
  actor: PersonActor,
  { supplierId, contact }: { supplierId: SupplierId; contact: Contact },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  await inTransaction(deps.db, { actor: 'operator', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const supplier = await supplierById(tx, supplierId)
    if (!supplier) throw new Refusal('supplier_not_found')
    if (!supplier.domain) throw new Refusal('supplier_without_domain')
    if (!isAt(contact.email, supplier.domain)) throw new Refusal('address_not_of_supplier')
    if ((await membersOfSupplier(tx, supplierId)).length > 0) throw new Refusal('supplier_has_people')
    await linkSupplierToBoard(tx, supplierId, boardId, at)
    const by = `person:${actor.personId}` as const
    const { entry } = await inviteIn(tx, deps, supplierId, { ...contact, roles: [...MEMBER_ROLES] }, by)
    await append(tx, entry, { ...entry, boardId, approach: 'organisation' })
  })
}

/**
 * A board's administrator names a company that is not here yet. The operator verifies its name and domain, and then invites the contact.
 *
 * @throws Refusal `mandate_missing`, `address_not_of_supplier`, `nominated_already` while the same domain waits for an answer
 */
export async function nominateSupplier(
  deps: Deps,
  actor: PersonActor,
  { legalName, kind, domain, contact }: { legalName: string; kind: SupplierKind; domain: string; contact: Contact },
): Promise<NominationId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const nominationId = newId<NominationId>(at)
  if (!isAt(contact.email, domain)) throw new Refusal('address_not_of_supplier')
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('supplier_nominations')
      .values({
        board_id: boardId,
        nomination_id: nominationId,
        legal_name: legalName,
        kind,
        domain: domain.toLowerCase(),
        contact_name: contact.name,
        contact_email: contact.email.toLowerCase(),
        nominated_by: personId,
        nominated_at: at,
      })
      .onConflict((conflict) => conflict.doNothing()) // supplier_nominations_one_open
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('nominated_already')
    const facts = { legalName, kind, domain, contact: await commitment(tx, boardId, personId, JSON.stringify(contact)) }
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'supplier_nominated',
      actor: `person:${personId}`,
      ref: nominationId,
      facts,
    })
  })
  return nominationId
}

const isAt = (email: string, domain: string) => {
  const host = email.toLowerCase().split('@').at(-1)!
  return host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`)
}
