import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { stopReleases } from './releases.ts'
import { requestOfStaff } from './staff.ts'

/**
 * The school takes back what it released on a request. Tokens end in this transaction; what people answered stays as it is,
 * so the school can release again.
 *
 * @throws Refusal as `requestOfStaff`; `release_not_found` when nothing is released
 */
export async function withdrawRelease({ db, now }: Deps, actor: PersonActor, requestId: RequestId): Promise<void> {
  const at = now()
  const { boardId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const request = await requestOfStaff(tx, actor, requestId, 'withdrawRelease', at)
    const by = `person:${actor.personId}` as const
    const { events, ...stopped } = await stopReleases(tx, at, request, by, 'release_withdrawn')
    await enqueueEvent(tx, ...events)
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'release_withdrawn',
      actor: by,
      ref: requestId,
      facts: { ...stopped },
    })
  })
}
