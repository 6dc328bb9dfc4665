import type { Changing, ChangingDefault, Fixed } from '../columns.ts'
import type { BoardId, HolderId, ImportId, JobId, MappingId, PersonId, UploadId } from '../ids.ts'
import type { CsvAbout, CsvMapping } from '../people/csv-roster/fields.ts'
import type { RosterError } from '../people/oneroster/bundle.ts'
import type { ColumnsToMap } from './mappings.ts'
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
  mapping_id: Changing<MappingId | null>
  to_map: Changing<ColumnsToMap | null>
}

export interface RosterMappingTable {
  board_id: Fixed<BoardId>
  mapping_id: Fixed<MappingId>
  about: Fixed<CsvAbout>
  brin: Fixed<string | null>
  columns: Fixed<CsvMapping['columns']>
  made_at: Fixed<Date>
  made_by: Fixed<PersonId>
  proven_at: Changing<Date | null>
}

export interface RosterSenderTable {
  board_id: Fixed<BoardId>
  holder_id: Fixed<HolderId>
  allowed_at: Fixed<Date>
  allowed_by: Fixed<PersonId>
  ended_at: Changing<Date | null>
  ended_by: Changing<PersonId | null>
}

export interface RosterTables {
  roster_senders: RosterSenderTable
  roster_uploads: RosterUploadTable
  roster_mappings: RosterMappingTable
}
