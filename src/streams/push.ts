import { sql } from 'kysely'
import type { Deps } from '../deps.ts'
import type { EventId } from '../ids.ts'
import { currentKey, type KeyRow } from '../oauth/keys.ts'
import { OutsideError } from '../outside.ts'
import { unseal } from '../sealing.ts'
import { securityEvent } from './security-event.ts'
import { authorizationOf, type Stream } from './streams.ts'
import { type Said, sealedFor, takeIn } from './take-in.ts'

const LEASE_SECONDS = 60
/** So many go to one receiver at once, so that it is not flooded, and to so many receivers. */
const AT_ONCE = 25
const STREAMS_AT_ONCE = 16
const LONGEST_WAIT_SECONDS = 3600
/** An event that could not be delivered for this long is laid aside, for somebody to look at. */
const GIVE_UP_AFTER_MS = 3 * 86_400_000
/** What the receiver says is wrong with the event itself is told it again so often, then laid aside. */
const MOST_REJECTIONS = 5
/** And what passes when it knows our keys again, or lets us in again, is tried for as long as an endpoint that is down (RFC 8935 §2.4). */
const OF_THE_RECEIVER = new Set(['invalid_key', 'authentication_failed', 'access_denied'])
/** A turn begins nothing later than this. */
const TURN_MS = 20_000
/** Who takes longer than this over what goes to it at once gets no more in this turn, as soon as others wait for the next. */
const SLOW_MS = 1_000

/**
 * Takes in what happened and pushes what is due (RFC 8935), of each subject in order: the next goes when the one before it was
 * delivered, and one that was laid aside holds the ones behind it until somebody sends it again or skips it. Each receiver in a lane of its own: one that is slow or out of reach rests for a while, longer each
 * time, and holds up no other longer than one answer may take. Any number of processes may do this at once. An event can go out twice when a process dies
 * between sending and saying so; its `jti` tells.
 *
 * @returns how many were delivered
 */
export async function pushEvents(deps: Deps): Promise<number> {
  const turn: Turn = { until: Date.now() + TURN_MS, ended: 0 }
  const streams = await deps.db.selectFrom('event_streams').selectAll().where('status', '=', 'enabled').orderBy('stream_id').execute()
  let delivered = 0
  const lane = async () => {
    for (let stream = streams.shift(); stream; stream = streams.shift()) {
      const count = await pushTo(deps, stream, turn).catch((error: unknown) => {
        deps.log.error('event_stream_failed', { streamId: stream!.stream_id, error })
        return 0
      })
      turn.ended += 1
      delivered += count
    }
  }
  await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, lane))
  return delivered
}

interface Turn {
  until: number
  /** How many receivers have had theirs, and wait for the next turn. */
  ended: number
}

async function pushTo(deps: Deps, stream: Stream, turn: Turn): Promise<number> {
  await takeIn(deps, stream)
  if (stream.delivery === 'poll') return 0
  const key = await currentKey(deps.db, 'event', deps.now())
  let delivered = 0
  while (Date.now() < turn.until) {
    const claimed = await claim(deps, stream)
    if (claimed.length === 0) break
    const began = performance.now()
    const sent = await Promise.all(claimed.map((one) => sendOne(deps, stream, one, key)))
    await writeDown(deps, stream, sent)
    delivered += sent.filter(({ answer }) => answer === 'delivered').length
    if (sent.every(({ answer }) => answer !== 'delivered' && answer.came === 'nothing')) {
      await rest(deps, stream)
      break
    }
    await reached(deps, stream)
    if (turn.ended > 0 && performance.now() - began > SLOW_MS) break
  }
  return delivered
}

interface Claimed {
  event_id: EventId
  payload: string
  attempts: number
  first_tried_at: Date
}

/** The heads of the subjects' queues that are due. The stream's row is read anew: another process may have let it rest. */
async function claim({ db, now }: Deps, { stream_id: streamId }: Stream): Promise<Claimed[]> {
  const at = now()
  const { rows } = await sql<Claimed>`
    update stream_events set locked_until = ${new Date(at.getTime() + LEASE_SECONDS * 1000)}, attempts = attempts + 1,
      first_tried_at = coalesce(first_tried_at, ${at})
    where stream_id = ${streamId} and event_id in (
      select d.event_id from stream_events d join event_streams s on s.stream_id = d.stream_id
      where d.stream_id = ${streamId} and d.delivered_at is null and d.dead_at is null and d.skipped_at is null and d.run_at <= ${at} -- stream_events_waiting
        and (d.locked_until is null or d.locked_until <= ${at})
        and s.status = 'enabled' and (s.rests_until is null or s.rests_until <= ${at})
        and (d.subject_key is null or not exists (
          select from stream_events e where e.stream_id = d.stream_id and e.subject_key = d.subject_key and e.nr < d.nr -- stream_events_by_subject
            and e.delivered_at is null and e.skipped_at is null
        ))
      order by d.nr limit ${AT_ONCE} for update of d skip locked
    )
    returning event_id, payload, attempts, first_tried_at`.execute(db)
  return rows
}

/** Why one was not delivered, and what came back: the receiver says that the event is wrong, something else, or nothing at all. */
interface Undelivered {
  error: string
  came: 'rejection' | 'answer' | 'nothing'
}

/** What came of one that was sent. */
interface Sent extends Claimed {
  answer: 'delivered' | Undelivered
}

async function sendOne(deps: Deps, stream: Stream, claimed: Claimed, key: KeyRow | null): Promise<Sent> {
  const said = JSON.parse(await unseal(deps.secret, sealedFor(stream.stream_id, claimed.event_id), claimed.payload)) as Said
  return { ...claimed, answer: await send(deps, stream, await securityEvent(deps, stream.client_id, said, deps.now(), key)) }
}

/**
 * Writes down what came of those that were sent, in one statement: a backlog of a receiver must not take the connections that people need.
 * `attempts` fences: whoever lost the lease meanwhile changes nothing.
 */
async function writeDown(deps: Deps, { stream_id: streamId }: Stream, sent: readonly Sent[]): Promise<void> {
  const at = deps.now()
  const rows = sent.map(({ event_id, attempts, first_tried_at, answer }) => {
    if (answer === 'delivered') return { event_id, attempts, delivered: true, error: null, dead: false, run_at: null }
    const { error, came } = answer
    const dead = came === 'rejection' ? attempts >= MOST_REJECTIONS : at.getTime() - first_tried_at.getTime() >= GIVE_UP_AFTER_MS
    const wait = Math.min(LONGEST_WAIT_SECONDS, 2 ** attempts) * (0.5 + Math.random())
    if (dead) deps.log.warning('event_laid_aside', { streamId, eventId: event_id, attempts, error })
    return { event_id, attempts, delivered: false, error, dead, run_at: new Date(at.getTime() + wait * 1000).toISOString() }
  })
  await sql`
    update stream_events e set
      locked_until = null,
      last_error = r.error,
      delivered_at = case when r.delivered then ${at}::timestamptz end,
      payload = case when r.delivered then null else e.payload end,
      dead_at = case when r.dead then ${at}::timestamptz end,
      run_at = case when r.delivered or r.dead then e.run_at else r.run_at end
    from jsonb_to_recordset(${sql.val(rows)}::jsonb)
      as r (event_id uuid, attempts int, delivered boolean, error text, dead boolean, run_at timestamptz)
    where e.stream_id = ${streamId} and e.event_id = r.event_id and e.attempts = r.attempts -- stream_events_pkey
      and e.delivered_at is null`.execute(deps.db)
}

/** RFC 8935 §2.2: 202 is delivered; 400 with `err` says what is wrong with the SET (§2.3). */
async function send(deps: Deps, stream: Stream, set: string): Promise<'delivered' | Undelivered> {
  const authorization = stream.endpoint_authorization
    ? await unseal(deps.secret, authorizationOf(stream.stream_id), stream.endpoint_authorization)
    : undefined
  try {
    const { status, text } = await deps.outsideFetch(stream.endpoint_url!, {
      method: 'POST',
      headers: { 'content-type': 'application/secevent+jwt', accept: 'application/json', ...(authorization && { authorization }) },
      body: set,
    })
    if (status >= 200 && status < 300) return 'delivered'
    if (status === 400) {
      const err = errIn(text)
      return { error: `rejected: ${err}`, came: OF_THE_RECEIVER.has(err) ? 'answer' : 'rejection' }
    }
    return { error: `answered ${status}`, came: 'answer' }
  } catch (error) {
    return { error: error instanceof OutsideError ? error.fault : 'unreachable', came: 'nothing' }
  }
}

/** A code of the IANA registry of SET errors, or what looks like one; the receiver's own words are not kept. */
function errIn(text: string): string {
  try {
    const { err } = JSON.parse(text) as { err?: unknown }
    return typeof err === 'string' && /^[a-z_]{1,40}$/.test(err) ? err : 'unnamed'
  } catch {
    return 'unnamed'
  }
}

async function rest({ db, now }: Deps, { stream_id }: Stream): Promise<void> {
  const at = now()
  await sql`
    update event_streams set failures = failures + 1,
      rests_until = ${at}::timestamptz + make_interval(secs => least(${LONGEST_WAIT_SECONDS}, 2 ^ least(failures + 1, 20)) * (0.5 + random()))
    where stream_id = ${stream_id}`.execute(db)
}

async function reached({ db }: Deps, { stream_id }: Stream): Promise<void> {
  await db
    .updateTable('event_streams')
    .set({ failures: 0, rests_until: null })
    .where('stream_id', '=', stream_id)
    .where('failures', '>', 0)
    .execute()
}
