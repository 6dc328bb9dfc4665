-- What has to be told, written in the transaction of the act. `xid` orders readers: a cursor over it never skips a row
-- of a transaction that was still open (a cursor over the largest id does).

create table events (
  board_id uuid not null references boards,
  event_id uuid not null,
  approach text not null check (approach in ('organisation', 'subject')),
  receiver_id uuid not null,
  event text not null,
  subject_id uuid,
  subject_seq bigint,
  ref uuid not null,
  facts jsonb not null default '{}',
  at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (board_id, event_id),
  constraint events_in_order_per_subject unique (board_id, receiver_id, subject_id, approach, subject_seq)
);
call make_tenant('events', true);
create index events_by_receiver on events (board_id, receiver_id, xid, event_id);
grant select, insert on events to consent_broker;

-- Mails to send. The payload is encrypted and erased on delivery.
create table deliveries (
  delivery_id uuid primary key,
  kind text not null check (kind in ('mail')),
  payload text,
  dedup_key text unique,
  run_at timestamptz not null,
  locked_until timestamptz,
  attempts integer not null default 0,
  done_at timestamptz,
  dead_at timestamptz,
  made_at timestamptz not null,
  constraint deliveries_erased_when_done check (done_at is null or payload is null)
);
create index deliveries_waiting on deliveries (run_at) where done_at is null and dead_at is null;
grant select, insert, delete on deliveries to consent_broker;
grant update (payload, run_at, locked_until, attempts, done_at, dead_at) on deliveries to consent_broker;
