-- The ledger proves what happened. It can only grow, and every entry holds the hash of the one before it in its chain.
-- Two chains per board, because the school may not see the subject-oriented one, and one of the operator (board_id null).

create table ledger (
  chain text not null,
  seq bigint not null,
  board_id uuid,
  approach text not null check (approach in ('organisation', 'subject', 'operator')),
  prev_hash bytea,
  hash bytea not null check (length(hash) = 32),
  at timestamptz not null,
  event text not null,
  actor text not null,
  ref uuid,
  body text not null,
  primary key (chain, seq),
  constraint ledger_chain_does_not_fork unique nulls not distinct (chain, prev_hash),
  constraint ledger_chain_is_of_its_board check (
    chain = case when board_id is null then 'operator' else board_id::text || ':' || approach end
  ),
  constraint ledger_operator_has_no_board check ((board_id is null) = (approach = 'operator'))
);
create index ledger_by_ref on ledger (board_id, ref);
alter table ledger enable row level security;
alter table ledger force row level security;
create policy of_its_board on ledger using (
  (board_id = any ((select app_boards())::uuid[]) and (approach = 'organisation' or (select app_actor()) <> 'staff'))
  or (board_id is null and (select app_actor()) = 'operator')
);
grant select, insert on ledger to consent_broker;

-- Appends one entry. Called last in its transaction: the lock on the chain is held until commit, and only a statement
-- that begins after the lock is held sees the true head. A writer that may not see the chain cannot lengthen it: it
-- would start at nothing, and `ledger_chain_does_not_fork` refuses that.
create function ledger_append(
  for_board uuid, of_approach text, at_time timestamptz, of_event text, by_actor text, about uuid, with_body text
) returns bigint language plpgsql
-- The head is the end of an index. While a chain is young the planner would rather read all of it and sort, and keep to
-- that plan as it grows.
set enable_sort = off as $$
declare
  of_chain text := case when for_board is null then 'operator' else for_board::text || ':' || of_approach end;
  head_seq bigint;
  head_hash bytea;
  next_seq bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('ledger:' || of_chain, 0));
  select l.seq, l.hash into head_seq, head_hash from ledger l where l.chain = of_chain order by l.seq desc limit 1; -- ledger_pkey
  next_seq := coalesce(head_seq, 0) + 1;
  insert into ledger (chain, seq, board_id, approach, prev_hash, hash, at, event, actor, ref, body)
  values (
    of_chain, next_seq, for_board, of_approach, head_hash,
    sha256(coalesce(head_hash, ''::bytea) || convert_to(
      of_chain || E'\n' || next_seq || E'\n'
      || to_char(at_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || E'\n'
      || of_event || E'\n' || by_actor || E'\n' || coalesce(about::text, '') || E'\n' || with_body, 'UTF8')),
    at_time, of_event, by_actor, about, with_body
  );
  return next_seq;
end $$;
grant execute on function ledger_append to consent_broker;

-- Personal content stands in the ledger as a commitment under the subject's own key: erase the key and the proof stays.
create table subject_keys (
  board_id uuid not null references boards,
  subject_id uuid not null,
  key bytea not null check (length(key) = 32),
  primary key (board_id, subject_id)
);
call make_tenant('subject_keys');
grant select, insert, delete on subject_keys to consent_broker;
