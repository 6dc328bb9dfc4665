import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type MappingId, newId, type UploadId } from '../ids.ts'
import { enqueueJob } from '../jobs/enqueue.ts'
import { type CsvField, type CsvMapping, FIELDS, NEEDED } from '../people/csv-roster/fields.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { type ColumnsToMap, columnsOf } from './mappings.ts'
import { type RosterUpload, uploadById } from './upload.ts'

/**
 * An administrator says which column of a CSV file is what. It is kept with the board for the next file that looks the same,
 * and this one is read by it, anew when it was read before.
 *
 * @param seen by which mapping it was read when whoever maps it looked, or null for none; absent where that does not matter
 * @throws Refusal `mandate_missing`, `roster_not_found`, `roster_over`; `input_invalid` with the fields that lack a column,
 *   or name one that the file does not have; `changed_meanwhile`
 */
export async function mapColumns(
  { db, now }: Deps,
  actor: PersonActor,
  { uploadId, mapping, seen }: { uploadId: UploadId; mapping: CsvMapping; seen?: MappingId | null },
): Promise<void> {
  const at = now()
  const { boardId, personId } = actor
  await inTransaction(db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const upload = await uploadById(tx, boardId, uploadId)
    if (!upload || upload.format !== 'csv') throw new Refusal('roster_not_found')
    if (seen !== undefined && seen !== upload.mappingId) throw new Refusal('changed_meanwhile')
    const { header } = await columnsToMap(tx, upload)
    const fields = wrongFields(mapping, header)
    if (fields.length > 0) throw new Refusal('input_invalid', { fields })

    const mappingId = newId<MappingId>(at)
    await tx
      .insertInto('roster_mappings')
      .values({ board_id: boardId, mapping_id: mappingId, ...mapping, made_at: at, made_by: personId })
      .execute()
    const { jobId } = await enqueueJob(tx, { boardId, kind: 'roster_preview', payload: { uploadId }, askedBy: `person:${personId}`, at })
    const { numUpdatedRows } = await tx
      .updateTable('roster_uploads')
      .set({ mapping_id: mappingId, to_map: null, job_id: jobId, preview: null, previewed_at: null, changes_hash: null })
      .where('board_id', '=', boardId)
      .where('upload_id', '=', uploadId) // roster_uploads_pkey
      .where('over_at', 'is', null)
      .where('confirmed_at', 'is', null)
      .where('mapping_id', 'is not distinct from', upload.mappingId)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('roster_over')
  })
}

/**
 * The header and first rows of a roster whose columns can be named, for the first time or again. Does NOT check who asks.
 *
 * @throws Refusal `roster_over` when it is over, being read or being taken in
 */
export async function columnsToMap(tx: Tx, { boardId, uploadId, is }: RosterUpload): Promise<ColumnsToMap> {
  if (is.state === 'mapping') return is.toMap
  if (is.state !== 'waiting') throw new Refusal('roster_over')
  const row = await tx
    .selectFrom('roster_uploads')
    .select('content')
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .executeTakeFirstOrThrow()
  if (!row.content) throw new Refusal('roster_over')
  return columnsOf(row.content)
}

function wrongFields({ about, brin, columns }: CsvMapping, header: readonly string[]): string[] {
  const unknown = (Object.entries(columns) as [CsvField, string][]).filter(
    ([field, name]) => !FIELDS[about].includes(field) || !header.includes(name),
  )
  const lacking = NEEDED.filter((field) => !columns[field])
  const placeless = brin === null && !columns.school ? ['school'] : []
  return [...unknown.map(([field]) => field), ...lacking, ...placeless]
}
