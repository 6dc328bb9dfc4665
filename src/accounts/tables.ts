import type { Changing, ChangingDefault, Fixed } from '../columns.ts'
import type { AccountId, BoardId, SessionId, SignInCodeId } from '../ids.ts'

export interface SignInCodeTable {
  code_id: Fixed<SignInCodeId>
  email: Fixed<string>
  code_mac: Fixed<Uint8Array>
  browser_hash: Fixed<Uint8Array>
  made_at: Fixed<Date>
  expires_at: Fixed<Date>
  attempts: ChangingDefault<number>
  used_at: Changing<Date | null>
}

export type SignInMethod = 'code' | 'passkey' | 'provider' | 'paper'

export interface SessionTable {
  token_hash: Fixed<Uint8Array>
  session_id: Fixed<SessionId>
  account_id: Fixed<AccountId>
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
  account_id: Fixed<AccountId>
  used_at: Fixed<Date>
}

export interface VisitTable {
  account_id: Fixed<AccountId>
  board_id: Fixed<BoardId>
  seen_at: Date
  before_at: Changing<Date | null>
}

export interface AccountTables {
  visits: VisitTable
  sign_in_codes: SignInCodeTable
  sessions: SessionTable
  used_forms: UsedFormTable
}
