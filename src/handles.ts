import { createHash } from 'node:crypto'
import type { Db, Tx } from './database.ts'
import type { BoardId } from './ids.ts'

/** What an opaque handle can locate. The handle itself is kept hashed where knowing it is worth something. */
export type HandleKind = 'link_code' | 'pseudonym' | 'request' | 'agreement' | 'grant' | 'token' | 'assignment' | 'roster'

/** SHA-256 of a handle in hexadecimal, for handles that are secrets. */
export function handleHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

export interface Located {
  boardId: BoardId
  /** The id of the thing, to be read in a transaction for that board. */
  ref: string
}

/**
 * Finds the board a handle belongs to. Locates only: what the owner may do is decided in the board's own transaction.
 *
 * @param owner the supplier, holder or account the handle was made for; somebody else's handle is not found
 */
export async function locate(db: Db, kind: HandleKind, owner: string, handle: string): Promise<Located | undefined> {
  const row = await db
    .selectFrom('handles')
    .select(['board_id', 'ref'])
    .where('kind', '=', kind)
    .where('owner', '=', owner)
    .where('handle', '=', handle) // handles_pkey
    .executeTakeFirst()
  return row && { boardId: row.board_id, ref: row.ref }
}

/**
 * Makes a thing findable by its owner. Does not check that the owner may see it. Waits for whoever is making the same handle.
 *
 * @returns how many are new; a handle that is there already stays what it was
 */
export async function addHandles(
  tx: Tx,
  kind: HandleKind,
  rows: { owner: string; handle: string; boardId: BoardId; ref: string }[],
): Promise<number> {
  if (rows.length === 0) return 0
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('handles')
    .values(rows.map(({ owner, handle, boardId, ref }) => ({ kind, owner, handle, board_id: boardId, ref })))
    .onConflict((conflict) => conflict.columns(['kind', 'owner', 'handle']).doNothing())
    .executeTakeFirstOrThrow()
  return Number(numInsertedOrUpdatedRows)
}
