import { createHmac, randomBytes } from 'node:crypto'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'

/**
 * Stands in the ledger for personal content: HMAC-SHA-256 under the subject's own key, in hexadecimal. Whoever still has
 * the content can show that it is what was recorded; once the key is erased nobody can guess it back (INV-16).
 * Makes the key at the first use.
 */
export async function commitment(tx: Tx, boardId: BoardId, subjectId: PersonId, text: string): Promise<string> {
  await tx
    .insertInto('subject_keys')
    .values({ board_id: boardId, subject_id: subjectId, key: randomBytes(32) })
    .onConflict((conflict) => conflict.columns(['board_id', 'subject_id']).doNothing())
    .execute()
  const { key } = await tx
    .selectFrom('subject_keys')
    .select('key')
    .where('board_id', '=', boardId)
    .where('subject_id', '=', subjectId) // subject_keys_pkey
    .executeTakeFirstOrThrow()
  return createHmac('sha256', key).update(text).digest('hex')
}
