import type { Approach } from '../approach.ts'
import type { Changing, Fixed, FixedDefault } from '../columns.ts'
import type { Audience } from '../consents/audience.ts'
import type {
  AgreementId,
  AssignmentId,
  BoardId,
  ClientId,
  ConsentId,
  HolderId,
  LeafletId,
  LinkCodeId,
  MemberId,
  PersonId,
  PreparedAskId,
  ReleaseId,
  RequestId,
  SchoolId,
  ServiceId,
  SuggestionId,
  SupplierId,
} from '../ids.ts'

export interface AccessRequestTable {
  board_id: Fixed<BoardId>
  request_id: Fixed<RequestId>
  approach: Fixed<Approach>
  supplier_id: Fixed<SupplierId>
  client_id: Fixed<ClientId | null>
  member_id: Fixed<MemberId | null>
  school_id: Fixed<SchoolId | null>
  service_id: Fixed<ServiceId>
  part_id: Fixed<string | null>
  leaflet_id: Fixed<LeafletId>
  holder_id: Fixed<HolderId>
  datatypes: string[]
  purpose: Fixed<string>
  starts_at: Fixed<Date>
  ends_at: Date
  occasion: Fixed<string>
  reason_nl: Fixed<string>
  reason_en: Fixed<string | null>
  subject_kind: Fixed<'pupil' | 'employee'>
  school_picks: FixedDefault<boolean>
  meaning_hash: Uint8Array
  received_at: Fixed<Date>
  narrowed_at: Changing<Date | null>
  narrowed_by: Changing<PersonId | null>
  forwarded_at: Changing<Date | null>
  forwarded_by: Changing<PersonId | null>
  refused_at: Changing<Date | null>
  refused_by: Changing<PersonId | null>
  refused_because: Changing<string | null>
  withdrawn_at: Changing<Date | null>
}

/** Why a subject of a request is not asked: the school took them out, the same was refused lately, or is being asked already. */
export type LeftOutBecause = 'school' | 'cooling_down' | 'open' | 'too_young'

export interface RequestSubjectTable {
  board_id: Fixed<BoardId>
  request_id: Fixed<RequestId>
  reference: Fixed<string>
  approach: Fixed<Approach>
  hint: Changing<string | null>
  subject_id: Changing<PersonId | null>
  matched_at: Changing<Date | null>
  matched_by: Changing<PersonId | null>
  consent_id: Changing<ConsentId | null>
  covered: Changing<boolean | null>
  left_out_at: Changing<Date | null>
  left_out_because: Changing<LeftOutBecause | null>
}

export interface ReleaseTable {
  board_id: Fixed<BoardId>
  release_id: Fixed<ReleaseId>
  approach: FixedDefault<'organisation'>
  request_id: Fixed<RequestId>
  agreement_id: Fixed<AgreementId>
  covers_later: Fixed<boolean>
  released_at: Fixed<Date>
  released_by: Fixed<string>
  withdrawn_at: Changing<Date | null>
  withdrawn_by: Changing<string | null>
}

export interface ReleaseSubjectTable {
  board_id: Fixed<BoardId>
  release_id: Fixed<ReleaseId>
  consent_id: Fixed<ConsentId>
  reference: Fixed<string>
  joined_at: Fixed<Date>
}

export interface LinkCodeTable {
  board_id: Fixed<BoardId>
  link_code_id: Fixed<LinkCodeId>
  approach: FixedDefault<'subject'>
  subject_id: Fixed<PersonId>
  supplier_id: Fixed<SupplierId>
  made_by: Fixed<PersonId>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  cancelled_at: Changing<Date | null>
}

export interface PreparedAskTable {
  ask_id: Fixed<PreparedAskId>
  supplier_id: Fixed<SupplierId>
  reference: Fixed<string>
  body: Fixed<string>
  ends_at: Fixed<Date>
  prepared_at: Fixed<Date>
  prepared_by: Changing<MemberId>
  tablet_hash: Changing<Uint8Array | null>
  tablet_until: Changing<Date | null>
  discarded_at: Changing<Date | null>
  asked_at: Changing<Date | null>
  asked_by: Changing<MemberId | null>
  board_id: Changing<BoardId | null>
  consent_id: Changing<ConsentId | null>
}

export interface AssignmentTable {
  board_id: Fixed<BoardId>
  assignment_id: Fixed<AssignmentId>
  approach: Fixed<Approach>
  supplier_id: Fixed<SupplierId>
  subject_id: Fixed<PersonId>
  guide: Fixed<string>
  /** One of the supplier's people, who looks in the web app. */
  member_id: Fixed<MemberId | null>
  starts_at: Fixed<Date>
  ends_at: Changing<Date | null>
}

export interface SuggestionTable {
  board_id: Fixed<BoardId>
  suggestion_id: Fixed<SuggestionId>
  service_id: Fixed<ServiceId>
  audience: Fixed<Audience>
  words: Fixed<string>
  suggested_at: Fixed<Date>
  suggested_by: Fixed<PersonId>
  ends_at: Fixed<Date>
  ended_at: Changing<Date | null>
  ended_by: Changing<PersonId | null>
}

export interface RequestTables {
  suggestions: SuggestionTable
  access_requests: AccessRequestTable
  request_subjects: RequestSubjectTable
  releases: ReleaseTable
  release_subjects: ReleaseSubjectTable
  link_codes: LinkCodeTable
  assignments: AssignmentTable
  prepared_asks: PreparedAskTable
}
