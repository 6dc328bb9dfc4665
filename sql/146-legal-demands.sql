-- An authority that demands data of a processor (model agreement art. 5.4; covenant C13, M07): nothing goes to others but on the
-- school's order or by legal duty, and then the ground and who asks are checked and the school hears of it at once. Who asks, the
-- ground, the check and the data are people's words: the ledger holds their hash under the demand's own salt. `told_at` is the clock's.
create table legal_demands (
  board_id uuid not null references boards,
  demand_id uuid not null,
  supplier_id uuid not null references suppliers,
  told_by text not null,
  told_at timestamptz not null,
  authority text not null,
  ground text not null,
  checked_how text not null,
  checked_by text not null,
  data text not null,
  group_size integer check (group_size > 0),
  reference text,
  outcome text not null check (outcome in ('waits', 'given', 'refused')),
  given_at timestamptz,
  secret boolean not null,
  salt bytea not null,
  seen_at timestamptz,
  seen_by uuid,
  primary key (board_id, demand_id),
  constraint legal_demands_about_somebody check (num_nonnulls(group_size, reference) > 0),
  constraint legal_demands_given_once_told check ((outcome = 'given') = (given_at is not null) and given_at <= told_at),
  constraint legal_demands_seen_whole check (num_nonnulls(seen_at, seen_by) in (0, 2))
);
call make_tenant('legal_demands');
create index legal_demands_by_supplier on legal_demands (board_id, supplier_id);
grant select, insert on legal_demands to consent_broker;
grant update (seen_at, seen_by) on legal_demands to consent_broker;
