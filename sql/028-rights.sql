-- Somebody uses a right of the GDPR (art. 15-21): see, correct, erase, object, restrict, carry along. What goes to the school is
-- a case there; what is about data a company asked for directly goes to that company, and the school sees nothing of it.

-- `revision` counts what staff did: who acts on a page that is older sees what changed first. `words` and `closing` are
-- people's own; the ledger holds commitments to them.
create table rights_cases (
  board_id uuid not null references boards,
  case_id uuid not null,
  approach text not null check (approach in ('organisation', 'subject')),
  kind text not null check (kind in ('access', 'rectification', 'erasure', 'objection', 'restriction', 'portability')),
  subject_id uuid not null,
  made_by uuid not null,
  method text not null check (method in ('web', 'paper', 'phone', 'desk')),
  recorded_by uuid,
  supplier_id uuid references suppliers,
  words text,
  received_at timestamptz not null,
  due_at timestamptz not null,
  revision integer not null default 0,
  taken_at timestamptz,
  taken_by uuid,
  extended_at timestamptz,
  extended_by uuid,
  extended_because text,
  closed_at timestamptz,
  closed_by text,
  outcome text check (outcome in ('granted', 'partly', 'refused', 'withdrawn')),
  closing text,
  primary key (board_id, case_id),
  foreign key (board_id, subject_id) references persons,
  foreign key (board_id, made_by) references persons,
  constraint rights_cases_go_to_the_school_or_a_supplier check ((approach = 'subject') = (supplier_id is not null)),
  constraint rights_cases_elsewhere_name_the_recorder check ((method = 'web') = (recorded_by is null)),
  constraint rights_cases_taken_whole check (num_nonnulls(taken_at, taken_by) in (0, 2)),
  constraint rights_cases_extended_with_reason check (num_nonnulls(extended_at, extended_by, extended_because) in (0, 3)),
  constraint rights_cases_closed_whole check (num_nonnulls(closed_at, closed_by, outcome) in (0, 3)),
  constraint rights_cases_decided_with_words check (outcome is null or outcome = 'withdrawn' or closing is not null)
);
call make_tenant('rights_cases', true);
create index rights_cases_by_subject on rights_cases (board_id, subject_id);
create index rights_cases_open on rights_cases (board_id, due_at) where closed_at is null;
create unique index rights_cases_one_open on rights_cases (board_id, subject_id, made_by, kind, supplier_id)
  nulls not distinct where closed_at is null;
grant select, insert on rights_cases to consent_broker;
grant update (due_at, revision, taken_at, taken_by, extended_at, extended_by, extended_because, closed_at, closed_by, outcome, closing)
  on rights_cases to consent_broker;

alter table duties add foreign key (board_id, case_id) references rights_cases;
