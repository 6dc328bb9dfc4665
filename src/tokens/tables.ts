import type { Approach } from '../approach.ts'
import type { Changing, ChangingDefault, Fixed } from '../columns.ts'
import type {
  AgreementId,
  BoardId,
  ClientId,
  ConsentId,
  GrantId,
  HolderId,
  PersonId,
  ReleaseId,
  StatusListId,
  SupplierId,
  TenureId,
  TokenId,
} from '../ids.ts'
import type { PupilData } from '../tokens/pupil-data.ts'

export interface TokenTable {
  board_id: Fixed<BoardId>
  token_id: Fixed<TokenId>
  approach: Fixed<Approach>
  client_id: Fixed<ClientId>
  supplier_id: Fixed<SupplierId>
  holder_id: Fixed<HolderId>
  jkt: Fixed<string>
  authorization_details: Fixed<PupilData[]>
  sub: Fixed<string>
  status_list_id: Fixed<StatusListId>
  status_index: Fixed<number>
  issued_at: Fixed<Date>
  expires_at: Fixed<Date>
  ended_at: Changing<Date | null>
  ended_because: Changing<string | null>
}

export interface TokenSupportTable {
  board_id: Fixed<BoardId>
  token_id: Fixed<TokenId>
  grant_id: Fixed<GrantId>
  approach: Fixed<Approach>
  consent_id: Fixed<ConsentId>
  subject_id: Fixed<PersonId>
  release_id: Fixed<ReleaseId | null>
  agreement_id: Fixed<AgreementId | null>
  holder_agreement_id: Fixed<AgreementId>
  tenure_id: Fixed<TenureId>
  expires_at: Fixed<Date>
}

export interface StatusListTable {
  list_id: Fixed<StatusListId>
  holder_id: Fixed<HolderId>
  bucket: Fixed<Date>
  number: Fixed<number>
  size: Fixed<number>
  taken: ChangingDefault<number>
  opened_at: Fixed<Date>
}

export interface StatusEntryTable {
  list_id: Fixed<StatusListId>
  index: Fixed<number>
  token_id: Fixed<TokenId>
  board_id: Fixed<BoardId>
  set_at: Changing<Date | null>
}

export interface TokenTables {
  tokens: TokenTable
  token_supports: TokenSupportTable
  status_lists: StatusListTable
  status_entries: StatusEntryTable
}
