import { sql } from 'kysely'
import type { Db } from '../database.ts'
import type { Deps } from '../deps.ts'
import { Gather, perDatabase } from '../gather.ts'
import type { ClientId } from '../ids.ts'
import { Refusal, refusals } from '../refusal.ts'
import { OAuthError } from './oauth-error.ts'

/** How a request of a client was answered: nothing of what it asked, and of nobody. */
export interface AnsweredRequest {
  clientId: ClientId
  at: Date
  route: string
  status: number
  /** The public name of the error; empty where there was none. */
  code: string
}

/** The public name of what an answer said no with, as its client read it. */
export function codeOf(error: unknown, status: number): string {
  if (error instanceof OAuthError) return error.error
  if (error instanceof Refusal) return (refusals[error.code] as { as?: string }).as ?? error.code
  if (status === 401) return 'token_invalid'
  if (status === 403) return 'scope_insufficient'
  return status >= 400 ? 'unexpected' : ''
}

/**
 * Takes down that a request was answered, after the answer. A client id that nobody has is not taken down; one that somebody
 * merely claims to have is, since a wrong key is what an engineer most needs to see: counted by the minute, so it stays small.
 */
export function noteRequest(deps: Deps, request: AnsweredRequest): void {
  deps.afterwards(() => desk(deps.db).do({ db: deps.db, ...request }, '', ''))
}

const desk = perDatabase(() => new Gather(noteTogether, { lanes: 1, most: 256 }))

async function noteTogether(requests: (AnsweredRequest & { db: Db })[]): Promise<PromiseSettledResult<void>[]> {
  const counted = new Map<string, { client_id: ClientId; minute: Date; route: string; status: number; code: string; count: number }>()
  for (const { clientId, at, route, status, code } of requests) {
    const minute = new Date(Math.floor(at.getTime() / 60_000) * 60_000)
    const key = [clientId, minute.getTime(), route, status, code].join(' ')
    const known = counted.get(key) ?? { client_id: clientId, minute, route, status, code, count: 0 }
    counted.set(key, { ...known, count: known.count + 1 })
  }
  // In one order, so that two processes never wait for each other.
  const rows = [...counted.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  await sql`
    insert into client_requests as r (client_id, minute, route, status, code, count)
    select w.client_id, w.minute, w.route, w.status, w.code, w.count
    from jsonb_to_recordset(${sql.val(rows)}::jsonb) as w (client_id text, minute timestamptz, route text, status integer, code text, count integer)
    join clients c on c.client_id = w.client_id -- clients_pkey
    on conflict (client_id, minute, route, status, code) do update set count = r.count + excluded.count`.execute(requests[0]!.db)
  return requests.map(() => ({ status: 'fulfilled', value: undefined }))
}

export interface LoggedRequest {
  minute: Date
  route: string
  status: number
  code: string
  count: number
}

/** The newest of a client, at most `limit`. Does NOT check whose client it is: whoever calls has. */
export async function requestsOf(
  db: Db,
  clientId: ClientId,
  { limit, errors = false }: { limit: number; errors?: boolean },
): Promise<LoggedRequest[]> {
  return await db
    .selectFrom('client_requests')
    .select(['minute', 'route', 'status', 'code', 'count'])
    .where('client_id', '=', clientId) // client_requests_pkey
    .$if(errors, (query) => query.where('code', '!=', ''))
    .orderBy('minute', 'desc')
    .orderBy('route')
    .limit(limit)
    .execute()
}
