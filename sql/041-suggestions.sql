-- A school points families to a service they may want to use themselves (K14). It asks nothing, decides nothing and gets nothing
-- back: no row says who read it or what they did. Whether they go on is between them and the company.
create table suggestions (
  board_id uuid not null references boards,
  suggestion_id uuid not null,
  service_id uuid not null references services,
  audience jsonb not null,
  words text not null,
  suggested_at timestamptz not null,
  suggested_by uuid not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (board_id, suggestion_id),
  foreign key (board_id, suggested_by) references persons,
  constraint suggestions_end_after_they_begin check (ends_at > suggested_at),
  constraint suggestions_ended_whole check (num_nonnulls(ended_at, ended_by) in (0, 2))
);
call make_tenant('suggestions');
create index suggestions_open on suggestions (board_id, ends_at) where ended_at is null;
grant select, insert on suggestions to consent_broker;
grant update (ended_at, ended_by) on suggestions to consent_broker;
