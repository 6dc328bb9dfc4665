import { sql } from 'kysely'
import type { SupplierActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type Lead, type ListedGrant, listGrants } from './list-grants.ts'

/** What has more than so many has a program. */
const MOST = 500

/**
 * The grants that people gave a supplier by the questions its own people asked them in the web app (`prepared_asks`), the oldest
 * question first (`listGrants`). No school has a part in these. Does NOT check who asks.
 */
export async function grantsAskedDirectly(deps: Deps, { supplierId }: SupplierActor): Promise<ListedGrant[]> {
  const at = deps.now()
  const asked = await deps.db
    .selectFrom('prepared_asks')
    .select(['board_id', 'consent_id', 'reference'])
    .where('supplier_id', '=', supplierId) // prepared_asks_by_supplier
    .where('consent_id', 'is not', null)
    .orderBy('asked_at', 'desc')
    .limit(MOST)
    .execute()
  const grants: ListedGrant[] = []
  for (const boardId of new Set(asked.flatMap(({ board_id }) => board_id ?? []))) {
    // The same question asked again is one consent: the newest reference is what it goes by.
    const ofBoard = asked.filter(({ board_id }) => board_id === boardId).toReversed()
    const references = new Map(ofBoard.map(({ consent_id, reference }) => [consent_id, reference]))
    grants.push(
      ...(await inTransaction(deps.db, { actor: 'client', boards: [boardId] }, async (tx) => {
        const { rows } = await sql<Omit<Lead, 'reference'>>`
          select c.consent_id as "consentId", null as "releaseId", i.holder_id as "holderId", h.resource
          from consents c -- consents_pkey
          join items i on i.board_id = c.board_id and i.item_id = c.item_id
          join holders h on h.holder_id = i.holder_id
          where c.board_id = ${boardId} and c.consent_id = any(${[...references.keys()]}::uuid[]) and i.supplier_id = ${supplierId}
            and c.approach = 'subject' order by c.consent_id`.execute(tx)
        const leads = rows.map((row) => ({ ...row, reference: references.get(row.consentId)! }))
        return await listGrants(tx, { boardId, supplierId }, leads, [], at)
      })),
    )
  }
  return grants
}
