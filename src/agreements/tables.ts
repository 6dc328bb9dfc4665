import type { Approach } from '../approach.ts'
import type { SupplierParty } from '../catalog/store.ts'
import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type {
  AddendumId,
  AgreementId,
  AgreementMessageId,
  ApprovalId,
  BoardId,
  CaseId,
  ClauseId,
  ConsentId,
  DutyId,
  HolderId,
  LeafletId,
  PersonId,
  ProposalId,
  RequestId,
  SchoolId,
  ServiceId,
  SupplierId,
  TickId,
} from '../ids.ts'
import type { AddendumContent } from './addendum.ts'
import type { Deviation } from './agreement.ts'

export interface SupplierAgreementTable {
  board_id: Fixed<BoardId>
  agreement_id: Fixed<AgreementId>
  supplier_id: Fixed<SupplierId>
  kind: Fixed<'processor' | 'controller'>
  product_agreement: Fixed<string>
  supplier_basis: Fixed<string | null>
  board_basis: Fixed<string | null>
  supplier_argument: Fixed<string | null>
  board_argument: Fixed<string | null>
  deviations: ChangingDefault<Deviation[]>
  security: ChangingDefault<Record<string, unknown>>
  retention: string
  model_version: FixedDefault<string>
  starts_at: Fixed<Date>
  ends_at: Fixed<Date>
  drafted_at: Fixed<Date>
  drafted_by: Fixed<string>
  checked_at: Changing<Date | null>
  checked_by: Changing<PersonId | null>
  rejected_at: Changing<Date | null>
  rejected_because: Changing<string | null>
  signed_at: Changing<Date | null>
  signed_by: Changing<PersonId | null>
  signed_text: Changing<string | null>
  signed_hash: Changing<Uint8Array | null>
  supplier_signed_at: Changing<Date | null>
  supplier_signed_by: Changing<string | null>
  supplier_signed_name: Changing<string | null>
  ended_at: Changing<Date | null>
  ended_by: Changing<string | null>
  ended_because: Changing<string | null>
  supplier_party: Fixed<SupplierParty | null>
  withdrawn_at: Changing<Date | null>
  withdrawn_by: Changing<string | null>
  succeeded_by: Changing<AgreementId | null>
}

export interface AddendumTable {
  board_id: Fixed<BoardId>
  addendum_id: Fixed<AddendumId>
  agreement_id: Fixed<AgreementId>
  request_id: Fixed<RequestId | null>
  content: Fixed<string>
  brings: Fixed<AddendumContent>
  drafted_at: Fixed<Date>
  drafted_by: Fixed<string>
  checked_at: Changing<Date | null>
  checked_by: Changing<PersonId | null>
  signed_at: Changing<Date | null>
  signed_by: Changing<PersonId | null>
  signed_hash: Changing<Uint8Array | null>
  rejected_at: Changing<Date | null>
  rejected_because: Changing<string | null>
  withdrawn_at: Changing<Date | null>
  withdrawn_by: Changing<string | null>
}

export interface AgreementServiceTable {
  board_id: Fixed<BoardId>
  agreement_id: Fixed<AgreementId>
  service_id: Fixed<ServiceId>
  leaflet_id: Fixed<LeafletId>
  parts: string[]
  addendum_id: Fixed<AddendumId | null>
  accepted_at: Fixed<Date>
  superseded_at: Changing<Date | null>
}

export interface OnwardClauseTable {
  board_id: Fixed<BoardId>
  clause_id: Fixed<ClauseId>
  agreement_id: Fixed<AgreementId>
  holder_id: Fixed<HolderId>
  datatype: Fixed<string>
  instructed_at: Fixed<Date>
  instructed_by: Fixed<PersonId>
  ended_at: Changing<Date | null>
}

export interface AgreementMessageTable {
  board_id: Fixed<BoardId>
  message_id: Fixed<AgreementMessageId>
  agreement_id: Fixed<AgreementId>
  said_by: Fixed<string>
  said_at: Fixed<Date>
  words: Fixed<string>
}

export interface CalendarTickTable {
  board_id: Fixed<BoardId>
  tick_id: Fixed<TickId>
  agreement_id: Fixed<AgreementId>
  what: Fixed<'report' | 'review' | 'renew'>
  service_id: Fixed<ServiceId | null>
  on_day: Fixed<string>
  done_at: Fixed<Date>
  done_by: Fixed<string>
  undone_at: Changing<Date | null>
}

export interface CouncilApprovalTable {
  board_id: Fixed<BoardId>
  approval_id: Fixed<ApprovalId>
  council: Fixed<'MR' | 'GMR' | 'PMR'>
  about: Fixed<string>
  ref: Fixed<string | null>
  approved_on: Fixed<string>
  recorded_at: Fixed<Date>
  recorded_by: Fixed<PersonId>
}

export interface DutyTable {
  board_id: Fixed<BoardId>
  duty_id: Fixed<DutyId>
  kind: FixedDefault<'destroy' | 'take_down' | 'disclose' | 'correct' | 'restrict' | 'stop'>
  approach: Fixed<Approach>
  supplier_id: Fixed<SupplierId | null>
  consent_id: Fixed<ConsentId | null>
  agreement_id: Fixed<AgreementId | null>
  case_id: Fixed<CaseId | null>
  subject_id: Fixed<PersonId | null>
  instruction: Changing<string | null>
  began_at: Fixed<Date>
  due_at: Fixed<Date>
  confirmed_at: Changing<Date | null>
  confirmed_by: Changing<string | null>
  subprocessors: ChangingDefault<string[]>
  note: Changing<string | null>
}

export interface ServiceProposalTable {
  board_id: Fixed<BoardId>
  proposal_id: Fixed<ProposalId>
  school_id: Fixed<SchoolId | null>
  proposed_by: Fixed<PersonId>
  proposed_at: Fixed<Date>
  name: Fixed<string>
  link: Fixed<string | null>
  why: Fixed<string>
  settled_at: Changing<Date | null>
  settled_by: Changing<PersonId | null>
  outcome: Changing<'taken_up' | 'declined' | null>
  answer: Changing<string | null>
}

export interface DeclinedLeafletTable {
  board_id: Fixed<BoardId>
  agreement_id: Fixed<AgreementId>
  service_id: Fixed<ServiceId>
  leaflet_id: Fixed<LeafletId>
  declined_at: Fixed<Date>
  declined_by: Fixed<PersonId>
  because: Fixed<string>
}

export interface AgreementTables {
  declined_leaflets: DeclinedLeafletTable
  service_proposals: ServiceProposalTable
  supplier_agreements: SupplierAgreementTable
  agreement_messages: AgreementMessageTable
  calendar_ticks: CalendarTickTable
  addenda: AddendumTable
  agreement_services: AgreementServiceTable
  onward_clauses: OnwardClauseTable
  council_approvals: CouncilApprovalTable
  duties: DutyTable
}
