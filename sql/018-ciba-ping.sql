-- CIBA ping: a client that asked somebody directly hears at its own address that there is an answer to fetch.
alter table clients add column notification_uri text;
alter table clients add constraint clients_ping_those_who_ask check (notification_uri is null or way = 'ciba');

-- Who waits for a decision: each time one is made, what is sealed here goes into the outbox, in the transaction of the decision.
create table signals (
  signal_id uuid primary key,
  consent_id uuid not null,
  payload text not null,
  expires_at timestamptz not null
);
create index signals_by_consent on signals (consent_id);
create index signals_expired on signals (expires_at);
grant select, insert, delete on signals to consent_broker;

-- Pings go out by the same outbox as mails, and neither waits behind the other.
alter table deliveries drop constraint deliveries_kind_check;
alter table deliveries add constraint deliveries_kind_check check (kind in ('mail', 'ping'));
drop index deliveries_waiting;
create index deliveries_waiting on deliveries (kind, run_at) where done_at is null and dead_at is null;
