-- A student administration may send its rosters by itself, where an administrator of the board said so. What it sends is shown
-- and taken in by the same rules; only where much of what is there would end does it wait for somebody.

create table roster_senders (
  board_id uuid not null references boards,
  holder_id uuid not null references holders,
  allowed_at timestamptz not null,
  allowed_by uuid not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (board_id, holder_id, allowed_at),
  foreign key (board_id, allowed_by) references persons,
  foreign key (board_id, ended_by) references persons,
  constraint roster_senders_ended_whole check (num_nonnulls(ended_at, ended_by) in (0, 2) and (ended_at is null or ended_at >= allowed_at))
);
call make_tenant('roster_senders');
create unique index roster_senders_one_open on roster_senders (board_id, holder_id) where ended_at is null;
grant select, insert on roster_senders to consent_broker;
grant update (ended_at, ended_by) on roster_senders to consent_broker;
