-- Long work (a roster, a round that goes out, reminders, an export) outlives the request that asked for it and the process
-- that began it. What is to be done and how far it is stands with its board; the queue only says whose turn it is and for
-- how long somebody has it. `attempts` fences: whoever lost the job to another process can no longer commit anything for it.

create table jobs (
  board_id uuid not null references boards,
  job_id uuid not null,
  kind text not null,
  payload jsonb not null,
  asked_by text not null,
  dedup_key text,
  asked_at timestamptz not null,
  started_at timestamptz,
  done integer not null default 0,
  total integer,
  reached jsonb,
  ended_at timestamptz,
  outcome text check (outcome in ('done', 'refused', 'given_up')),
  result jsonb,
  primary key (board_id, job_id),
  constraint jobs_once_per_key unique (board_id, dedup_key),
  constraint jobs_end_with_an_outcome check ((ended_at is null) = (outcome is null)),
  constraint jobs_progress_within_total check (done >= 0 and (total is null or done <= total))
);
call make_tenant('jobs');
create index jobs_newest on jobs (board_id, kind, asked_at);
grant select, insert, delete on jobs to consent_broker;
grant update (started_at, done, total, reached, ended_at, outcome, result) on jobs to consent_broker;

create table job_queue (
  job_id uuid primary key,
  board_id uuid not null references boards,
  kind text not null,
  run_at timestamptz not null,
  locked_until timestamptz,
  attempts integer not null default 0
);
create index job_queue_waiting on job_queue (run_at);
grant select, insert, delete on job_queue to consent_broker;
grant update (run_at, locked_until, attempts) on job_queue to consent_broker;
