-- Whoever works for a supplier is mailed once about each thing that waits for them: what they were told of stands here, so that
-- two processes, or a second turn of the same job, tell it no second time.

create table member_tidings (
  board_id uuid not null references boards,
  member_id uuid not null references members,
  ref uuid not null,
  told_at timestamptz not null,
  primary key (board_id, member_id, ref)
);
call make_tenant('member_tidings', false);
grant select, insert on member_tidings to consent_broker;
