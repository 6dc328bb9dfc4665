import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import type { LedgerEvent } from '../ledger/events.ts'
import { type ChainVerdict, verifyChain } from '../ledger/verify.ts'
import { patternsOf } from '../people/find-persons.ts'
import { mustHold } from '../people/mandates.ts'

/** An entry as the data protection officer reads it: who, what, when, and the facts with ids and commitments only. */
export interface FoundEntry {
  /** Where it stands in the chain. Not to be shown: what is missing between two would tell how often staff answered, and what. */
  seq: string
  at: Date
  event: LedgerEvent
  actor: string
  ref: string | null
  body: string
  hash: string
}

export interface LedgerQuery {
  event?: LedgerEvent | undefined
  /** Whoever did it, as the ledger names them; or words of the name of somebody at the board. */
  actor?: string | undefined
  /** What it is about, by its id. */
  ref?: string | undefined
  from?: Date | undefined
  until?: Date | undefined
  /** Entries before this one, for the next page. */
  before?: string | undefined
}

export const PAGE = 100
/** So many at most in a file: a board writes some tens of thousands a year. */
export const MOST_EXPORTED = 200_000

/**
 * The organisation-oriented entries of the board's ledger that fit, the newest first. For the data protection officer alone
 * (P45): it names who did what. What companies asked directly stands in the other chain, which no member of staff sees; and what
 * tells how a member of staff answered is left out, for nobody at the board sees that (D10).
 *
 * @throws Refusal `mandate_missing`
 */
export async function searchLedger(deps: Deps, actor: PersonActor, query: LedgerQuery, limit = PAGE): Promise<FoundEntry[]> {
  return await asDpo(deps, actor, (tx) => findEntries(tx, actor.boardId, query, limit))
}

/** As `searchLedger`. Does NOT check who asks. */
export async function findEntries(tx: Tx, boardId: BoardId, query: LedgerQuery, limit: number): Promise<FoundEntry[]> {
  const rows = await entriesThatFit(tx, boardId, query)
    .select(['seq', 'at', 'event', 'actor', 'ref', 'body', 'hash'])
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, hash: Buffer.from(row.hash).toString('hex') }))
}

/** How many fit. Does NOT check who asks. */
export async function countEntries(tx: Tx, boardId: BoardId, query: LedgerQuery): Promise<number> {
  const row = await entriesThatFit(tx, boardId, query)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

const entriesThatFit = (tx: Tx, boardId: BoardId, query: LedgerQuery) =>
  tx
    .selectFrom('ledger')
    .where('chain', '=', `${boardId}:organisation`) // ledger_pkey
    .where(sql<boolean>`not ${tellsOfStaff(boardId)}`)
    .$if(query.event !== undefined, (q) => q.where('event', '=', query.event!))
    .$if(query.actor !== undefined, (q) => q.where(isBy(boardId, query.actor!)))
    .$if(query.ref !== undefined, (q) => q.where('ref', '=', query.ref!))
    .$if(query.from !== undefined, (q) => q.where('at', '>=', query.from!))
    .$if(query.until !== undefined, (q) => q.where('at', '<', query.until!))
    .$if(query.before !== undefined, (q) => q.where('seq', '<', query.before!))

/** From these the answer of one person can be told. */
const AFTER_AN_ANSWER: readonly LedgerEvent[] = [
  'answer_given',
  'answer_undone',
  'answer_shared',
  'answer_unshared',
  'consent_withdrawn',
  'consent_invalidated',
  'objection_made',
  'objection_decided',
  'release_joined',
  'token_issued',
  'tokens_ended',
  'use_reported',
  'data_viewed',
]

/** Whether an entry tells how a member of staff answered: it names their consent, or a token that rests on it. */
const tellsOfStaff = (boardId: BoardId) => sql<boolean>`(
  event = any(${[...AFTER_AN_ANSWER]}::text[]) and exists (
    select from regexp_matches(concat(ref, ' ', body), '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g') as named (id)
    where named.id[1] in (
      select unnest(array[c.consent_id::text, s.token_id::text])
      from items i
      left join rounds r on r.board_id = i.board_id and r.round_id = i.round_id -- rounds_pkey
      left join access_requests q on q.board_id = i.board_id and q.request_id = i.request_id -- access_requests_pkey
      join consents c on c.board_id = i.board_id and c.item_id = i.item_id -- consents_one_open
      left join token_supports s on s.board_id = c.board_id and s.consent_id = c.consent_id -- token_supports_by_consent
      where i.board_id = ${boardId} and i.approach = 'organisation' and coalesce(r.subject_kind, q.subject_kind) = 'employee'
    )
  )
)`

const AS_THE_LEDGER_NAMES = /^(person:|account:|client:|member:|operator$|job$)/

function isBy(boardId: BoardId, who: string) {
  if (AS_THE_LEDGER_NAMES.test(who)) return sql<boolean>`actor = ${who}`
  return sql<boolean>`actor in (
    select 'person:' || p.person_id from persons p -- persons_pkey
    where p.board_id = ${boardId} and p.given_name || ' ' || p.family_name ilike all (${patternsOf(who)}::text[])
  )`
}

/** Recomputes the chain that `searchLedger` reads. @throws Refusal `mandate_missing` */
export async function verifyLedger(deps: Deps, actor: PersonActor): Promise<ChainVerdict> {
  return await asDpo(deps, actor, (tx) => verifyChain(tx, `${actor.boardId}:organisation`))
}

async function asDpo<T>({ db, now }: Deps, actor: PersonActor, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await inTransaction(db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    await mustHold(tx, actor, ['dpo'], now())
    return await work(tx)
  })
}
