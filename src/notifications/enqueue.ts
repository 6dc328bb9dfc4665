import { sql } from 'kysely'
import type { Approach } from '../approach.ts'
import type { Tx } from '../database.ts'
import type { Deps, Mail } from '../deps.ts'
import { type BoardId, type DeliveryId, type EventId, newId, type PersonId } from '../ids.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import { seal } from '../sealing.ts'
import type { Reminds } from './reminds.ts'

export interface NewEvent {
  boardId: BoardId
  approach: Approach
  /** The supplier, holder or person it is for. */
  receiverId: string
  event: LedgerEvent
  subjectId?: PersonId
  /** The thing it is about. */
  ref: string
  /** Ids, codes and times; no personal content. */
  facts?: Record<string, unknown>
  at: Date
}

/**
 * Writes what has to be told into the transaction of the act, just before the ledger entry. Events about one subject to
 * one receiver are numbered without a gap in each approach, and the column `xid` never goes back for them: whoever reads
 * in the order (xid, subject_seq, event_id) up to the oldest open transaction skips nothing and has each subject in order.
 *
 * The numbers are taken under a lock per board, receiver and approach that is held until commit; the locks are taken in
 * sorted order, so give all events of an act in one call.
 */
export async function enqueueEvent(tx: Tx, ...events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const queues = [...new Set(events.map(({ boardId, receiverId, approach }) => `events:${boardId}:${receiverId}:${approach}`))].toSorted()
  for (const queue of queues) await sql`select pg_advisory_xact_lock(hashtextextended(${queue}, 0))`.execute(tx)
  const rows = events.map(({ at, ...event }, nr) => ({ ...event, nr, at: at.toISOString(), eventId: newId<EventId>(at) }))
  // A statement of its own: only one that begins after the locks are held sees the last numbers.
  await sql`
    with new as (
      select * from jsonb_to_recordset(${sql.val(rows)}::jsonb) as e (
        nr int, "eventId" uuid, "boardId" uuid, approach text, "receiverId" uuid, event text, "subjectId" uuid, ref uuid, facts jsonb, at timestamptz
      )
    ), last as (
      select n."boardId", n."receiverId", n.approach, n."subjectId", max(e.subject_seq) as seq, max(e.xid) as xid
      from (select distinct "boardId", "receiverId", approach, "subjectId" from new where "subjectId" is not null) n
      join events e on e.board_id = n."boardId" and e.receiver_id = n."receiverId" and e.subject_id = n."subjectId" and e.approach = n.approach
      group by 1, 2, 3, 4
    )
    insert into events (board_id, event_id, approach, receiver_id, event, subject_id, subject_seq, ref, facts, at, xid)
    select n."boardId", n."eventId", n.approach, n."receiverId", n.event, n."subjectId",
      case when n."subjectId" is not null then coalesce(l.seq, 0) + row_number() over (
        partition by n."boardId", n."receiverId", n.approach, n."subjectId" order by n.nr
      ) end,
      n.ref, coalesce(n.facts, '{}'), n.at, greatest(pg_current_xact_id(), l.xid)
    from new n left join last l using ("boardId", "receiverId", approach, "subjectId")
  `.execute(tx)
}

export interface NewMail extends Mail {
  /** A second mail with the same key is not sent. Ids only: it is kept in clear after delivery. */
  dedupKey?: string
  /** Not sent before. Absent: as soon as may be. */
  notBefore?: Date
  /** Never sent in the quiet hours, however late its turn comes. */
  byDay?: boolean
  /** Whom it tells to look at what is done with data, of which board: once it went, they are informed. */
  informs?: { boardId: BoardId; personIds: PersonId[] }
  /** Not sent any more once nothing of this waits. */
  reminds?: Reminds
  at: Date
}

/**
 * Writes a mail into the transaction of the act. What it says is sealed and erased on delivery. Sending is up to
 * `deliverMails`, which the edge starts after the commit with `deps.afterwards`.
 *
 * @returns whether it was written: false when there is one with this key
 */
export async function enqueueMail(tx: Tx, deps: Pick<Deps, 'secret'>, mail: NewMail): Promise<boolean> {
  return (await enqueueMails(tx, deps, [mail])) === 1
}

/** As `enqueueMail`, many in one statement. Returns how many were written. */
export async function enqueueMails(tx: Tx, { secret }: Pick<Deps, 'secret'>, mails: readonly NewMail[]): Promise<number> {
  let written = 0
  for (let from = 0; from < mails.length; from += MAILS_PER_STATEMENT) {
    const rows = await Promise.all(
      mails
        .slice(from, from + MAILS_PER_STATEMENT)
        .map(async ({ to, subject, text, dedupKey, notBefore, byDay = false, informs, reminds, at }) => {
          const deliveryId = newId<DeliveryId>(at)
          return {
            delivery_id: deliveryId,
            kind: 'mail' as const,
            payload: await seal(secret, `mail:${deliveryId}`, JSON.stringify({ to, subject, text } satisfies Mail)),
            dedup_key: dedupKey,
            by_day: byDay,
            reminds,
            run_at: notBefore && notBefore > at ? notBefore : at,
            made_at: at,
            board_id: informs?.boardId,
            informs: informs?.personIds ?? [],
          }
        }),
    )
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('deliveries')
      .values(rows)
      .onConflict((conflict) => conflict.column('dedup_key').doNothing())
      .executeTakeFirstOrThrow()
    written += Number(numInsertedOrUpdatedRows)
  }
  return written
}

/** Ten parameters each, far below what one statement can take. */
const MAILS_PER_STATEMENT = 2000
