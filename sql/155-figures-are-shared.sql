-- The board alone decides whether figures of a round go further than its own desks (Dienst MDO, D12): what it shares stands on the public
-- page of its schools as it was counted then, with the small groups left out, until it stops. Others count on from these and from nothing else.
create table figure_shares (
  board_id uuid not null references boards,
  share_id uuid not null,
  round_id uuid not null,
  figures jsonb not null,
  shared_at timestamptz not null,
  shared_by uuid not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (board_id, share_id),
  constraint figure_shares_end_after_start check (ended_at >= shared_at),
  constraint figure_shares_ended_whole check (num_nonnulls(ended_at, ended_by) in (0, 2)),
  foreign key (board_id, round_id) references rounds,
  foreign key (board_id, shared_by) references persons,
  foreign key (board_id, ended_by) references persons
);
call make_tenant('figure_shares');
create unique index figure_shares_one_open on figure_shares (board_id, round_id) where ended_at is null;
grant select, insert on figure_shares to consent_broker;
grant update (ended_at, ended_by) on figure_shares to consent_broker;
