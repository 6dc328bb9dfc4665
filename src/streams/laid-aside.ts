import type { Selectable } from 'kysely'
import type { MemberActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { EventId, StreamId } from '../ids.ts'
import { mustBeMember } from '../members/members.ts'
import { type Reader, type Receiver, streamOf } from './streams.ts'
import type { StreamEventTable } from './tables.ts'

/** Waiting is also what is held by one laid aside before it, about the same subject. */
export const EVENT_STATES = ['waiting', 'delivered', 'done', 'laid_aside', 'skipped'] as const

export interface StreamEventView {
  eventId: EventId
  state: (typeof EVENT_STATES)[number]
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
    .select(['event_id', 'attempts', 'last_error', 'taken_in_at', 'delivered_at', 'dead_at', 'done_at', 'skipped_at'])
    .where('stream_id', '=', streamId)
    .$if(
      state === 'waiting',
      (query) => query.where('delivered_at', 'is', null).where('dead_at', 'is', null).where('skipped_at', 'is', null), // stream_events_waiting
    )
    .$if(state === 'delivered', (query) => query.where('delivered_at', 'is not', null).where('done_at', 'is', null))
    .$if(state === 'done', (query) => query.where('done_at', 'is not', null))
    .$if(state === 'laid_aside', (query) => query.where('dead_at', 'is not', null)) // stream_events_dead
    .$if(state === 'skipped', (query) => query.where('skipped_at', 'is not', null))
    .orderBy('nr', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    eventId: row.event_id,
    state: stateOf(row),
    attempts: row.attempts,
    lastError: row.last_error,
    takenInAt: row.taken_in_at,
    deliveredAt: row.delivered_at,
    doneAt: row.done_at,
  }))
}

function stateOf(row: Pick<Selectable<StreamEventTable>, 'dead_at' | 'done_at' | 'delivered_at' | 'skipped_at'>): StreamEventView['state'] {
  const { dead_at, done_at, delivered_at, skipped_at } = row
  if (skipped_at) return 'skipped'
  if (dead_at) return 'laid_aside'
  if (done_at) return 'done'
  return delivered_at ? 'delivered' : 'waiting'
}

/**
 * How many wait behind one that was laid aside, about the same subject; those are told in order once it is sent again or skipped.
 *
 * @throws Refusal `stream_not_found`
 */
export async function heldEvents({ db }: Deps, receiver: Reader, streamId: StreamId): Promise<number> {
  await streamOf(db, receiver, streamId)
  const { held } = await db
    .selectFrom('stream_events as d')
    .select(({ fn }) => fn.countAll<string>().as('held'))
    .where('d.stream_id', '=', streamId)
    .where('d.delivered_at', 'is', null)
    .where('d.dead_at', 'is', null)
    .where('d.skipped_at', 'is', null) // stream_events_waiting
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('stream_events as e')
          .select('e.nr')
          .whereRef('e.stream_id', '=', 'd.stream_id')
          .whereRef('e.subject_key', '=', 'd.subject_key')
          .whereRef('e.nr', '<', 'd.nr')
          .where('e.dead_at', 'is not', null), // stream_events_dead
      ),
    )
    .executeTakeFirstOrThrow()
  return Number(held)
}

/**
 * Sends events that were laid aside once more, from the beginning, before those that wait behind them; without `eventIds` all of them.
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
 * Lets go of events that were laid aside: they never come, and what waits behind them goes on. Without `eventIds` all of them.
 *
 * @returns how many were let go
 * @throws Refusal `stream_not_found`
 */
export async function skipEvents({ db, now }: Deps, receiver: Reader, streamId: StreamId, eventIds?: EventId[]): Promise<number> {
  await streamOf(db, receiver, streamId)
  const { numUpdatedRows } = await db
    .updateTable('stream_events')
    .set({ skipped_at: now(), dead_at: null, payload: null })
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
 * As `retryEvents` or `skipEvents`, by an engineer in the web app.
 *
 * @throws Refusal `member_role_missing`, `stream_not_found`
 */
export async function settleByMember(deps: Deps, actor: MemberActor, streamId: StreamId, how: 'retry' | 'skip'): Promise<number> {
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, (tx) => mustBeMember(tx, actor, ['engineer']))
  return await (how === 'retry' ? retryEvents : skipEvents)(deps, actor, streamId)
}
