import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { BoardId, EventId, PersonId } from '../ids.ts'

export interface EventPlace {
  xid: string
  seq: string
  eventId: EventId
}

export interface Event {
  boardId: BoardId
  eventId: EventId
  approach: Approach
  event: string
  subjectId: PersonId | null
  subjectSeq: number | null
  ref: string
  facts: Record<string, unknown>
  at: Date
  /** Where to go on after this one. */
  place: EventPlace
}

/**
 * What happened for one receiver after a place, oldest first: at most `limit`, none skipped, each subject in order (INV-03).
 *
 * Stops before the oldest transaction that is still open, so an event may come some moments late but never behind the
 * reader's back. Sees the boards of the transaction's scope only.
 */
export async function eventsAfter(tx: Tx, receiverId: string, after: EventPlace | undefined, limit: number): Promise<Event[]> {
  const rows = await tx
    .selectFrom('events')
    .select(['board_id', 'event_id', 'approach', 'event', 'subject_id', 'subject_seq', 'ref', 'facts', 'at'])
    .select([sql<string>`xid::text`.as('xid'), sql<string>`coalesce(subject_seq, 0)::text`.as('seq')])
    .where('receiver_id', '=', receiverId) // events_by_receiver
    .where(sql<boolean>`xid < pg_snapshot_xmin(pg_current_snapshot())`)
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(xid, coalesce(subject_seq, 0), event_id) > (${after!.xid}::xid8, ${after!.seq}::bigint, ${after!.eventId}::uuid)`,
      ),
    )
    .orderBy(sql`events.xid, coalesce(events.subject_seq, 0), events.event_id`) // the column, not the text selected under its name
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    boardId: row.board_id,
    eventId: row.event_id,
    approach: row.approach,
    event: row.event,
    subjectId: row.subject_id,
    subjectSeq: row.subject_seq === null ? null : Number(row.subject_seq),
    ref: row.ref,
    facts: row.facts,
    at: row.at,
    place: { xid: row.xid, seq: row.seq, eventId: row.event_id },
  }))
}
