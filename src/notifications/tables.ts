import type { Approach } from '../approach.ts'
import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type { BoardId, ConsentId, DeliveryId, EventId, PersonId, SignalId } from '../ids.ts'
import type { Reminds } from './reminds.ts'

export interface EventTable {
  board_id: Fixed<BoardId>
  event_id: Fixed<EventId>
  approach: Fixed<Approach>
  receiver_id: Fixed<string>
  event: Fixed<string>
  subject_id: Fixed<PersonId | null>
  subject_seq: Fixed<string | null>
  ref: Fixed<string>
  facts: FixedDefault<Record<string, unknown>>
  at: Fixed<Date>
  xid: FixedDefault<string>
}

export interface DeliveryTable {
  delivery_id: Fixed<DeliveryId>
  kind: Fixed<'mail' | 'ping' | 'question' | 'prepared_question'>
  payload: Changing<string | null>
  dedup_key: Fixed<string | null>
  by_day: FixedDefault<boolean>
  reminds: Fixed<Reminds | null>
  run_at: Date
  locked_until: Changing<Date | null>
  attempts: ChangingDefault<number>
  done_at: Changing<Date | null>
  dead_at: Changing<Date | null>
  made_at: Fixed<Date>
  board_id: Fixed<BoardId | null>
  informs: FixedDefault<PersonId[]>
}

export interface InformedTable {
  board_id: Fixed<BoardId>
  person_id: Fixed<PersonId>
  at: Date
  how: 'mail' | 'letter'
}

export interface SignalTable {
  signal_id: Fixed<SignalId>
  consent_id: Fixed<ConsentId>
  payload: Fixed<string>
  expires_at: Fixed<Date>
}

export interface NotificationTables {
  events: EventTable
  deliveries: DeliveryTable
  informed: InformedTable
  signals: SignalTable
}
