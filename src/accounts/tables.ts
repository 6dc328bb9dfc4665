import type { ColumnType } from 'kysely'
import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type { AccountId, BoardId, SessionId, SignInCodeId, VisitId } from '../ids.ts'

export interface SignInCodeTable {
  code_id: Fixed<SignInCodeId>
  email: Fixed<string>
  code_mac: Fixed<Uint8Array>
  browser_hash: Fixed<Uint8Array>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  attempts: ChangingDefault<number>
  used_at: Changing<Date | null>
  /** Absent where no mail went out. */
  long_mac: Fixed<Uint8Array | null>
  long_used_at: Changing<Date | null>
}

export type SignInMethod = 'code' | 'passkey' | 'provider' | 'paper'

export interface SessionTable {
  token_hash: Fixed<Uint8Array>
  session_id: Fixed<SessionId>
  account_id: Fixed<AccountId>
  begun_at: Fixed<Date>
  made_at: Fixed<Date>
  signed_in_at: Fixed<Date>
  last_seen_at: Date
  expires_at: Fixed<Date>
  ended_at: Changing<Date | null>
  method: Fixed<SignInMethod>
  device: Fixed<string>
}

export interface UsedFormTable {
  form_hash: Fixed<Uint8Array>
  account_id: Fixed<AccountId | null>
  used_at: Fixed<Date>
  /** Sealed; absent while the first press runs. */
  led_to: Changing<string | null>
}

export interface VisitTable {
  account_id: Fixed<AccountId>
  board_id: Fixed<BoardId>
  seen_at: Date
  before_at: Changing<Date | null>
}

export interface ProviderSubjectTable {
  issuer: Fixed<string>
  subject_mac: Fixed<Uint8Array>
  account_id: Fixed<AccountId>
  provider: Fixed<string>
  bound_at: Fixed<Date>
  last_used_at: Changing<Date | null>
}

export interface ProviderVisitTable {
  visit_id: Fixed<VisitId>
  state_hash: Fixed<Uint8Array>
  browser_hash: Fixed<Uint8Array>
  provider: Fixed<string>
  issuer: Fixed<string>
  next_path: Fixed<string>
  account_id: Fixed<AccountId | null>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  used_at: Changing<Date | null>
  subject_mac: Changing<Uint8Array | null>
  label: Changing<string | null>
  bound_at: Changing<Date | null>
}

export interface PasskeyTable {
  credential_id: Fixed<string>
  account_id: Fixed<AccountId>
  public_key: Fixed<Uint8Array>
  /** A bigint: text when it is read. */
  counter: ColumnType<string, number, number>
  transports: FixedDefault<string[]>
  device: Fixed<string>
  synced: Changing<boolean>
  made_at: Fixed<Date>
  last_used_at: Changing<Date | null>
}

export interface PasskeyChallengeTable {
  challenge_hash: Fixed<Uint8Array>
  kind: Fixed<'add' | 'sign_in'>
  browser_hash: Fixed<Uint8Array>
  account_id: Fixed<AccountId | null>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  used_at: Changing<Date | null>
}

export interface KeptFormTable {
  kept_hash: Fixed<Uint8Array>
  account_id: Fixed<AccountId>
  sealed: Fixed<string>
  expires_at: Fixed<Date>
}

export interface KnownBrowserTable {
  account_id: Fixed<AccountId>
  browser_hash: Fixed<Uint8Array>
  last_seen_at: Changing<Date>
}

export interface AccountTables {
  visits: VisitTable
  sign_in_codes: SignInCodeTable
  sessions: SessionTable
  passkeys: PasskeyTable
  passkey_challenges: PasskeyChallengeTable
  provider_subjects: ProviderSubjectTable
  provider_visits: ProviderVisitTable
  used_forms: UsedFormTable
  kept_forms: KeptFormTable
  known_browsers: KnownBrowserTable
}
