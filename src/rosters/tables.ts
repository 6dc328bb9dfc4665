import type { Changing, ChangingDefault, Fixed } from '../columns.ts'
import type { BoardId, ImportId, JobId, UploadId } from '../ids.ts'
import type { RosterError } from '../people/oneroster/bundle.ts'
import type { RosterPreview } from './preview.ts'

export interface RosterUploadTable {
  board_id: Fixed<BoardId>
  upload_id: Fixed<UploadId>
  format: Fixed<'oneroster' | 'edexml' | 'csv'>
  content: Changing<Uint8Array | null>
  content_hash: Fixed<Uint8Array>
  made_at: Fixed<Date>
  made_by: Fixed<string>
  job_id: Changing<JobId | null>
  previewed_at: Changing<Date | null>
  preview: Changing<RosterPreview | null>
  changes_hash: Changing<Uint8Array | null>
  errors: Changing<{ errors: RosterError[] } | null>
  confirmed_at: Changing<Date | null>
  confirmed_by: Changing<string | null>
  ends_confirmed: ChangingDefault<boolean>
  over_at: Changing<Date | null>
  over_as: Changing<'taken' | 'refused' | 'cancelled' | null>
  import_id: Changing<ImportId | null>
}

export interface RosterTables {
  roster_uploads: RosterUploadTable
}
