import { randomBytes } from 'node:crypto'
import type { Tx } from '../database.ts'
import { addHandles } from '../handles.ts'
import type { BoardId, HolderId, PersonId, SupplierId } from '../ids.ts'

/** Whose name for the subject it is. The prefix keeps it apart from a client id (RFC 9700 §4.15). */
type Audience = { supplierId: SupplierId } | { holderId: HolderId }

/**
 * The pairwise pseudonyms of subjects with one supplier or holder: random, for ever the same, never derived from the
 * person. Makes those that are missing. A supplier's are handles, by which it names the subject to us.
 */
export async function pseudonymsOf(tx: Tx, boardId: BoardId, audience: Audience, subjectIds: PersonId[]): Promise<Map<PersonId, string>> {
  const audienceId = 'supplierId' in audience ? audience.supplierId : audience.holderId
  const read = async () => {
    const rows = await tx
      .selectFrom('pseudonyms')
      .select(['subject_id', 'pseudonym'])
      .where('board_id', '=', boardId)
      .where('audience_id', '=', audienceId)
      .where('subject_id', 'in', subjectIds) // pseudonyms_pkey
      .execute()
    return new Map(rows.map((row) => [row.subject_id, row.pseudonym]))
  }
  const known = await read()
  const missing = [...new Set(subjectIds)].filter((subjectId) => !known.has(subjectId)).toSorted()
  if (missing.length === 0) return known
  const made = await tx
    .insertInto('pseudonyms')
    .values(
      missing.map((subject_id) => ({
        board_id: boardId,
        audience_id: audienceId,
        subject_id,
        pseudonym: ('supplierId' in audience ? 'ps_' : 'ph_') + randomBytes(18).toString('base64url'),
      })),
    )
    .onConflict((conflict) => conflict.columns(['board_id', 'audience_id', 'subject_id']).doNothing())
    .returning(['subject_id', 'pseudonym'])
    .execute()
  if ('supplierId' in audience) {
    const handles = made.map(({ subject_id, pseudonym }) => ({ owner: audienceId, handle: pseudonym, boardId, ref: subject_id }))
    await addHandles(tx, 'pseudonym', handles)
  }
  return await read()
}
