import { onwardClause } from '../agreements/store.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, RequestId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { staffCouncil } from './council.ts'
import { everybody } from './release-request.ts'
import { heldCoverage, insertRelease } from './releases.ts'
import { requestStateAt } from './request.ts'
import { requestToChange } from './store.ts'

/**
 * Answers of staff pass on by themselves (D01). Where no agreement covered the use when it was asked of them, they do once one
 * does: an addendum was signed since, or the holder's clause. A job. What staff of the school took back is not released again.
 *
 * @returns how many requests were released
 */
export async function releaseStaffRequests({ db, now }: Deps, boardId: BoardId): Promise<number> {
  const at = now()
  const waiting = await inTransaction(db, { actor: 'job', boards: [boardId] }, (tx) =>
    tx
      .selectFrom('access_requests as q')
      .select('q.request_id')
      .where('q.board_id', '=', boardId)
      .where('q.approach', '=', 'organisation')
      .where('q.subject_kind', '=', 'employee')
      .where('q.forwarded_at', 'is not', null)
      .where('q.refused_at', 'is', null)
      .where('q.withdrawn_at', 'is', null)
      .where('q.ends_at', '>', at)
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('releases as r')
              .select('r.release_id')
              .whereRef('r.board_id', '=', 'q.board_id')
              .whereRef('r.request_id', '=', 'q.request_id'), // releases_by_request
          ),
        ),
      )
      .orderBy('q.request_id')
      .execute(),
  )
  let released = 0
  for (const { request_id } of waiting) if (await releaseByItself({ db }, boardId, request_id, at)) released += 1
  return released
}

async function releaseByItself({ db }: Pick<Deps, 'db'>, boardId: BoardId, requestId: RequestId, at: Date): Promise<boolean> {
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const request = await requestToChange(tx, boardId, requestId)
    if (requestStateAt(request, at).state !== 'forwarded' || request.releases.length > 0) return false
    if (!(await staffCouncil(tx, request))) return false
    const agreementId = await heldCoverage(tx, request, at)
    if (!agreementId || !(await onwardClause(tx, boardId, request.holderId, request.datatypes, at))) return false
    const named = await everybody(tx, request, at)
    const release = await insertRelease(tx, at, request, { agreementId, coversLater: true, by: 'job', named })
    await enqueueEvent(tx, ...release.events)
    await append(tx, release.entry)
    return true
  })
}
