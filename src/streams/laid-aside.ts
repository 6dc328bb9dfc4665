import type { MemberActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { EventId, StreamId } from '../ids.ts'
import { mustBeMember } from '../members/members.ts'
import { type Reader, type Receiver, streamOf } from './streams.ts'

export interface StreamEventView {
  eventId: EventId
  state: 'waiting' | 'delivered' | 'done' | 'laid_aside'
  attempts: number
  lastError: string | null
  takenInAt: Date
  deliveredAt: Date | null
  doneAt: Date | null
}

/**
 * How the events of a stream stand, newest first. Delivered is not done: done the receiver says itself.
 *
 * @throws Refusal `stream_not_found`
 */
export async function eventsOfStream(
  { db }: Deps,
  receiver: Reader,
  streamId: StreamId,
  { state, limit }: { state?: StreamEventView['state']; limit: number },
): Promise<StreamEventView[]> {
  await streamOf(db, receiver, streamId)
  const rows = await db
    .selectFrom('stream_events')
    .select(['event_id', 'attempts', 'last_error', 'taken_in_at', 'delivered_at', 'dead_at', 'done_at'])
    .where('stream_id', '=', streamId)
    .$if(state === 'waiting', (query) => query.where('delivered_at', 'is', null).where('dead_at', 'is', null)) // stream_events_waiting
    .$if(state === 'delivered', (query) => query.where('delivered_at', 'is not', null).where('done_at', 'is', null))
    .$if(state === 'done', (query) => query.where('done_at', 'is not', null))
    .$if(state === 'laid_aside', (query) => query.where('dead_at', 'is not', null)) // stream_events_dead
    .orderBy('nr', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    eventId: row.event_id,
    state: row.dead_at ? 'laid_aside' : row.done_at ? 'done' : row.delivered_at ? 'delivered' : 'waiting',
    attempts: row.attempts,
    lastError: row.last_error,
    takenInAt: row.taken_in_at,
    deliveredAt: row.delivered_at,
    doneAt: row.done_at,
  }))
}

/**
 * Sends events that were laid aside once more, from the beginning; without `eventIds` all of them.
 *
 * @returns how many go out again
 * @throws Refusal `stream_not_found`
 */
export async function retryEvents({ db, now }: Deps, receiver: Reader, streamId: StreamId, eventIds?: EventId[]): Promise<number> {
  await streamOf(db, receiver, streamId)
  const { numUpdatedRows } = await db
    .updateTable('stream_events')
    .set({ dead_at: null, attempts: 0, first_tried_at: null, run_at: now() })
    .where('stream_id', '=', streamId)
    .where('dead_at', 'is not', null) // stream_events_dead
    .$if(eventIds !== undefined, (query) => query.where('event_id', 'in', eventIds!))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/**
 * The receiver says that it has done what delivered events ask of it. Saying so again changes nothing.
 *
 * @returns how many are done now
 * @throws Refusal `stream_not_found`
 */
export async function reportDone({ db, now }: Deps, receiver: Receiver, streamId: StreamId, eventIds: EventId[]): Promise<number> {
  await streamOf(db, receiver, streamId)
  const { numUpdatedRows } = await db
    .updateTable('stream_events')
    .set({ done_at: now() })
    .where('stream_id', '=', streamId)
    .where('event_id', 'in', eventIds) // stream_events_pkey
    .where('delivered_at', 'is not', null)
    .where('done_at', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/**
 * As `retryEvents`, by an engineer in the web app.
 *
 * @throws Refusal `member_role_missing`, `stream_not_found`
 */
export async function retryByMember(deps: Deps, actor: MemberActor, streamId: StreamId): Promise<number> {
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, (tx) => mustBeMember(tx, actor, ['engineer']))
  return await retryEvents(deps, actor, streamId)
}
