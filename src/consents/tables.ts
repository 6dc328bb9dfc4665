import type { Approach } from '../approach.ts'
import type { LegalBasis } from '../catalog/legal-basis.ts'
import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type {
  AgreementId,
  AnswerId,
  ApprovalId,
  BoardId,
  ConsentId,
  FigureShareId,
  GuardianshipId,
  HolderId,
  InquiryId,
  ItemId,
  JobId,
  LeafletId,
  LetterRunId,
  ObjectionId,
  PersonId,
  ReceiptId,
  RequestId,
  RoundId,
  SchoolId,
  ServiceId,
  ShareId,
  SupplierId,
} from '../ids.ts'

import type { Language } from '../languages.ts'
import type { Cause } from '../messages/questions.ts'
import type { Audience } from './audience.ts'
import type { ItemFigures } from './figures.ts'
import type { AgreementNames } from './parent-agreement.ts'

export interface RoundTable {
  board_id: Fixed<BoardId>
  round_id: Fixed<RoundId>
  title: string
  subject_kind: FixedDefault<'pupil' | 'employee'>
  school_year: Fixed<string>
  undertakings: string
  starts_at: Fixed<Date>
  ends_at: Fixed<Date>
  drafted_at: Fixed<Date>
  drafted_by: Fixed<PersonId>
  published_at: Changing<Date | null>
  published_by: Changing<PersonId | null>
  council_approval_id: Changing<ApprovalId | null>
  hard_because: Changing<string | null>
  audience: Changing<Audience | null>
  told_at: Changing<Date | null>
  school_id: Fixed<SchoolId | null>
  opens_at: Fixed<Date | null>
  revision: ChangingDefault<number>
  changed_at: Changing<Date | null>
  changed_by: Changing<PersonId | null>
  copied_from: Fixed<RoundId | null>
  remind_at: Changing<Date | null>
  reminded_at: Changing<Date | null>
  reminders: ChangingDefault<number>
}

export interface ItemTable {
  board_id: Fixed<BoardId>
  item_id: Fixed<ItemId>
  approach: Fixed<Approach>
  round_id: Fixed<RoundId | null>
  request_id: Fixed<RequestId | null>
  legal_basis: Fixed<LegalBasis>
  basis_motivation: Fixed<string | null>
  supplier_id: Fixed<SupplierId | null>
  service_id: Fixed<ServiceId | null>
  part_id: Fixed<string | null>
  leaflet_id: Fixed<LeafletId | null>
  agreement_id: Fixed<AgreementId | null>
  holder_id: Fixed<HolderId | null>
  holder_agreement_id: Fixed<AgreementId | null>
  datatypes: FixedDefault<string[]>
  purpose: Fixed<string>
  occasion: Fixed<string>
  cause: Fixed<Cause | null>
  image_channel: Fixed<string | null>
  image_medium: Fixed<'photo' | 'video' | 'sound' | null>
  reason_nl: Fixed<string>
  reason_en: Fixed<string | null>
  alternative_nl: Fixed<string>
  alternative_en: Fixed<string | null>
  special_category: Fixed<boolean>
  needs_assignment: FixedDefault<boolean>
  replaces_earlier: FixedDefault<boolean>
  decision_rule: Fixed<'veto' | 'all' | 'any'>
  starts_at: Fixed<Date>
  ends_at: Fixed<Date>
  meaning_hash: Fixed<Uint8Array>
  created_at: Fixed<Date>
  dropped_at: Changing<Date | null>
}

export interface ConsentTable {
  board_id: Fixed<BoardId>
  consent_id: Fixed<ConsentId>
  approach: Fixed<Approach>
  item_id: Fixed<ItemId>
  subject_id: Fixed<PersonId>
  asked_at: Fixed<Date>
  revision: ChangingDefault<number>
  ended_at: Changing<Date | null>
  ended_as: Changing<'withdrawn' | 'invalidated' | 'lapsed' | 'expired' | null>
  ended_by: Changing<string | null>
}

export interface ShownTextTable {
  board_id: Fixed<BoardId>
  shown_hash: Fixed<Uint8Array>
  approach: Fixed<Approach>
  language: Fixed<string>
  body: Fixed<string>
  first_shown_at: Fixed<Date>
}

export type AnswerMethod = 'web' | 'paper' | 'phone' | 'desk'
export type ReceiptAct = 'yes' | 'no' | 'undone' | 'withdrawn' | 'objected' | 'shared' | 'unshared'

export interface AnswerTable {
  board_id: Fixed<BoardId>
  answer_id: Fixed<AnswerId>
  approach: Fixed<Approach>
  consent_id: Fixed<ConsentId>
  revision: Fixed<number>
  decider_id: Fixed<PersonId>
  answer: Fixed<'yes' | 'no'>
  datatypes: Fixed<string[] | null>
  until_at: Fixed<Date | null>
  authority: Fixed<'guardianship' | 'self'>
  guardianship_id: Fixed<GuardianshipId | null>
  method: Fixed<AnswerMethod>
  recorded_by: Fixed<PersonId | null>
  shown_hash: Fixed<Uint8Array>
  language: Fixed<string>
  answered_at: Fixed<Date>
  undone_at: Changing<Date | null>
  undone_revision: Changing<number | null>
}

export interface ObjectionTable {
  board_id: Fixed<BoardId>
  objection_id: Fixed<ObjectionId>
  approach: Fixed<Approach>
  consent_id: Fixed<ConsentId>
  made_by: Fixed<PersonId>
  made_at: Fixed<Date>
  decided_at: Changing<Date | null>
  decided_by: Changing<PersonId | null>
  granted: Changing<boolean | null>
  reasons: Changing<string | null>
}

export interface InquiryTable {
  board_id: Fixed<BoardId>
  inquiry_id: Fixed<InquiryId>
  approach: FixedDefault<'organisation'>
  consent_id: Fixed<ConsentId>
  asked_by: Fixed<PersonId>
  asked_at: Fixed<Date>
  question: Changing<string | null>
  answered_at: Changing<Date | null>
  answered_by: Changing<PersonId | null>
  answer: Changing<string | null>
  erased_at: Changing<Date | null>
}

export interface AnswerShareTable {
  board_id: Fixed<BoardId>
  share_id: Fixed<ShareId>
  approach: Fixed<Approach>
  consent_id: Fixed<ConsentId>
  shared_by: Fixed<PersonId>
  shared_at: Fixed<Date>
  ended_at: Changing<Date | null>
}

export interface ParentAgreementTable {
  board_id: Fixed<BoardId>
  round_id: Fixed<RoundId>
  subject_id: Fixed<PersonId>
  decider_id: Fixed<PersonId>
  version: Fixed<number>
  content: Fixed<string>
  content_hash: Fixed<Uint8Array>
  /** What all were called then, until one of them is erased. */
  names: Changing<AgreementNames | null>
  made_at: Fixed<Date>
}

export interface ReceiptTable {
  board_id: Fixed<BoardId>
  receipt_id: Fixed<ReceiptId>
  approach: Fixed<Approach>
  consent_id: Fixed<ConsentId>
  person_id: Fixed<PersonId>
  act: Fixed<ReceiptAct>
  answer_id: Fixed<AnswerId | null>
  objection_id: Fixed<ObjectionId | null>
  method: Fixed<AnswerMethod>
  shown_hash: Fixed<Uint8Array>
  language: Fixed<Language>
  made_at: Fixed<Date>
}

export interface RoundTallyTable {
  board_id: Fixed<BoardId>
  round_id: Fixed<RoundId>
  subject_id: Fixed<PersonId>
  asked: Changing<ItemId[]>
  answered: Changing<ItemId[]>
  disputed: Changing<ConsentId[]>
  counted_in: Changing<string>
}

export interface ShownFigureTable {
  board_id: Fixed<BoardId>
  item_id: Fixed<ItemId>
  place_id: Fixed<SchoolId | BoardId>
  answered: Changing<number>
  yes: Changing<number>
  counted_at: Changing<Date>
  was_shown: ChangingDefault<boolean>
  hidden_with: Changing<number | null>
}

export interface FigureShareTable {
  board_id: Fixed<BoardId>
  share_id: Fixed<FigureShareId>
  round_id: Fixed<RoundId>
  figures: Fixed<ItemFigures[]>
  shared_at: Fixed<Date>
  shared_by: Fixed<PersonId>
  ended_at: Changing<Date | null>
  ended_by: Changing<PersonId | null>
}

export interface LetterRunTable {
  board_id: Fixed<BoardId>
  run_id: Fixed<LetterRunId>
  round_id: Fixed<RoundId>
  again: Fixed<boolean>
  nonce: Fixed<Uint8Array>
  asked_by: Fixed<PersonId>
  asked_at: Fixed<Date>
  job_id: Fixed<JobId>
}

export interface LetterRunPersonTable {
  board_id: Fixed<BoardId>
  run_id: Fixed<LetterRunId>
  nr: Fixed<number>
  person_id: Fixed<PersonId>
  outcome: Changing<'made' | 'kept' | 'own_family' | 'not_needed' | null>
}

export interface ConsentTables {
  letter_runs: LetterRunTable
  letter_run_people: LetterRunPersonTable
  shown_figures: ShownFigureTable
  figure_shares: FigureShareTable
  round_tallies: RoundTallyTable
  answer_shares: AnswerShareTable
  parent_agreements: ParentAgreementTable
  rounds: RoundTable
  items: ItemTable
  consents: ConsentTable
  shown_texts: ShownTextTable
  answers: AnswerTable
  objections: ObjectionTable
  receipts: ReceiptTable
  inquiries: InquiryTable
}
