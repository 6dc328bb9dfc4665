import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Deps } from '../deps.ts'
import type { EventId, StreamId } from '../ids.ts'
import { currentKey } from '../oauth/keys.ts'
import { Refusal } from '../refusal.ts'
import { unseal } from '../sealing.ts'
import { securityEvent } from './security-event.ts'
import { type Receiver, type Stream, streamOf } from './streams.ts'
import { type Said, sealedFor, takeIn } from './take-in.ts'

/** Who asks to wait is answered after so long at the latest, with nothing. */
const LONGEST_WAIT_MS = 10_000

export interface Polling {
  maxEvents: number
  returnImmediately: boolean
  /** Events the receiver has got; and those it could not take, with its code for why. */
  ack: EventId[]
  setErrs: { eventId: EventId; err: string }[]
}

/**
 * What a receiver fetches (RFC 8936 §2.4), in order; each comes again until it is acknowledged. An event it could not take is
 * laid aside, and those behind it about the same subject are held.
 *
 * @throws Refusal `stream_not_found`, `stream_is_pushed`
 */
export async function pollEvents(
  deps: Deps,
  receiver: Receiver,
  streamId: StreamId,
  { maxEvents, returnImmediately, ack, setErrs }: Polling,
): Promise<{ sets: [EventId, string][]; moreAvailable: boolean }> {
  const stream = await streamOf(deps.db, receiver, streamId)
  if (stream.delivery !== 'poll') throw new Refusal('stream_is_pushed')
  await takeDown(deps, streamId, ack, setErrs)
  const until = Date.now() + LONGEST_WAIT_MS
  for (;;) {
    await takeIn(deps, stream)
    const found = await waiting(deps, stream, maxEvents)
    if (found.sets.length > 0 || returnImmediately || maxEvents === 0 || Date.now() >= until) return found
    await sleep(500)
  }
}

async function takeDown({ db, now }: Deps, streamId: StreamId, ack: EventId[], setErrs: Polling['setErrs']): Promise<void> {
  const at = now()
  const mine = db
    .updateTable('stream_events')
    .where('stream_id', '=', streamId)
    .where('delivered_at', 'is', null)
    .where('skipped_at', 'is', null)
  if (ack.length > 0) await mine.set({ delivered_at: at, payload: null, dead_at: null }).where('event_id', 'in', ack).execute()
  for (const { eventId, err } of setErrs) {
    await mine
      .set({ dead_at: at, last_error: `rejected: ${err}` })
      .where('event_id', '=', eventId)
      .execute()
  }
}

/** No event before it about the same subject lies aside. */
const notHeld = sql<boolean>`(subject_key is null or not exists (
  select from stream_events e where e.stream_id = stream_events.stream_id and e.subject_key = stream_events.subject_key -- stream_events_by_subject
    and e.nr < stream_events.nr and e.delivered_at is null and e.skipped_at is null and e.dead_at is not null
))`

async function waiting(deps: Deps, stream: Stream, most: number) {
  const rows = await deps.db
    .selectFrom('stream_events')
    .select(['event_id', 'payload'])
    .where('stream_id', '=', stream.stream_id) // stream_events_waiting
    .where('delivered_at', 'is', null)
    .where('dead_at', 'is', null)
    .where('skipped_at', 'is', null)
    .where(notHeld)
    .orderBy('nr')
    .limit(most + 1)
    .execute()
  const at = deps.now()
  const key = await currentKey(deps.db, 'event', at)
  const sets = await Promise.all(
    rows.slice(0, most).map(async ({ event_id, payload }): Promise<[EventId, string]> => {
      const said = JSON.parse(await unseal(deps.secret, sealedFor(stream.stream_id, event_id), payload!)) as Said
      return [event_id, await securityEvent(deps, stream.client_id, said, at, key)]
    }),
  )
  return { sets, moreAvailable: rows.length > most }
}
