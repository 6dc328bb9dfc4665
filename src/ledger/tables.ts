import type { Approach } from '../approach.ts'
import type { Fixed } from '../columns.ts'
import type { BoardId, PersonId } from '../ids.ts'
import type { LedgerEvent } from './events.ts'

export interface LedgerTable {
  chain: Fixed<string>
  seq: Fixed<string>
  board_id: Fixed<BoardId | null>
  approach: Fixed<Approach | 'operator'>
  prev_hash: Fixed<Uint8Array | null>
  hash: Fixed<Uint8Array>
  at: Fixed<Date>
  event: Fixed<LedgerEvent>
  actor: Fixed<string>
  ref: Fixed<string | null>
  body: Fixed<string>
}

export interface SubjectKeyTable {
  board_id: Fixed<BoardId>
  subject_id: Fixed<PersonId>
  key: Fixed<Uint8Array>
}

export interface LedgerTables {
  ledger: LedgerTable
  subject_keys: SubjectKeyTable
}
