import type { Changing, Fixed } from '../columns.ts'
import type { BoardId, ClientId, HolderId, SupplierId } from '../ids.ts'

export interface SandboxTable {
  supplier_id: Fixed<SupplierId>
  twin_id: Fixed<SupplierId>
  holder_id: Fixed<HolderId>
  holder_client_id: Fixed<ClientId>
  sealed_key: Fixed<string>
  oin: Fixed<string>
  brin: Fixed<string>
  board_id: Changing<BoardId>
  made_at: Fixed<Date>
  reset_at: Changing<Date>
}

export interface SandboxTables {
  sandboxes: SandboxTable
}
