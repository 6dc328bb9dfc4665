-- Whoever answered may take the answer back while they are still signed in. It stays as proof and counts no more, as if it
-- had not been given.
alter table answers add undone_at timestamptz;
alter table answers add constraint answers_undone_after_given check (undone_at >= answered_at);
grant update (undone_at) on answers to consent_broker;

-- What a parent asks the school about a question before answering it, and what the school says. Only by way of the school:
-- of a question that was asked directly the school does not know. The words are personal and stand in no ledger.
create table inquiries (
  board_id uuid not null references boards,
  inquiry_id uuid not null,
  approach text not null default 'organisation' check (approach = 'organisation'),
  consent_id uuid not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  question text not null check (length(question) between 1 and 1000),
  answered_at timestamptz,
  answered_by uuid,
  answer text check (length(answer) between 1 and 2000),
  primary key (board_id, inquiry_id),
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach),
  foreign key (board_id, asked_by) references persons,
  constraint inquiries_answered_whole check (num_nonnulls(answered_at, answered_by, answer) in (0, 3)),
  constraint inquiries_answered_after_asked check (answered_at >= asked_at)
);
call make_tenant('inquiries');
create index inquiries_by_consent on inquiries (board_id, consent_id);
create index inquiries_waiting on inquiries (board_id, asked_at) where answered_at is null;
grant select, insert on inquiries to consent_broker;
grant update (answered_at, answered_by, answer) on inquiries to consent_broker;
