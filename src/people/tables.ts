import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type { HandleKind } from '../handles.ts'
import type { AccountId, BoardId, GuardianshipId, ImportId, MandateId, PersonId, SchoolId, TenureId } from '../ids.ts'
import type { Language } from '../languages.ts'
import type { World } from '../worlds.ts'
import type { MandateRole } from './mandate.ts'

export interface BoardTable {
  board_id: Fixed<BoardId>
  name: string
  oin: Fixed<string>
  decision_rule: ChangingDefault<'veto' | 'all' | 'any'>
  at_sixteen: ChangingDefault<'carry_over' | 'freeze'>
  school_year_starts: FixedDefault<string>
  proof_years: ChangingDefault<number>
  roster_implies_authority: ChangingDefault<boolean>
  council_for_rounds: ChangingDefault<boolean>
  transfer_asks_consent: ChangingDefault<boolean>
  created_at: Fixed<Date>
  world: FixedDefault<World>
  legal_form: ChangingDefault<string>
  address: ChangingDefault<string>
  representative: ChangingDefault<string>
  measures: ChangingDefault<string>
}

export interface BoardDirectoryTable {
  scheme: Fixed<'OIN' | 'BRIN'>
  value: Fixed<string>
  board_id: Changing<BoardId>
  school_id: Changing<SchoolId | null>
  world: FixedDefault<World>
}

export interface HandleTable {
  kind: Fixed<HandleKind>
  handle: Fixed<string>
  owner: Fixed<string>
  board_id: Fixed<BoardId>
  ref: Fixed<string>
}

export interface SchoolTable {
  board_id: Fixed<BoardId>
  school_id: Fixed<SchoolId>
  name: string
  sector: ChangingDefault<'po' | 'sbo' | 'so' | 'vo' | 'mbo'>
  brin: Fixed<string>
  location: Fixed<string | null>
  rio: Fixed<string | null>
  source_id: Changing<string | null>
}

export interface PersonTable {
  board_id: Fixed<BoardId>
  person_id: Fixed<PersonId>
  given_name: string
  family_name: string
  birth_date: Changing<string | null>
  email: Changing<string | null>
  phone: Changing<string | null>
  eck_id: Changing<string | null>
  source_id: Changing<string | null>
  created_at: Fixed<Date>
  erased_at: Changing<Date | null>
}

export interface PersonAliasTable {
  board_id: Fixed<BoardId>
  source_id: Fixed<string>
  person_id: Fixed<PersonId>
}

export interface EnrolmentTable {
  board_id: Fixed<BoardId>
  enrolment_id: Fixed<TenureId>
  person_id: Fixed<PersonId>
  school_id: Fixed<SchoolId>
  group_name: Changing<string | null>
  group_since: Changing<Date | null>
  starts_at: Fixed<Date>
  ends_at: Changing<Date | null>
  ended_by: Changing<PersonId | null>
  still_listed_at: Changing<Date | null>
}

export interface EmploymentTable {
  board_id: Fixed<BoardId>
  employment_id: Fixed<TenureId>
  person_id: Fixed<PersonId>
  school_id: Fixed<SchoolId | null>
  job_title: Changing<string | null>
  starts_at: Fixed<Date>
  ends_at: Changing<Date | null>
  ended_by: Changing<PersonId | null>
  still_listed_at: Changing<Date | null>
}

export interface GuardianshipTable {
  board_id: Fixed<BoardId>
  guardianship_id: Fixed<GuardianshipId>
  guardian_id: Fixed<PersonId>
  pupil_id: Fixed<PersonId>
  kind: FixedDefault<'parent' | 'guardian' | 'foster' | 'curator' | 'mentor' | 'institution'>
  authority: Fixed<'yes' | 'no' | 'unknown'>
  source: Fixed<'roster' | 'roster_column' | 'board_declaration' | 'staff'>
  recorded_by: Fixed<PersonId | null>
  starts_at: Fixed<Date>
  ends_at: Changing<Date | null>
  ended_by: Changing<PersonId | null>
}

export interface MandateTable {
  board_id: Fixed<BoardId>
  mandate_id: Fixed<MandateId>
  person_id: Fixed<PersonId>
  role: Fixed<MandateRole>
  school_id: Fixed<SchoolId | null>
  group_name: Fixed<string | null>
  given_by: Fixed<PersonId | null>
  starts_at: Fixed<Date>
  ends_at: Changing<Date | null>
}

export interface AccountTable {
  account_id: Fixed<AccountId>
  email: Changing<string | null>
  language: ChangingDefault<Language>
  created_at: Fixed<Date>
  last_seen_at: Changing<Date | null>
}

export interface AccountPersonTable {
  account_id: Fixed<AccountId>
  board_id: Fixed<BoardId>
  person_id: Fixed<PersonId>
  claimed_at: Fixed<Date>
}

export interface InvitationTable {
  code_hash: Fixed<Uint8Array>
  board_id: Fixed<BoardId>
  person_id: Fixed<PersonId>
  email: Fixed<string | null>
  made_at: Fixed<Date>
  expires_at: Changing<Date>
  used_at: Changing<Date | null>
}

export interface RosterImportTable {
  board_id: Fixed<BoardId>
  import_id: Fixed<ImportId>
  imported_at: Fixed<Date>
  imported_by: Fixed<string>
  persons: Fixed<number>
  content_hash: Fixed<Uint8Array>
}

export interface AccountReleaseTable {
  account_id: Fixed<AccountId>
  board_id: Fixed<BoardId>
  person_id: Fixed<PersonId>
  released_at: Fixed<Date>
  board_name: Fixed<string>
  person_name: Fixed<string>
}

export interface RosterBaseTable {
  board_id: Fixed<BoardId>
  base_id: FixedDefault<string>
  content: Fixed<Uint8Array>
  content_hash: Fixed<Uint8Array>
  brins: Fixed<string[] | null>
  taken_at: Fixed<Date>
}

export interface PeopleTables {
  roster_bases: RosterBaseTable
  boards: BoardTable
  board_directory: BoardDirectoryTable
  handles: HandleTable
  schools: SchoolTable
  persons: PersonTable
  person_aliases: PersonAliasTable
  enrolments: EnrolmentTable
  employments: EmploymentTable
  guardianships: GuardianshipTable
  mandates: MandateTable
  accounts: AccountTable
  account_persons: AccountPersonTable
  account_releases: AccountReleaseTable
  invitations: InvitationTable
  roster_imports: RosterImportTable
}
