import type { Changing, ChangingDefault, Fixed, FixedDefault } from '../columns.ts'
import type { ClientId, EventId, StreamId, SupplierId } from '../ids.ts'
import type { EventType } from './event-types.ts'

export interface EventStreamTable {
  stream_id: Fixed<StreamId>
  client_id: Fixed<ClientId>
  receiver_id: Fixed<string>
  supplier_id: Fixed<SupplierId>
  delivery: Fixed<'push' | 'poll'>
  endpoint_url: Changing<string | null>
  endpoint_authorization: Changing<string | null>
  event_types: Changing<EventType[] | null>
  purposes: Changing<string[] | null>
  status: Changing<'enabled' | 'paused'>
  made_at: Fixed<Date>
  opened_snapshot: Fixed<string>
  place_xid: Changing<string>
  place_seq: Changing<string>
  place_event_id: Changing<EventId>
  rests_until: Changing<Date | null>
  failures: ChangingDefault<number>
}

export interface StreamEventTable {
  stream_id: Fixed<StreamId>
  event_id: Fixed<EventId>
  subject_key: Fixed<string | null>
  nr: FixedDefault<string>
  payload: Changing<string | null>
  run_at: Changing<Date>
  locked_until: Changing<Date | null>
  attempts: ChangingDefault<number>
  first_tried_at: Changing<Date | null>
  last_error: Changing<string | null>
  taken_in_at: Fixed<Date>
  delivered_at: Changing<Date | null>
  dead_at: Changing<Date | null>
  done_at: Changing<Date | null>
  skipped_at: Changing<Date | null>
}

export interface StreamTables {
  event_streams: EventStreamTable
  stream_events: StreamEventTable
}
