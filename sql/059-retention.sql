-- How long the school keeps what it has about a pupil who left: at least so long and at most so long, per category (protocol ch. 11;
-- the sources say both, so both are kept). Without a row the protocol's own terms hold. That it was deleted is recorded once per
-- pupil and category, with how; with the administration goes what this broker itself has about the pupil.
create table retention_rules (
  board_id uuid not null references boards,
  category text not null check (category in ('administration', 'dossier', 'dossier_special')),
  min_months integer not null check (min_months between 0 and 600),
  max_months integer not null check (max_months between 1 and 600),
  set_at timestamptz not null,
  set_by uuid not null,
  primary key (board_id, category),
  constraint retention_rules_at_least_before_at_most check (max_months >= min_months)
);
call make_tenant('retention_rules');
grant select, insert on retention_rules to consent_broker;
grant update (min_months, max_months, set_at, set_by) on retention_rules to consent_broker;

create table deletions (
  board_id uuid not null references boards,
  deletion_id uuid not null,
  category text not null check (category in ('administration', 'dossier', 'dossier_special')),
  deleted_at timestamptz not null,
  deleted_by uuid not null,
  how text not null,
  primary key (board_id, deletion_id)
);
call make_tenant('deletions');
grant select, insert on deletions to consent_broker;

create table deletion_subjects (
  board_id uuid not null,
  deletion_id uuid not null,
  subject_id uuid not null,
  category text not null,
  primary key (board_id, subject_id, category),
  foreign key (board_id, deletion_id) references deletions,
  foreign key (board_id, subject_id) references persons
);
call make_tenant('deletion_subjects');
grant select, insert on deletion_subjects to consent_broker;

-- What people wrote about a pupil goes with the pupil.
grant update (words) on rights_cases to consent_broker;
grant update (contents, receiver_name) on transfers to consent_broker;
grant update (remarks) on transfer_inspections to consent_broker;
