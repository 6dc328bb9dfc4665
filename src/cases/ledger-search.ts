import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId } from '../ids.ts'
import { type ChainVerdict, verifyChain } from '../ledger/verify.ts'
import { mustHold } from '../people/mandates.ts'

/** An entry as the data protection officer reads it: who, what, when, and the facts with ids and commitments only. */
export interface FoundEntry {
  seq: string
  at: Date
  event: string
  actor: string
  ref: string | null
  body: string
  hash: string
}

export interface LedgerQuery {
  event?: string | undefined
  /** Whoever did it: a person, a client, the operator or a job, as the ledger names them. */
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
 * (P45): it names who did what. What companies asked directly stands in the other chain, which no member of staff sees.
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
    .$if(query.event !== undefined, (q) => q.where('event', '=', query.event!))
    .$if(query.actor !== undefined, (q) => q.where('actor', '=', query.actor!))
    .$if(query.ref !== undefined, (q) => q.where('ref', '=', query.ref!))
    .$if(query.from !== undefined, (q) => q.where('at', '>=', query.from!))
    .$if(query.until !== undefined, (q) => q.where('at', '<', query.until!))
    .$if(query.before !== undefined, (q) => q.where('seq', '<', query.before!))

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
