-- Suppliers and holders hear what happened as signed security events (SET, RFC 8417): pushed to them (RFC 8935) or fetched by
-- them (RFC 8936). A stream keeps its own place in what happened, and a row for each event until it was delivered.

create table event_streams (
  stream_id uuid primary key,
  client_id text not null references clients,
  -- The supplier or holder, whose clients share its streams.
  receiver_id uuid not null,
  supplier_id uuid not null references suppliers,
  delivery text not null check (delivery in ('push', 'poll')),
  endpoint_url text,
  endpoint_authorization text,
  -- Null: all of them.
  event_types text[],
  purposes text[],
  status text not null check (status in ('enabled', 'paused')),
  made_at timestamptz not null,
  -- What had been written when it was opened (pg_snapshot): that is not told.
  opened_snapshot text not null,
  -- The last event that was taken in; the first read goes on from here.
  place_xid text not null,
  place_seq text not null,
  place_event_id uuid not null,
  -- A receiver that cannot be reached is left alone until then.
  rests_until timestamptz,
  failures integer not null default 0,
  constraint event_streams_push_has_endpoint check ((delivery = 'push') = (endpoint_url is not null))
);
create index event_streams_by_receiver on event_streams (receiver_id);
grant select, insert, delete on event_streams to consent_broker;
grant update (endpoint_url, endpoint_authorization, event_types, purposes, status, place_xid, place_seq, place_event_id, rests_until, failures)
  on event_streams to consent_broker;

create table stream_events (
  stream_id uuid not null references event_streams on delete cascade,
  event_id uuid not null,
  -- Of events about one subject the next goes when the one before it was delivered.
  subject_key text,
  nr bigint generated always as identity,
  -- Sealed, and erased on delivery.
  payload text,
  run_at timestamptz not null,
  locked_until timestamptz,
  attempts integer not null default 0,
  first_tried_at timestamptz,
  last_error text,
  taken_in_at timestamptz not null,
  delivered_at timestamptz,
  dead_at timestamptz,
  -- The receiver said that it did what the event asks.
  done_at timestamptz,
  primary key (stream_id, event_id),
  constraint stream_events_erased_when_delivered check (delivered_at is null or payload is null)
);
create index stream_events_waiting on stream_events (stream_id, nr) where delivered_at is null and dead_at is null;
create index stream_events_by_subject on stream_events (stream_id, subject_key, nr) where delivered_at is null and dead_at is null;
create index stream_events_dead on stream_events (stream_id, nr) where dead_at is not null;
grant select, insert, delete on stream_events to consent_broker;
grant update (payload, run_at, locked_until, attempts, first_tried_at, last_error, delivered_at, dead_at, done_at) on stream_events to consent_broker;
