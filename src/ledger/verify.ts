import { sql } from 'kysely'
import { sha256 } from '../canonical.ts'
import type { Tx } from '../database.ts'

/** The last entry somebody outside saw: by it a tail that was cut off is found. */
export interface Checkpoint {
  seq: bigint
  hash: Uint8Array
}

export type ChainVerdict =
  | { whole: true; entries: number; head: Checkpoint | undefined }
  | { whole: false /** The first wrong place. */; seq: bigint; why: 'missing' | 'wrong_link' | 'wrong_hash' | 'wrong_checkpoint' }

interface Entry {
  seq: string
  prev_hash: Uint8Array | null
  hash: Uint8Array
  at: Date
  event: string
  actor: string
  ref: string | null
  body: string
}

const PAGE = 2_000

/**
 * Recomputes a chain of the ledger from its first entry and finds the first place where something was changed, moved or
 * taken out (INV-04). An end that was cut off shows only against a checkpoint. The transaction must see the whole chain:
 * not a `staff` one for the subject-oriented chain.
 *
 * @param chain `<board>:organisation`, `<board>:subject` or `operator`
 */
export async function verifyChain(tx: Tx, chain: string, checkpoint?: Checkpoint): Promise<ChainVerdict> {
  let seq = 0n
  let head: Uint8Array | null = null
  for (;;) {
    const page = await entriesAfter(tx, chain, seq)
    for (const entry of page) {
      seq += 1n
      if (BigInt(entry.seq) !== seq) return { whole: false, seq, why: 'missing' }
      if (!sameBytes(entry.prev_hash, head)) return { whole: false, seq, why: 'wrong_link' }
      if (!sameBytes(entry.hash, hashOf(chain, entry, head))) return { whole: false, seq, why: 'wrong_hash' }
      if (checkpoint?.seq === seq && !sameBytes(entry.hash, checkpoint.hash)) return { whole: false, seq, why: 'wrong_checkpoint' }
      head = entry.hash
    }
    if (page.length < PAGE) break
  }
  if (checkpoint && checkpoint.seq > seq) return { whole: false, seq: seq + 1n, why: 'missing' }
  return { whole: true, entries: Number(seq), head: head ? { seq, hash: head } : undefined }
}

/** The same bytes as `ledger_append` in sql/017-ledger-entries.sql hashes. */
function hashOf(chain: string, { seq, at, event, actor, ref, body }: Entry, previous: Uint8Array | null): Buffer {
  const text = `${chain}\n${seq}\n${at.toISOString()}\n${event}\n${actor}\n${ref ?? ''}\n${body}`
  return sha256(Buffer.concat([previous ?? Buffer.alloc(0), Buffer.from(text)]))
}

async function entriesAfter(tx: Tx, chain: string, seq: bigint): Promise<Entry[]> {
  const { rows } = await sql<Entry>`
    select seq, prev_hash, hash, at, event, actor, ref, body from ledger
    where chain = ${chain} and seq > ${seq.toString()}::bigint order by seq limit ${PAGE} -- ledger_pkey
  `.execute(tx)
  return rows
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return Buffer.compare(a, b) === 0
}
