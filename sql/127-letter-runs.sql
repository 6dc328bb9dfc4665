-- Letters for a whole round take a while: a job makes them, and whoever asked for them prints them from here. No code is kept: it is made
-- anew from `nonce` each time it is shown, so when a run is let go of, nobody can ever show its codes again.
create table letter_runs (
  board_id uuid not null references boards,
  run_id uuid not null,
  round_id uuid not null,
  again boolean not null,
  nonce bytea not null check (length(nonce) = 32),
  asked_by uuid not null,
  asked_at timestamptz not null,
  job_id uuid not null,
  primary key (board_id, run_id),
  foreign key (board_id, round_id) references rounds,
  foreign key (board_id, asked_by) references persons
);
call make_tenant('letter_runs');
create index letter_runs_by_asker on letter_runs (board_id, round_id, asked_by);
grant select, insert, delete on letter_runs to consent_broker;

create table letter_run_people (
  board_id uuid not null,
  run_id uuid not null,
  nr integer not null,
  person_id uuid not null,
  -- Null: their turn has not come.
  outcome text check (outcome in ('made', 'kept', 'own_family', 'not_needed')),
  primary key (board_id, run_id, nr),
  foreign key (board_id, run_id) references letter_runs on delete cascade,
  foreign key (board_id, person_id) references persons
);
call make_tenant('letter_run_people');
grant select, insert, delete on letter_run_people to consent_broker;
grant update (outcome) on letter_run_people to consent_broker;
