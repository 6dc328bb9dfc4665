import type { Db } from '../database.ts'
import type { HolderId, StatusListId } from '../ids.ts'

export interface StatusList {
  holderId: HolderId
  /** One bit per token, the least significant bit of each byte first; 1 is ended (Token Status List §4.1). */
  bytes: Uint8Array<ArrayBuffer>
}

/** A list as it is at this moment. Only ended tokens are read: most entries are 0 and have no row at all. */
export async function statusList(db: Db, listId: StatusListId): Promise<StatusList | undefined> {
  const list = await db.selectFrom('status_lists').select(['holder_id', 'size']).where('list_id', '=', listId).executeTakeFirst() // status_lists_pkey
  if (!list) return undefined
  const ended = await db
    .selectFrom('status_entries')
    .select('index')
    .where('list_id', '=', listId) // status_entries_set
    .where('set_at', 'is not', null)
    .execute()
  const bytes = new Uint8Array(list.size / 8)
  for (const { index } of ended) bytes[index >> 3]! |= 1 << (index & 7)
  return { holderId: list.holder_id, bytes }
}

/** ZLIB (RFC 1950) of the bytes in base64url: the `lst` of a status list. The same on Node and on Workers. */
export async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
  return Buffer.from(await new Response(stream).arrayBuffer()).toString('base64url')
}
