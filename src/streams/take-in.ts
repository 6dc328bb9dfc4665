import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { factsOnTheWire, withPseudonyms } from '../grants/changes.ts'
import type { BoardId, EventId, StreamId } from '../ids.ts'
import { type Event, eventsAfter } from '../notifications/read.ts'
import { seal } from '../sealing.ts'
import { type EventType, typeOf } from './event-types.ts'
import type { Stream } from './streams.ts'

const AT_ONCE = 500

/** What a SET will say of one event. */
export interface Said {
  eventId: EventId
  type: EventType
  event: string
  approach: string
  /** The receiver's own pseudonym. */
  subject: string | null
  sequence: number | null
  ref: string
  facts: Record<string, unknown>
  at: string
}

/** What it is sealed for while it waits. */
export const sealedFor = (streamId: StreamId, eventId: EventId) => `stream-event:${streamId}:${eventId}`

/**
 * Takes what happened since the last time into a stream that is enabled, in order (INV-03): one row per event that its filter
 * lets through. Of many processes one does it; the others find nothing to do.
 *
 * @returns how many came in
 */
export async function takeIn(
  deps: Deps,
  { stream_id: streamId, supplier_id: supplierId, receiver_id: receiverId }: Stream,
): Promise<number> {
  const boards = await boardsOfSupplier(deps.db, supplierId)
  let taken = 0
  for (;;) {
    const at = deps.now()
    const { read, kept } = await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
      const stream = await tx
        .selectFrom('event_streams')
        .selectAll()
        .where('stream_id', '=', streamId) // event_streams_pkey
        .where('status', '=', 'enabled')
        .forUpdate()
        .skipLocked()
        .executeTakeFirst()
      if (!stream) return { read: 0, kept: 0 }
      const after = { xid: stream.place_xid, seq: stream.place_seq, eventId: stream.place_event_id }
      const events = await eventsAfter(tx, receiverId, after, AT_ONCE)
      const last = events.at(-1)?.place
      if (!last) return { read: 0, kept: 0 }
      const wanted = await filtered(tx, stream, events)
      const said = (await withPseudonyms(tx, receiverId, wanted)).map(saidOf)
      const rows = await Promise.all(
        said.map(async (one, n) => ({
          event_id: one.eventId,
          subject_key: subjectKey(wanted[n]!),
          payload: await seal(deps.secret, sealedFor(streamId, one.eventId), JSON.stringify(one)),
        })),
      )
      await sql`
        insert into stream_events (stream_id, event_id, subject_key, payload, run_at, taken_in_at)
        select ${streamId}, e.event_id, e.subject_key, e.payload, ${at}, ${at}
        from jsonb_to_recordset(${sql.val(rows)}::jsonb) as e (event_id uuid, subject_key text, payload text)
        on conflict do nothing`.execute(tx)
      await tx
        .updateTable('event_streams')
        .set({ place_xid: last.xid, place_seq: last.seq, place_event_id: last.eventId })
        .where('stream_id', '=', streamId)
        .execute()
      return { read: events.length, kept: rows.length }
    })
    taken += kept
    if (read < AT_ONCE) return taken
  }
}

/** Which events happened since the stream was opened and pass its filter; an event with no purpose of its own passes that of purposes. */
async function filtered(tx: Tx, { event_types, purposes, opened_snapshot }: Stream, events: Event[]): Promise<Event[]> {
  const since = events.filter(({ place }) => !wasWritten(opened_snapshot, place.xid))
  const ofType = event_types ? since.filter((one) => event_types.includes(typeOf(one))) : since
  if (!purposes || ofType.length === 0) return ofType
  const rows = ofType.map(({ boardId, eventId, ref, facts }) => ({
    boardId,
    eventId,
    ref,
    itemId: facts.itemId,
    requestId: facts.requestId,
  }))
  const { rows: purposeOf } = await sql<{ event_id: EventId; purpose: string | null }>`
    select e."eventId" as event_id, coalesce(
      (select i.purpose from items i where i.board_id = e."boardId" and i.item_id = e."itemId"),
      (select q.purpose from access_requests q where q.board_id = e."boardId" and q.request_id = coalesce(e."requestId", e.ref))
    ) as purpose
    from jsonb_to_recordset(${sql.val(rows)}::jsonb) as e ("boardId" uuid, "eventId" uuid, ref uuid, "itemId" uuid, "requestId" uuid)
  `.execute(tx)
  const out = new Set(purposeOf.filter(({ purpose }) => purpose !== null && !purposes.includes(purpose)).map(({ event_id }) => event_id))
  return ofType.filter(({ eventId }) => !out.has(eventId))
}

function saidOf({
  eventId,
  event,
  approach,
  subject,
  subjectSeq,
  ref,
  facts,
  at,
}: Awaited<ReturnType<typeof withPseudonyms>>[number]): Said {
  return {
    eventId,
    type: typeOf({ event, facts }),
    event,
    approach,
    subject,
    sequence: subjectSeq,
    ref,
    facts: factsOnTheWire(facts),
    at: at.toISOString(),
  }
}

/** Whether a transaction is one that a snapshot (`xmin:xmax:open,…`) sees, as `pg_visible_in_snapshot` tells. */
function wasWritten(snapshot: string, xid: string): boolean {
  const [xmin, xmax, open] = snapshot.split(':') as [string, string, string]
  return BigInt(xid) < BigInt(xmin) || (BigInt(xid) < BigInt(xmax) && !open.split(',').includes(xid))
}

/** Whose turn it is, without saying who: the row stands outside the board. */
function subjectKey({ boardId, subjectId, approach }: { boardId: BoardId; subjectId: string | null; approach: string }): string | null {
  if (!subjectId) return null
  return createHash('sha256').update(`${boardId} ${subjectId} ${approach}`).digest('base64url')
}
