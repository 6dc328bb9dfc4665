import type { Approach } from '../approach.ts'
import type { Fixed } from '../columns.ts'
import type { BoardId, ClientId, MemberId, PersonId, SupplierId, TokenId, ViewId } from '../ids.ts'

export interface HostedClientTable {
  supplier_id: Fixed<SupplierId>
  client_id: Fixed<ClientId>
  sealed_key: Fixed<string>
  made_at: Fixed<Date>
}

export interface ViewTable {
  board_id: Fixed<BoardId>
  view_id: Fixed<ViewId>
  approach: Fixed<Approach>
  token_id: Fixed<TokenId>
  supplier_id: Fixed<SupplierId>
  subject_id: Fixed<PersonId>
  member_id: Fixed<MemberId>
  datatypes: Fixed<string[]>
  viewed_at: Fixed<Date>
}

export interface HostedTables {
  hosted_clients: HostedClientTable
  views: ViewTable
}
