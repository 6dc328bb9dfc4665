import { type Selectable, sql } from 'kysely'
import type { ClientActor, HolderActor, MemberActor } from '../actors.ts'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import { supplierOf } from '../grants/changes.ts'
import { type EventId, newId, type StreamId } from '../ids.ts'
import { isOutsideUrl } from '../outside-url.ts'
import { Refusal } from '../refusal.ts'
import { seal } from '../sealing.ts'
import type { EventType } from './event-types.ts'
import type { EventStreamTable } from './tables.ts'

/** A supplier needs few: one per system that listens. */
const MOST_STREAMS = 5

/** Before every event of a transaction. */
const FIRST_EVENT = '00000000-0000-0000-0000-000000000000' as EventId

export type Receiver = ClientActor | HolderActor

/** Who may look: a program, or somebody who works for whom it is. */
export type Reader = Receiver | MemberActor

const receiverIdOf = (receiver: Reader): string => ('supplierId' in receiver ? receiver.supplierId : receiver.holderId)

export interface Delivering {
  delivery: 'push' | 'poll'
  /** Where events are pushed to, and the `Authorization` header we come with. */
  endpointUrl?: string
  endpointAuthorization?: string
}

export interface Filter {
  /** Null: all of them. */
  eventTypes: EventType[] | null
  /** Events that have no purpose of their own, such as the end of an agreement, always come. */
  purposes: string[] | null
}

export type Stream = Selectable<EventStreamTable>

/** What the endpoint's `Authorization` is sealed for. */
export const authorizationOf = (streamId: StreamId) => `event-stream:${streamId}`

/**
 * Opens a stream of what happens from now on.
 *
 * @throws Refusal `stream_endpoint_invalid` for an address that is not https, public and on port 443; `too_many_streams`
 */
export async function openStream(
  deps: Deps,
  receiver: Receiver,
  { delivery, endpointUrl, endpointAuthorization, eventTypes, purposes }: Delivering & Filter,
): Promise<Stream> {
  const { db, now, secret } = deps
  if (endpointUrl !== undefined) mustBeEndpoint(deps, endpointUrl)
  const at = now()
  const streamId = newId<StreamId>(at)
  const receiverId = receiverIdOf(receiver)
  const supplierId = await supplierOf(deps, receiver)
  return await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`event-streams:${receiverId}`}, 0))`.execute(tx)
    const { count } = await tx
      .selectFrom('event_streams')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('receiver_id', '=', receiverId) // event_streams_by_receiver
      .executeTakeFirstOrThrow()
    if (Number(count) >= MOST_STREAMS) throw new Refusal('too_many_streams')
    return await tx
      .insertInto('event_streams')
      .values({
        stream_id: streamId,
        client_id: receiver.clientId,
        receiver_id: receiverId,
        supplier_id: supplierId,
        delivery,
        endpoint_url: endpointUrl ?? null,
        endpoint_authorization: endpointAuthorization ? await seal(secret, authorizationOf(streamId), endpointAuthorization) : null,
        event_types: eventTypes,
        purposes,
        status: 'enabled',
        made_at: at,
        opened_snapshot: sql<string>`pg_current_snapshot()::text`,
        place_xid: sql<string>`pg_snapshot_xmin(pg_current_snapshot())::text`,
        place_seq: '0',
        place_event_id: FIRST_EVENT,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

function mustBeEndpoint({ allowedLoopback }: Deps, url: string) {
  if (!isOutsideUrl(url, allowedLoopback)) throw new Refusal('stream_endpoint_invalid')
}

export async function streamsOf(db: Db, receiver: Reader): Promise<Stream[]> {
  return await db
    .selectFrom('event_streams')
    .selectAll()
    .where('receiver_id', '=', receiverIdOf(receiver)) // event_streams_by_receiver
    .orderBy('stream_id')
    .execute()
}

/** @throws Refusal `stream_not_found`, also for another's */
export async function streamOf(db: Db, receiver: Reader, streamId: StreamId): Promise<Stream> {
  const stream = await db
    .selectFrom('event_streams')
    .selectAll()
    .where('stream_id', '=', streamId) // event_streams_pkey
    .where('receiver_id', '=', receiverIdOf(receiver))
    .executeTakeFirst()
  if (!stream) throw new Refusal('stream_not_found')
  return stream
}

export interface StreamChange extends Partial<Filter> {
  status?: 'enabled' | 'paused'
  endpointUrl?: string
  endpointAuthorization?: string
}

/**
 * Changes a stream. A filter counts for what is taken in from then on. Enabled again, or at another address, it is tried at once.
 *
 * @throws Refusal `stream_not_found`, `stream_endpoint_invalid`, also an endpoint for a stream that is polled
 */
export async function changeStream(deps: Deps, receiver: Receiver, streamId: StreamId, change: StreamChange): Promise<Stream> {
  const { db, secret } = deps
  const { status, endpointUrl, endpointAuthorization, eventTypes, purposes } = change
  const stream = await streamOf(db, receiver, streamId)
  if (endpointUrl !== undefined || endpointAuthorization !== undefined) {
    if (stream.delivery === 'poll') throw new Refusal('stream_endpoint_invalid')
    if (endpointUrl !== undefined) mustBeEndpoint(deps, endpointUrl)
  }
  return await db
    .updateTable('event_streams')
    .set({
      ...(status && { status }),
      ...(endpointUrl && { endpoint_url: endpointUrl }),
      ...(endpointAuthorization && { endpoint_authorization: await seal(secret, authorizationOf(streamId), endpointAuthorization) }),
      ...(eventTypes !== undefined && { event_types: eventTypes }),
      ...(purposes !== undefined && { purposes }),
      rests_until: null,
      failures: 0,
    })
    .where('stream_id', '=', streamId)
    .where('receiver_id', '=', receiverIdOf(receiver))
    .returningAll()
    .executeTakeFirstOrThrow(() => new Refusal('stream_not_found'))
}

/** Closes a stream, with what waited in it. @throws Refusal `stream_not_found` */
export async function closeStream({ db }: Deps, receiver: Receiver, streamId: StreamId): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('event_streams')
    .where('stream_id', '=', streamId)
    .where('receiver_id', '=', receiverIdOf(receiver))
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new Refusal('stream_not_found')
}
