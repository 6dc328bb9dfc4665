import type { Changing, Fixed } from '../columns.ts'
import type { AccountId, BoardId, MemberId, SupplierId } from '../ids.ts'
import type { MemberRole } from './member.ts'

export interface MemberTable {
  member_id: Fixed<MemberId>
  supplier_id: Fixed<SupplierId>
  account_id: Fixed<AccountId>
  name: Fixed<string>
  roles: Changing<MemberRole[]>
  joined_at: Fixed<Date>
  ended_at: Changing<Date | null>
}

export interface MemberInvitationTable {
  code_hash: Fixed<Uint8Array>
  supplier_id: Fixed<SupplierId>
  email: Fixed<string>
  name: Fixed<string>
  roles: Fixed<MemberRole[]>
  made_by: Fixed<string>
  made_at: Fixed<Date>
  expires_at: Changing<Date>
  used_at: Changing<Date | null>
}

export interface MemberTidingTable {
  board_id: Fixed<BoardId>
  member_id: Fixed<MemberId>
  ref: Fixed<string>
  told_at: Fixed<Date>
}

export interface MemberTables {
  member_tidings: MemberTidingTable
  members: MemberTable
  member_invitations: MemberInvitationTable
}
