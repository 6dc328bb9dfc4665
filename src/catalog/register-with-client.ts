import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, HolderId, SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { checkedClient, type FirstClient, type HoldersClient, putClient } from './register-client.ts'
import { type NewHolder, registerHolderIn } from './register-holder.ts'
import { type NewSupplier, registerSupplierIn } from './register-supplier.ts'

/**
 * The operator takes in a supplier with its first client: both, or neither.
 *
 * @throws Refusal as `registerClient`
 */
export async function registerSupplierWithClient(
  deps: Deps,
  supplier: NewSupplier,
  first: FirstClient,
): Promise<{ supplierId: SupplierId; clientId: ClientId }> {
  const at = deps.now()
  const client = await checkedClient(deps, first, at)
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const { supplierId, entry } = await registerSupplierIn(tx, supplier, at)
    await append(tx, entry)
    await putClient(tx, client, { ...first, supplierId }, at, 'operator')
    return { supplierId, clientId: client.client_id }
  })
}

/**
 * The operator takes in a data holder with the client by which it comes: both, or neither.
 *
 * @throws Refusal as `registerHolder` and `registerClient`
 */
export async function registerHolderWithClient(
  deps: Deps,
  holder: NewHolder,
  its: HoldersClient,
): Promise<{ holderId: HolderId; clientId: ClientId }> {
  const at = deps.now()
  const client = await checkedClient(deps, its, at)
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const holderId = await registerHolderIn(tx, holder, at)
    await putClient(tx, client, { ...its, holderId }, at, 'operator')
    return { holderId, clientId: client.client_id }
  })
}
