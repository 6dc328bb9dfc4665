import type { SupplierActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { locate } from '../handles.ts'
import type { RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { closeRequest } from './close-request.ts'
import { mustBePossible, requestStateAt } from './request.ts'
import { requestToChange } from './store.ts'

/**
 * A supplier takes its request back: it needs the data no longer. What was released stops, and it must destroy what it got.
 * Also while it is suspended. Taking back again changes nothing.
 *
 * @throws Refusal `request_not_found` also for another supplier's, `request_closed`, `member_role_missing`
 */
export async function withdrawRequest({ db, now }: Deps, supplier: SupplierActor, requestId: RequestId): Promise<void> {
  const at = now()
  const { supplierId } = supplier
  const located = await locate(db, 'request', supplierId, requestId)
  if (!located) throw new Refusal('request_not_found')
  const { boardId } = located
  await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const request = await requestToChange(tx, boardId, requestId)
    if (request.supplierId !== supplierId) throw new Refusal('request_not_found')
    const state = requestStateAt(request, at)
    if (state.state === 'withdrawn') return
    mustBePossible('withdraw', state)
    await mustActFor(tx, supplier, ['contracts'])
    const by = actorName(supplier)
    const { events, ...closed } = await closeRequest(tx, at, request, by, 'request_withdrawn')
    const { numUpdatedRows } = await tx
      .updateTable('access_requests')
      .set({ withdrawn_at: at })
      .where('board_id', '=', boardId)
      .where('request_id', '=', requestId) // access_requests_pkey
      .where('refused_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    await enqueueEvent(tx, ...events)
    await append(tx, { boardId, approach: 'organisation', at, event: 'request_withdrawn', actor: by, ref: requestId, facts: { ...closed } })
  })
}
