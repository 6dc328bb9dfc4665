-- When somebody last looked at what concerns them at a board, so that home can say what changed since. Two moments: this
-- visit, and the one before it. A pause begins a new visit.
create table visits (
  account_id uuid not null references accounts,
  board_id uuid not null references boards,
  seen_at timestamptz not null,
  before_at timestamptz,
  primary key (account_id, board_id),
  constraint visits_one_after_the_other check (before_at <= seen_at)
);
grant select, insert, delete on visits to consent_broker;
grant update (seen_at, before_at) on visits to consent_broker;

-- The year's agreement with one decider about one subject, as it stood when they looked: their own answers and what the
-- school undertakes, never what another decider said. A version is kept when it differs from the one before. The words of
-- its items are those that were shown with each answer; they stand in shown_texts.
create table parent_agreements (
  board_id uuid not null references boards,
  round_id uuid not null,
  subject_id uuid not null,
  decider_id uuid not null,
  version integer not null check (version > 0),
  content text not null,
  content_hash bytea not null check (length(content_hash) = 32),
  made_at timestamptz not null,
  primary key (board_id, round_id, subject_id, decider_id, version),
  foreign key (board_id, round_id) references rounds,
  foreign key (board_id, subject_id) references persons,
  foreign key (board_id, decider_id) references persons
);
call make_tenant('parent_agreements');
grant select, insert on parent_agreements to consent_broker;
