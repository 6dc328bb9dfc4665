import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ClientId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { holderByResource } from './store.ts'

/**
 * The operator says for which holders a client may ask, by their resources; null for any. Tokens that are out live out their
 * minutes.
 *
 * @throws Refusal `client_not_found`, `holder_not_found`
 */
export async function limitClient(
  deps: Deps,
  { clientId, holders }: { clientId: ClientId; holders: readonly string[] | null },
): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    for (const resource of holders ?? []) if (!(await holderByResource(tx, resource))) throw new Refusal('holder_not_found')
    const { numUpdatedRows } = await tx
      .updateTable('clients')
      .set({ holder_resources: holders ? [...holders] : null })
      .where('client_id', '=', clientId) // clients_pkey
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('client_not_found')
    await append(tx, { boardId: null, approach: 'operator', at, event: 'client_limited', actor: 'operator', facts: { clientId, holders } })
  })
}
