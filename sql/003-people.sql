-- People of a board. Everything about them that holds for a time is an interval [starts_at, ends_at).

create table schools (
  board_id uuid not null references boards,
  school_id uuid not null,
  name text not null,
  sector text not null default 'po' check (sector in ('po', 'so', 'vo', 'mbo')),
  brin text not null check (brin ~ '^\d\d[A-Z]{2}(\d\d)?$'),
  source_id text,
  primary key (board_id, school_id),
  constraint schools_once_per_source unique (board_id, source_id)
);
call make_tenant('schools');
grant select, insert on schools to consent_broker;
grant update (name, sector, source_id) on schools to consent_broker;

-- No BSN, no race, no ethnicity, no password: there is no column for what must never be kept.
create table persons (
  board_id uuid not null references boards,
  person_id uuid not null,
  given_name text not null,
  family_name text not null,
  birth_date date,
  email text,
  phone text,
  eck_id text check (eck_id ~ '^https://ketenid\.nl/(201703|pilot)/[0-9a-f]{128}$'),
  source_id text,
  created_at timestamptz not null,
  erased_at timestamptz,
  primary key (board_id, person_id),
  constraint persons_once_per_source unique (board_id, source_id)
);
call make_tenant('persons');
create index persons_by_eck_id on persons (board_id, eck_id) where eck_id is not null;
grant select, insert on persons to consent_broker;
grant update (given_name, family_name, birth_date, email, phone, eck_id, source_id, erased_at) on persons to consent_broker;

create table enrolments (
  board_id uuid not null,
  enrolment_id uuid not null,
  person_id uuid not null,
  school_id uuid not null,
  group_name text,
  starts_at timestamptz not null,
  ends_at timestamptz,
  primary key (board_id, enrolment_id),
  foreign key (board_id, person_id) references persons,
  foreign key (board_id, school_id) references schools,
  constraint enrolments_end_after_start check (ends_at >= starts_at)
);
call make_tenant('enrolments');
create index enrolments_by_person on enrolments (board_id, person_id);
create index enrolments_by_school on enrolments (board_id, school_id, group_name);
grant select, insert on enrolments to consent_broker;
grant update (group_name, ends_at) on enrolments to consent_broker;

create table employments (
  board_id uuid not null,
  employment_id uuid not null,
  person_id uuid not null,
  school_id uuid,
  job_title text,
  starts_at timestamptz not null,
  ends_at timestamptz,
  primary key (board_id, employment_id),
  foreign key (board_id, person_id) references persons,
  foreign key (board_id, school_id) references schools,
  constraint employments_end_after_start check (ends_at >= starts_at)
);
call make_tenant('employments');
create index employments_by_person on employments (board_id, person_id);
grant select, insert on employments to consent_broker;
grant update (job_title, ends_at) on employments to consent_broker;

-- Who may speak for whom. A curator, mentor or guardianship institution stands here too, by its named mandate;
-- a foster parent without authority stands here with authority 'no'. `ended_by` names the member of staff who ended it:
-- a roster never opens again what staff closed.
create table guardianships (
  board_id uuid not null,
  guardianship_id uuid not null,
  guardian_id uuid not null,
  pupil_id uuid not null,
  kind text not null default 'parent' check (kind in ('parent', 'guardian', 'foster', 'curator', 'mentor', 'institution')),
  authority text not null check (authority in ('yes', 'no', 'unknown')),
  source text not null check (source in ('roster', 'roster_column', 'board_declaration', 'staff')),
  recorded_by uuid,
  starts_at timestamptz not null,
  ends_at timestamptz,
  ended_by uuid,
  primary key (board_id, guardianship_id),
  foreign key (board_id, guardian_id) references persons,
  foreign key (board_id, pupil_id) references persons,
  constraint guardianships_not_of_oneself check (guardian_id <> pupil_id),
  constraint guardianships_end_after_start check (ends_at >= starts_at)
);
call make_tenant('guardianships');
create index guardianships_by_pupil on guardianships (board_id, pupil_id);
create index guardianships_by_guardian on guardianships (board_id, guardian_id);
create unique index guardianships_one_open_per_pair on guardianships (board_id, guardian_id, pupil_id) where ends_at is null;
grant select, insert on guardianships to consent_broker;
grant update (ends_at, ended_by) on guardianships to consent_broker;

-- What a member of staff may do, where, and who said so. Nobody gives oneself a mandate.
create table mandates (
  board_id uuid not null,
  mandate_id uuid not null,
  person_id uuid not null,
  role text not null check (role in ('administrator', 'school_leader', 'signatory', 'consent_officer', 'teacher', 'dpo', 'concierge')),
  school_id uuid,
  group_name text,
  given_by uuid,
  starts_at timestamptz not null,
  ends_at timestamptz,
  primary key (board_id, mandate_id),
  foreign key (board_id, person_id) references persons,
  foreign key (board_id, school_id) references schools,
  constraint mandates_not_by_oneself check (given_by is distinct from person_id),
  constraint mandates_end_after_start check (ends_at >= starts_at)
);
call make_tenant('mandates');
create index mandates_by_person on mandates (board_id, person_id);
grant select, insert on mandates to consent_broker;
grant update (ends_at) on mandates to consent_broker;

-- Accounts are global: a mother with children at two boards has one account and two persons.
create table accounts (
  account_id uuid primary key,
  email text not null unique check (email = lower(email)),
  language text not null default 'nl' check (language in ('nl', 'en')),
  created_at timestamptz not null,
  last_seen_at timestamptz
);
grant select, insert on accounts to consent_broker;
grant update (email, language, last_seen_at) on accounts to consent_broker;

create table account_persons (
  account_id uuid not null references accounts,
  board_id uuid not null,
  person_id uuid not null,
  claimed_at timestamptz not null,
  primary key (account_id, board_id, person_id),
  constraint account_persons_one_account_per_person unique (board_id, person_id),
  foreign key (board_id, person_id) references persons
);
grant select, insert, delete on account_persons to consent_broker;

-- An invitation binds a person to an account: one use, bound to the contact it was sent to, expiring.
create table invitations (
  code_hash bytea primary key check (length(code_hash) = 32),
  board_id uuid not null,
  person_id uuid not null,
  email text not null check (email = lower(email)),
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (board_id, person_id) references persons
);
create index invitations_by_person on invitations (board_id, person_id);
grant select, insert, delete on invitations to consent_broker;
grant update (used_at, expires_at) on invitations to consent_broker;

-- One row per roster taken in: count and hash of its canonical content, which the ledger repeats.
create table roster_imports (
  board_id uuid not null references boards,
  import_id uuid not null,
  imported_at timestamptz not null,
  imported_by text not null,
  persons integer not null,
  content_hash bytea not null,
  primary key (board_id, import_id)
);
call make_tenant('roster_imports');
grant select, insert on roster_imports to consent_broker;
