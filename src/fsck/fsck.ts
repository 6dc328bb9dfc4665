import { sql } from 'kysely'
import type { Db, Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { type Checkpoint, verifyChain } from '../ledger/verify.ts'
import type { Checkpoints } from './checkpoints.ts'
import { dutiesAreReplay, emptyDuties, replayDuties } from './duties-and-cases.ts'
import { entriesOf } from './entries.ts'
import { partsAreReplay, replayPart, type ToldParts } from './parts-of-records.ts'
import { recordsAreReplay, replayRecord, type ToldRecords } from './records.ts'
import { emptyReplay, replay } from './replay.ts'
import { talliesAreCounted } from './round-tallies.ts'
import { stateIsReplay } from './state-is-replay.ts'
import { Walk } from './tokens-and-answers.ts'
import { answersInTime, leastScope, noLiveTokenAfterTheEnd, statusUnique, timeBound } from './tokens-and-rows.ts'

export const INVARIANTS = {
  'INV-01': 'no live token after an acknowledged withdrawal',
  'INV-04': 'the ledger verifies',
  'INV-05': 'the state is what the ledger tells, and the other way round',
  'INV-06': 'nothing is decided twice, or after its end',
  'INV-09': 'no token goes beyond consent, contract, release and registration',
  'INV-10': 'no token outlives what it leans on',
  'INV-14': 'every token has a status of its own, set when it ended',
} as const

export type Invariant = keyof typeof INVARIANTS

export interface Checked {
  boards: number
  findings: Record<Invariant, string[]>
  /** The last entry of every chain that is whole. */
  heads: Map<string, Checkpoint>
}

/**
 * Reads a database and its ledger and finds every broken invariant. Changes nothing, needs no more rights than the broker
 * itself has, and sees one moment of a database that goes on working.
 *
 * @param seen the heads an earlier check gave, kept outside: without them a tail of the ledger that was cut off together
 *   with its state does not show
 */
export async function fsck(db: Db, seen: Checkpoints = new Map()): Promise<Checked> {
  const boards = await db.selectFrom('board_directory').select('board_id').distinct().orderBy('board_id').execute()
  const findings: Checked['findings'] = { 'INV-01': [], 'INV-04': [], 'INV-05': [], 'INV-06': [], 'INV-09': [], 'INV-10': [], 'INV-14': [] }
  const chains: Chains = { seen, heads: new Map(), looked: new Set() }
  await asOfNow(db, [], async (tx) => findings['INV-04'].push(...(await brokenChain(tx, 'operator', chains))))
  for (const { board_id } of boards) await asOfNow(db, [board_id], (tx) => checkBoard(tx, board_id, findings, chains))
  for (const chain of seen.keys()) if (!chains.looked.has(chain)) findings['INV-04'].push(`chain ${chain}: its board is gone`)
  return { boards: boards.length, findings, heads: chains.heads }
}

interface Chains {
  seen: Checkpoints
  heads: Map<string, Checkpoint>
  looked: Set<string>
}

async function asOfNow(db: Db, boards: BoardId[], work: (tx: Tx) => Promise<unknown>): Promise<void> {
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`select set_config('app.boards', ${boards.join(',')}, true), set_config('app.actor', 'operator', true)`.execute(tx)
      await work(tx)
    })
}

async function checkBoard(tx: Tx, boardId: BoardId, findings: Checked['findings'], chains: Chains): Promise<void> {
  const add = (invariant: Invariant, found: string[]) => findings[invariant].push(...found)
  for (const approach of ['organisation', 'subject']) add('INV-04', await brokenChain(tx, `${boardId}:${approach}`, chains))
  const told = emptyReplay()
  const duties = emptyDuties()
  const records: ToldRecords = new Map()
  const parts: ToldParts = new Set()
  const walk = await Walk.of(tx, boardId)
  for await (const entry of entriesOf(tx, boardId)) {
    replay(told, entry)
    replayDuties(duties, entry)
    replayRecord(records, entry)
    replayPart(parts, entry)
    walk.take(entry)
  }
  for (const [invariant, found] of Object.entries(walk.found)) add(invariant as Invariant, found)
  add('INV-01', await noLiveTokenAfterTheEnd(tx, boardId))
  add('INV-05', await stateIsReplay(tx, boardId, told))
  add('INV-05', await dutiesAreReplay(tx, boardId, duties))
  add('INV-05', await recordsAreReplay(tx, boardId, records))
  add('INV-05', await partsAreReplay(tx, boardId, parts))
  add('INV-05', await talliesAreCounted(tx, boardId))
  add('INV-06', await answersInTime(tx, boardId))
  add('INV-09', await leastScope(tx, boardId))
  add('INV-10', await timeBound(tx, boardId))
  add('INV-14', await statusUnique(tx, boardId))
}

async function brokenChain(tx: Tx, chain: string, { seen, heads, looked }: Chains): Promise<string[]> {
  looked.add(chain)
  const verdict = await verifyChain(tx, chain, seen.get(chain))
  if (!verdict.whole) return [`chain ${chain}: entry ${verdict.seq} is wrong (${verdict.why})`]
  if (verdict.head) heads.set(chain, verdict.head)
  return []
}

/** One line per invariant; under a broken one what was found. */
export function reportOf({ boards, findings }: Checked): string {
  const lines = Object.entries(INVARIANTS).map(([invariant, says]) => {
    const found = findings[invariant as Invariant]
    if (found.length === 0) return `${invariant}  holds   ${says}`
    return [`${invariant}  BROKEN  ${says}: ${found.length} finding(s)`, ...found.map((finding) => `          ${finding}`)].join('\n')
  })
  return [`${boards} board(s)`, ...lines].join('\n')
}
