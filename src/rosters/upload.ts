import type { Selectable } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ImportId, JobId, MappingId, UploadId } from '../ids.ts'
import type { LedgerActor } from '../ledger/append.ts'
import type { RosterError } from '../people/oneroster/bundle.ts'
import type { ColumnsToMap } from './mappings.ts'
import type { RosterPreview } from './preview.ts'
import type { RosterUploadTable } from './tables.ts'

export type RosterFormat = 'oneroster' | 'edexml' | 'csv'

/**
 *     mapping ⇄ reading → waiting ⇄ taking_in → taken     back: something else changed in between, so it is shown anew
 *        ╰────────┬─┼────────╯
 *                 │ ╰→ refused      it has errors: nothing was taken in
 *                 ╰→ cancelled
 */
export type UploadState =
  | { state: 'reading' }
  | { state: 'mapping'; toMap: ColumnsToMap }
  | { state: 'waiting'; preview: RosterPreview; changesHash: Buffer }
  | { state: 'taking_in'; preview: RosterPreview; confirmedBy: LedgerActor; endsConfirmed: boolean; changesHash: Buffer }
  | { state: 'taken'; at: Date; preview: RosterPreview | null; importId: ImportId }
  | { state: 'refused'; at: Date; errors: RosterError[] }
  | { state: 'cancelled'; at: Date }

/** A roster that came in, without its content. */
export interface RosterUpload {
  boardId: BoardId
  uploadId: UploadId
  format: RosterFormat
  madeAt: Date
  madeBy: LedgerActor
  jobId: JobId | null
  mappingId: MappingId | null
  is: UploadState
}

const COLUMNS = [
  'board_id',
  'upload_id',
  'format',
  'made_at',
  'made_by',
  'job_id',
  'previewed_at',
  'preview',
  'changes_hash',
  'errors',
  'confirmed_at',
  'confirmed_by',
  'ends_confirmed',
  'over_at',
  'over_as',
  'import_id',
  'mapping_id',
  'to_map',
] as const satisfies (keyof RosterUploadTable)[]

/** A roster of this board. Does NOT check who asks. */
export async function uploadById(tx: Tx, boardId: BoardId, uploadId: UploadId): Promise<RosterUpload | undefined> {
  const row = await tx
    .selectFrom('roster_uploads')
    .select(COLUMNS)
    .where('board_id', '=', boardId)
    .where('upload_id', '=', uploadId) // roster_uploads_pkey
    .executeTakeFirst()
  return row && uploadOf(row)
}

/** The newest rosters of the board, over and not over. Does NOT check who asks. */
export async function newestUploads(tx: Tx, boardId: BoardId, limit: number): Promise<RosterUpload[]> {
  const rows = await tx
    .selectFrom('roster_uploads')
    .select(COLUMNS)
    .where('board_id', '=', boardId) // roster_uploads_newest
    .orderBy('made_at', 'desc')
    .orderBy('upload_id')
    .limit(limit)
    .execute()
  return rows.map(uploadOf)
}

function uploadOf(row: Pick<Selectable<RosterUploadTable>, (typeof COLUMNS)[number]>): RosterUpload {
  return {
    boardId: row.board_id,
    uploadId: row.upload_id,
    format: row.format,
    madeAt: row.made_at,
    madeBy: row.made_by as LedgerActor,
    jobId: row.job_id,
    mappingId: row.mapping_id,
    is: stateOf(row),
  }
}

function stateOf(row: Pick<Selectable<RosterUploadTable>, (typeof COLUMNS)[number]>): UploadState {
  const { over_at, over_as, preview, changes_hash, confirmed_by, import_id } = row
  if (over_at && over_as === 'taken' && import_id) return { state: 'taken', at: over_at, preview, importId: import_id }
  if (over_at && over_as === 'refused') return { state: 'refused', at: over_at, errors: row.errors?.errors ?? [] }
  if (over_at && over_as === 'cancelled') return { state: 'cancelled', at: over_at }
  if (over_at || over_as) throw new Error(`roster_uploads row ${row.upload_id} is in no known state`)
  if (row.to_map) return { state: 'mapping', toMap: row.to_map }
  if (!preview || !changes_hash) return { state: 'reading' }
  const changesHash = Buffer.from(changes_hash)
  if (!confirmed_by) return { state: 'waiting', preview, changesHash }
  return { state: 'taking_in', preview, changesHash, confirmedBy: confirmed_by as LedgerActor, endsConfirmed: row.ends_confirmed }
}
