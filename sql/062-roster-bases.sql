-- A OneRoster delta says what changed since the roster before it, so of that roster is kept what a change is held against:
-- who belongs where and to whom, by the sender's ids. No names, no days of birth: those are known from the persons.

create table roster_bases (
  board_id uuid primary key references boards,
  content bytea not null,
  content_hash bytea not null check (length(content_hash) = 32),
  taken_at timestamptz not null
);
call make_tenant('roster_bases');
grant select, insert on roster_bases to consent_broker;
grant update (content, content_hash, taken_at) on roster_bases to consent_broker;
