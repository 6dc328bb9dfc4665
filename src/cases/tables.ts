import type { Approach } from '../approach.ts'
import type { Changing, ChangingDefault, Fixed } from '../columns.ts'
import type { BoardId, CaseId, PersonId, SupplierId } from '../ids.ts'

export interface RightsCaseTable {
  board_id: Fixed<BoardId>
  case_id: Fixed<CaseId>
  approach: Fixed<Approach>
  kind: Fixed<'access' | 'rectification' | 'erasure' | 'objection' | 'restriction' | 'portability'>
  subject_id: Fixed<PersonId>
  made_by: Fixed<PersonId>
  method: Fixed<'web' | 'paper' | 'phone' | 'desk'>
  recorded_by: Fixed<PersonId | null>
  supplier_id: Fixed<SupplierId | null>
  words: Fixed<string | null>
  received_at: Fixed<Date>
  due_at: Date
  revision: ChangingDefault<number>
  taken_at: Changing<Date | null>
  taken_by: Changing<PersonId | null>
  extended_at: Changing<Date | null>
  extended_by: Changing<PersonId | null>
  extended_because: Changing<string | null>
  closed_at: Changing<Date | null>
  closed_by: Changing<string | null>
  outcome: Changing<'granted' | 'partly' | 'refused' | 'withdrawn' | null>
  closing: Changing<string | null>
}

export interface CaseTables {
  rights_cases: RightsCaseTable
}
