-- Somebody asked a supplier about their data that are the school's: the supplier sends it on to the school at once (model
-- agreement art. 9.1), where it becomes a case. It knows the person by its own reference, and says in a hint who that is; the hint
-- goes when the school has found them.

create table forwarded_rights (
  board_id uuid not null references boards,
  forwarded_id uuid not null,
  supplier_id uuid not null references suppliers,
  kind text not null check (kind in ('access', 'rectification', 'erasure', 'objection', 'restriction', 'portability')),
  reference text not null,
  hint text,
  words text,
  received_at timestamptz not null,
  forwarded_at timestamptz not null,
  forwarded_by text not null,
  taken_at timestamptz,
  taken_by uuid,
  case_id uuid,
  primary key (board_id, forwarded_id),
  foreign key (board_id, case_id) references rights_cases,
  constraint forwarded_rights_taken_whole check (num_nonnulls(taken_at, taken_by) in (0, 2)),
  constraint forwarded_rights_hint_goes check (taken_at is null or hint is null),
  constraint forwarded_rights_not_before check (received_at <= forwarded_at)
);
call make_tenant('forwarded_rights', false);
create index forwarded_rights_open on forwarded_rights (board_id, received_at) where taken_at is null;
create index forwarded_rights_by_supplier on forwarded_rights (supplier_id, forwarded_at);
grant select, insert on forwarded_rights to consent_broker;
grant update (hint, taken_at, taken_by, case_id) on forwarded_rights to consent_broker;
