import type { PersonActor } from '../actors.ts'
import { plainText } from '../catalog/plain-text.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { Refusal } from '../refusal.ts'
import { closeRequest } from './close-request.ts'
import { requestOfStaff } from './staff.ts'

/**
 * The school refuses a request, before or after the question went out. Questions that nobody answered fall away. The
 * supplier is told that it was refused and not why; the same rests for a while (`rationing.ts`).
 *
 * @param because the school's own words, for its own file
 * @throws Refusal as `requestOfStaff`; `request_already_released`, `input_invalid`
 */
export async function refuseRequest(
  { db, now }: Deps,
  actor: PersonActor,
  { requestId, because }: { requestId: RequestId; because: string },
): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  const words = plainText(2000).safeParse(because)
  if (!words.success) throw new Refusal('input_invalid', { errors: [{ field: 'because', reason: 'is not plain text' }] })
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const request = await requestOfStaff(tx, actor, requestId, 'refuse', at)
    const { events, ...closed } = await closeRequest(tx, at, request, `person:${personId}`, 'request_refused')
    const { numUpdatedRows } = await tx
      .updateTable('access_requests')
      .set({ refused_at: at, refused_by: personId, refused_because: words.data })
      .where('board_id', '=', boardId)
      .where('request_id', '=', requestId) // access_requests_pkey
      .where('refused_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
    const approach = 'organisation'
    await enqueueEvent(tx, ...events, { boardId, approach, receiverId: request.supplierId, event: 'request_refused', ref: requestId, at })
    await append(tx, { boardId, approach, at, event: 'request_refused', actor: `person:${personId}`, ref: requestId, facts: { ...closed } })
  })
}
