import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import { sql } from 'kysely'
import type { Tx } from '../../database.ts'
import type { BoardId } from '../../ids.ts'
import type { KnownBase, RosterBase } from '../oneroster/bundle.ts'

/** What the last OneRoster of each student system of the board is kept as, for a delta to be held against. */
export async function basesOfBoard(tx: Tx, boardId: BoardId): Promise<KnownBase[]> {
  const rows = await tx
    .selectFrom('roster_bases')
    .select(['content', 'content_hash', 'brins'])
    .where('board_id', '=', boardId) // roster_bases_pkey
    .orderBy('base_id')
    .execute()
  return rows.map(({ content, content_hash, brins }) => ({
    base: JSON.parse(inflateRawSync(content).toString('utf8')) as RosterBase,
    hash: Buffer.from(content_hash).toString('hex'),
    brins,
  }))
}

/** Whether a delta was read against what is there now. */
export async function isStillABase(tx: Tx, boardId: BoardId, hash: string): Promise<boolean> {
  const row = await tx
    .selectFrom('roster_bases')
    .select('base_id')
    .where('board_id', '=', boardId) // roster_bases_pkey
    .where('content_hash', '=', Buffer.from(hash, 'hex'))
    .executeTakeFirst()
  return row !== undefined
}

const deflate = promisify(deflateRaw)

/** A base as it is kept. Packed beside other work: it takes a while. */
export async function packedBase(base: RosterBase): Promise<Buffer> {
  return await deflate(JSON.stringify(base), { level: 1 })
}

/**
 * Keeps what a roster of these schools came to, in the place of what was kept of any of them: a school has one student system.
 *
 * @param onBase the one that a delta was held against, by its hash
 */
export async function saveBase(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  { content, brins, onBase }: { content: Buffer; brins: string[]; onBase: string | undefined },
): Promise<void> {
  await tx
    .deleteFrom('roster_bases')
    .where('board_id', '=', boardId) // roster_bases_pkey
    .where((where) =>
      where.or([
        where('brins', 'is', null),
        sql<boolean>`brins && ${brins}::text[]`,
        ...(onBase ? [where('content_hash', '=', Buffer.from(onBase, 'hex'))] : []),
      ]),
    )
    .execute()
  const content_hash = createHash('sha256').update(content).digest()
  await tx.insertInto('roster_bases').values({ board_id: boardId, content, content_hash, brins, taken_at: at }).execute()
}
