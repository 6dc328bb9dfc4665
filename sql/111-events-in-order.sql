-- Events about one subject come in order, always: what was laid aside keeps its place, and the ones behind it wait until somebody
-- sends it again, or says that it need not come (`skipped_at`).
alter table stream_events add column skipped_at timestamptz,
  add constraint stream_events_skipped_is_not_delivered check (skipped_at is null or (delivered_at is null and payload is null));
drop index stream_events_waiting, stream_events_by_subject, stream_events_dead;
create index stream_events_waiting on stream_events (stream_id, nr) where delivered_at is null and dead_at is null and skipped_at is null;
create index stream_events_by_subject on stream_events (stream_id, subject_key, nr) where delivered_at is null and skipped_at is null;
create index stream_events_dead on stream_events (stream_id, nr) where dead_at is not null;
grant update (skipped_at) on stream_events to consent_broker;
