import type { Approach } from '../approach.ts'
import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type {
  BoardId,
  CaseId,
  DeletionId,
  DemandId,
  DisclosureId,
  ExportId,
  ForwardedRightId,
  IncidentId,
  IncidentMessageId,
  InspectionId,
  JobId,
  PersonId,
  PointId,
  SchoolId,
  SupplierId,
  TransferId,
} from '../ids.ts'
import type { Language } from '../languages.ts'
import type { ChecklistAnswer, Statement } from './checklist.ts'
import type { DataKind, Nature } from './incident.ts'
import type { DemandOutcome } from './legal-demand.ts'
import type { Retained } from './retention.ts'
import type { Right } from './right.ts'

export interface RightsCaseTable {
  board_id: Fixed<BoardId>
  case_id: Fixed<CaseId>
  approach: Fixed<Approach>
  kind: Fixed<'access' | 'rectification' | 'erasure' | 'objection' | 'restriction' | 'portability'>
  subject_id: Fixed<PersonId>
  made_by: Fixed<PersonId>
  method: Fixed<'web' | 'paper' | 'phone' | 'desk'>
  recorded_by: Fixed<PersonId | null>
  supplier_id: Fixed<SupplierId | null>
  words: Changing<string | null>
  received_at: Fixed<Date>
  due_at: Date
  revision: ChangingDefault<number>
  taken_at: Changing<Date | null>
  taken_by: Changing<PersonId | null>
  extended_at: Changing<Date | null>
  extended_by: Changing<PersonId | null>
  extended_because: Changing<string | null>
  closed_at: Changing<Date | null>
  closed_by: Changing<string | null>
  outcome: Changing<'granted' | 'partly' | 'refused' | 'withdrawn' | null>
  closing: Changing<string | null>
}

export interface IncidentTable {
  board_id: Fixed<BoardId>
  incident_id: Fixed<IncidentId>
  supplier_id: Fixed<SupplierId | null>
  reported_by: Fixed<string>
  reported_at: Fixed<Date>
  found_at: Fixed<Date>
  aware_at: Fixed<Date>
  from_at: Fixed<Date>
  until_at: Fixed<Date | null>
  summary: Fixed<string>
  nature: Fixed<Nature[]>
  cause: Fixed<string | null>
  measures: Fixed<string | null>
  persons: Fixed<string>
  group_size: Fixed<number | null>
  data_kinds: Fixed<DataKind[]>
  protected: FixedDefault<boolean>
  salt: Fixed<Uint8Array>
  revision: ChangingDefault<number>
  dpo_told_at: Fixed<Date | null>
  advised_at: Changing<Date | null>
  advised_by: Changing<PersonId | null>
  advice: Changing<string | null>
  decided_at: Changing<Date | null>
  decided_by: Changing<PersonId | null>
  notify_authority: Changing<boolean | null>
  notify_people: Changing<boolean | null>
  reasons: Changing<string | null>
  authority_told_at: Changing<Date | null>
  authority_reference: Changing<string | null>
  people_told_at: Changing<Date | null>
  closed_at: Changing<Date | null>
  closed_by: Changing<PersonId | null>
  lessons: Changing<string | null>
  school_id: Fixed<SchoolId | null>
}

export interface IncidentMessageTable {
  board_id: Fixed<BoardId>
  message_id: Fixed<IncidentMessageId>
  incident_id: Fixed<IncidentId>
  said_by: Fixed<string>
  said_at: Fixed<Date>
  words: Fixed<string>
}

export interface ChecklistSheetTable {
  board_id: Fixed<BoardId>
  person_id: Fixed<PersonId>
  year: Fixed<string>
  school_id: Fixed<SchoolId | null>
  handed_in_at: Fixed<Date>
}

export interface ChecklistAnswerTable {
  board_id: Fixed<BoardId>
  person_id: Fixed<PersonId>
  year: Fixed<string>
  statement: Fixed<Statement>
  answer: Fixed<ChecklistAnswer>
  note: Fixed<string | null>
}

export interface ChecklistPointTable {
  board_id: Fixed<BoardId>
  point_id: Fixed<PointId>
  school_id: Fixed<SchoolId | null>
  statement: Fixed<Statement>
  words: Fixed<string>
  owner_id: Fixed<PersonId>
  due_at: Fixed<Date>
  made_at: Fixed<Date>
  made_by: Fixed<PersonId>
  closed_at: Changing<Date | null>
  closed_by: Changing<PersonId | null>
}

export interface LegalDemandTable {
  board_id: Fixed<BoardId>
  demand_id: Fixed<DemandId>
  supplier_id: Fixed<SupplierId>
  told_by: Fixed<string>
  told_at: Fixed<Date>
  authority: Fixed<string>
  ground: Fixed<string>
  checked_how: Fixed<string>
  checked_by: Fixed<string>
  data: Fixed<string>
  group_size: Fixed<number | null>
  reference: Fixed<string | null>
  outcome: Fixed<DemandOutcome>
  given_at: Fixed<Date | null>
  secret: Fixed<boolean>
  salt: Fixed<Uint8Array>
  seen_at: Changing<Date | null>
  seen_by: Changing<PersonId | null>
}

export interface EmergencyDisclosureTable {
  board_id: Fixed<BoardId>
  disclosure_id: Fixed<DisclosureId>
  school_id: Fixed<SchoolId>
  subject_id: Fixed<PersonId>
  receiver: Changing<string>
  data: Changing<string>
  reason: Changing<string>
  tried: Changing<string>
  given_at: Fixed<Date>
  recorded_at: Fixed<Date>
  recorded_by: Fixed<PersonId>
  told: Fixed<PersonId[]>
}

export interface ExportTable {
  board_id: Fixed<BoardId>
  export_id: Fixed<ExportId>
  format: Fixed<'csv' | 'json'>
  query: Fixed<Record<string, unknown>>
  asked_by: Fixed<PersonId>
  asked_at: Fixed<Date>
  job_id: Fixed<JobId>
}

export interface ExportPieceTable {
  board_id: Fixed<BoardId>
  export_id: Fixed<ExportId>
  nr: Fixed<number>
  content: Fixed<string>
}

export interface ForwardedRightTable {
  board_id: Fixed<BoardId>
  forwarded_id: Fixed<ForwardedRightId>
  supplier_id: Fixed<SupplierId>
  kind: Fixed<Right>
  reference: Fixed<string>
  hint: Changing<string | null>
  words: Changing<string | null>
  received_at: Fixed<Date>
  forwarded_at: Fixed<Date>
  forwarded_by: Fixed<string>
  taken_at: Changing<Date | null>
  taken_by: Changing<PersonId | null>
  case_id: Changing<CaseId | null>
}

export interface TransferTable {
  board_id: Fixed<BoardId>
  transfer_id: Fixed<TransferId>
  subject_id: Fixed<PersonId>
  receiver_scheme: Fixed<'BRIN' | 'OIN'>
  receiver: Fixed<string>
  receiver_name: string
  contents: string
  asks_consent: Fixed<boolean>
  offered_at: Fixed<Date>
  offered_by: Fixed<PersonId>
  sent_at: Changing<Date | null>
  sent_by: Changing<PersonId | null>
  cancelled_at: Changing<Date | null>
  cancelled_by: Changing<PersonId | null>
  to_special: FixedDefault<boolean>
}

export interface TransferInspectionTable {
  board_id: Fixed<BoardId>
  transfer_id: Fixed<TransferId>
  inspection_id: Fixed<InspectionId>
  person_id: Fixed<PersonId>
  inspected_at: Fixed<Date>
  remarks: Changing<string | null>
  agrees: Fixed<boolean | null>
  language: Fixed<Language>
}

export interface RetentionRuleTable {
  board_id: Fixed<BoardId>
  category: Fixed<Retained>
  min_months: number
  max_months: number
  set_at: Date
  set_by: PersonId
}

export interface DeletionTable {
  board_id: Fixed<BoardId>
  deletion_id: Fixed<DeletionId>
  category: Fixed<Retained>
  deleted_at: Fixed<Date>
  deleted_by: Fixed<PersonId>
  how: Fixed<string>
}

export interface DeletionSubjectTable {
  board_id: Fixed<BoardId>
  deletion_id: Fixed<DeletionId>
  subject_id: Fixed<PersonId>
  category: Fixed<Retained>
}

export interface CaseTables {
  forwarded_rights: ForwardedRightTable
  retention_rules: RetentionRuleTable
  deletions: DeletionTable
  deletion_subjects: DeletionSubjectTable
  transfers: TransferTable
  transfer_inspections: TransferInspectionTable
  exports: ExportTable
  export_pieces: ExportPieceTable
  incidents: IncidentTable
  incident_messages: IncidentMessageTable
  checklist_sheets: ChecklistSheetTable
  checklist_answers: ChecklistAnswerTable
  checklist_points: ChecklistPointTable
  legal_demands: LegalDemandTable
  emergency_disclosures: EmergencyDisclosureTable
  rights_cases: RightsCaseTable
}
