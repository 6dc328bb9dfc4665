import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import type { Tx } from '../../database.ts'
import type { BoardId } from '../../ids.ts'
import type { KnownBase, RosterBase } from '../oneroster/bundle.ts'

/** What the board's last OneRoster is kept as, for a delta to be held against; nothing when there was none. */
export async function baseOfBoard(tx: Tx, boardId: BoardId): Promise<KnownBase | undefined> {
  const row = await tx.selectFrom('roster_bases').select(['content', 'content_hash']).where('board_id', '=', boardId).executeTakeFirst() // roster_bases_pkey
  if (!row) return undefined
  const base = JSON.parse(inflateRawSync(row.content).toString('utf8')) as RosterBase
  return { base, hash: Buffer.from(row.content_hash).toString('hex') }
}

/** Whether a delta was read against what is there now. */
export async function isStillTheBase(tx: Tx, boardId: BoardId, hash: string): Promise<boolean> {
  const row = await tx.selectFrom('roster_bases').select('content_hash').where('board_id', '=', boardId).executeTakeFirst() // roster_bases_pkey
  return row !== undefined && Buffer.from(row.content_hash).toString('hex') === hash
}

const deflate = promisify(deflateRaw)

/** A base as it is kept. Packed beside other work: it takes a while. */
export async function packedBase(base: RosterBase): Promise<Buffer> {
  return await deflate(JSON.stringify(base), { level: 1 })
}

export async function saveBase(tx: Tx, boardId: BoardId, at: Date, content: Buffer): Promise<void> {
  const kept = { content, content_hash: createHash('sha256').update(content).digest(), taken_at: at }
  await tx
    .insertInto('roster_bases')
    .values({ board_id: boardId, ...kept })
    .onConflict((conflict) => conflict.column('board_id').doUpdateSet(kept))
    .execute()
}
