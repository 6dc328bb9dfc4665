import type { Approach } from '../approach.ts'
import type { Changing, Fixed } from '../columns.ts'
import type { BoardId, ConsentId, GrantId, HolderId, PersonId, SupplierId, TokenId, UseId } from '../ids.ts'

export interface PseudonymTable {
  board_id: Fixed<BoardId>
  audience_id: Fixed<string>
  subject_id: Fixed<PersonId>
  pseudonym: Fixed<string>
}

export interface GrantTable {
  board_id: Fixed<BoardId>
  grant_id: Fixed<GrantId>
  approach: Fixed<Approach>
  consent_id: Changing<ConsentId>
  supplier_id: Fixed<SupplierId>
  holder_id: Fixed<HolderId>
  subject_id: Fixed<PersonId>
  created_at: Fixed<Date>
}

export interface UseTable {
  board_id: Fixed<BoardId>
  use_id: Fixed<UseId>
  approach: Fixed<Approach>
  token_id: Fixed<TokenId>
  holder_id: Fixed<HolderId>
  delivered_at: Fixed<Date>
  datatypes: Fixed<string[]>
  records: Fixed<number>
  reported_at: Fixed<Date>
}

export interface GrantTables {
  pseudonyms: PseudonymTable
  grants: GrantTable
  uses: UseTable
}
