import { z } from 'zod'
import type { MemberActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName } from '../members/acting.ts'
import { mustBeMember } from '../members/members.ts'
import { Refusal } from '../refusal.ts'
import type { SupplierParty } from './store.ts'

export const supplierParty = z.strictObject({
  address: z.string().trim().max(300),
  registration: z.string().trim().max(100),
  representative: z.string().trim().max(200),
})

/**
 * A supplier says how contracts name it (M01): for those that nobody has signed yet and in which it was not named, and for
 * what it proposes from now on. What is written stays out of the ledger, for it names a person.
 *
 * @param by somebody of the supplier who handles contracts, or the operator on its written word
 * @param seen how it was when whoever sets it looked; absent where what others set does not matter
 * @throws Refusal `member_role_missing`, `supplier_not_found`; `changed_meanwhile` when it is not as it was seen
 */
export async function setSupplierParty(
  { db, now }: Deps,
  by: MemberActor | 'operator',
  { supplierId, party, seen }: { supplierId: SupplierId; party: SupplierParty; seen?: SupplierParty },
): Promise<void> {
  const at = now()
  const set = supplierParty.parse(party)
  await inTransaction(db, { actor: 'operator', boards: [] }, async (tx) => {
    if (by !== 'operator') await mustBeMember(tx, by, ['contracts'])
    const { numUpdatedRows } = await tx
      .updateTable('suppliers')
      .set(set)
      .where('supplier_id', '=', supplierId) // suppliers_pkey
      .$if(seen !== undefined, (query) =>
        query
          .where('address', '=', seen!.address)
          .where('registration', '=', seen!.registration)
          .where('representative', '=', seen!.representative),
      )
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal(seen ? 'changed_meanwhile' : 'supplier_not_found')
    await append(tx, {
      boardId: null,
      approach: 'operator',
      at,
      event: 'supplier_party_set',
      actor: by === 'operator' ? by : actorName(by),
      ref: supplierId,
      facts: {},
    })
  })
}
