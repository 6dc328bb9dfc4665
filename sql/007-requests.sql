-- A supplier asks, by way of the school or directly. Step 4 (release) stands apart from the consent it leans on.

create table access_requests (
  board_id uuid not null references boards,
  request_id uuid not null,
  approach text not null check (approach in ('organisation', 'subject')),
  supplier_id uuid not null references suppliers,
  client_id text not null references clients,
  school_id uuid,
  service_id uuid not null references services,
  part_id text,
  leaflet_id uuid not null references leaflets,
  holder_id uuid not null references holders,
  datatypes text[] not null check (cardinality(datatypes) > 0),
  purpose text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  occasion text not null,
  reason_nl text not null,
  reason_en text,
  subject_kind text not null check (subject_kind in ('pupil', 'employee')),
  school_picks boolean not null default false,
  meaning_hash bytea not null check (length(meaning_hash) = 32),
  received_at timestamptz not null,
  narrowed_at timestamptz,
  narrowed_by uuid,
  forwarded_at timestamptz,
  forwarded_by uuid,
  refused_at timestamptz,
  refused_by uuid,
  refused_because text,
  withdrawn_at timestamptz,
  primary key (board_id, request_id),
  unique (board_id, request_id, approach),
  constraint access_requests_end_after_start check (ends_at > starts_at),
  constraint access_requests_closed_once check (num_nonnulls(refused_at, withdrawn_at) <= 1),
  constraint access_requests_forwarded_whole check (num_nonnulls(forwarded_at, forwarded_by) in (0, 2)),
  constraint access_requests_narrowed_whole check (num_nonnulls(narrowed_at, narrowed_by) in (0, 2)),
  constraint access_requests_refused_with_reason check (num_nonnulls(refused_at, refused_by, refused_because) in (0, 3))
);
call make_tenant('access_requests', true);
create index access_requests_by_supplier on access_requests (board_id, supplier_id, received_at);
grant select, insert on access_requests to consent_broker;
grant update (datatypes, ends_at, meaning_hash, narrowed_at, narrowed_by, forwarded_at, forwarded_by, refused_at, refused_by,
  refused_because, withdrawn_at) on access_requests to consent_broker;

alter table items add foreign key (board_id, request_id) references access_requests (board_id, request_id);

-- The supplier names each subject by its own reference; the hint helps the school find the pupil and is erased then.
-- Who is left out is not asked: by the school, or because the same was refused lately or is being asked already.
create table request_subjects (
  board_id uuid not null,
  request_id uuid not null,
  reference text not null,
  approach text not null,
  hint text,
  subject_id uuid,
  matched_at timestamptz,
  matched_by uuid,
  consent_id uuid,
  covered boolean,
  left_out_at timestamptz,
  left_out_because text check (left_out_because in ('school', 'cooling_down', 'open')),
  primary key (board_id, request_id, reference),
  foreign key (board_id, request_id, approach) references access_requests (board_id, request_id, approach),
  foreign key (board_id, subject_id) references persons,
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach),
  constraint request_subjects_hint_goes_at_match check (subject_id is null or hint is null),
  constraint request_subjects_left_out_whole check (num_nonnulls(left_out_at, left_out_because) in (0, 2)),
  constraint request_subjects_left_out_is_not_asked check (left_out_at is null or (consent_id is null and hint is null))
);
call make_tenant('request_subjects', true);
create unique index request_subjects_once on request_subjects (board_id, request_id, subject_id) where subject_id is not null;
create index request_subjects_by_subject on request_subjects (board_id, subject_id);
create index request_subjects_by_consent on request_subjects (board_id, consent_id);
grant select, insert on request_subjects to consent_broker;
grant update (hint, subject_id, matched_at, matched_by, consent_id, covered, left_out_at, left_out_because) on request_subjects to consent_broker;

-- Step 4, the school to the supplier. Only organisation-oriented.
create table releases (
  board_id uuid not null,
  release_id uuid not null,
  approach text not null default 'organisation' check (approach = 'organisation'),
  request_id uuid not null,
  agreement_id uuid not null,
  covers_later boolean not null,
  released_at timestamptz not null,
  released_by text not null,
  withdrawn_at timestamptz,
  withdrawn_by text,
  primary key (board_id, release_id),
  foreign key (board_id, request_id, approach) references access_requests (board_id, request_id, approach),
  foreign key (board_id, agreement_id) references supplier_agreements
);
call make_tenant('releases');
create index releases_by_request on releases (board_id, request_id);
create index releases_by_agreement on releases (board_id, agreement_id);
grant select, insert on releases to consent_broker;
grant update (withdrawn_at, withdrawn_by) on releases to consent_broker;

create table release_subjects (
  board_id uuid not null,
  release_id uuid not null,
  consent_id uuid not null,
  reference text not null,
  joined_at timestamptz not null,
  primary key (board_id, release_id, consent_id),
  foreign key (board_id, release_id) references releases,
  foreign key (board_id, consent_id) references consents
);
call make_tenant('release_subjects');
create index release_subjects_by_consent on release_subjects (board_id, consent_id);
grant select, insert on release_subjects to consent_broker;

-- A parent makes a link code for one child and one supplier and hands it over: the login_hint of the direct way.
-- The code itself is kept nowhere: `handles` holds its hash.
create table link_codes (
  board_id uuid not null,
  link_code_id uuid not null,
  approach text not null default 'subject' check (approach = 'subject'),
  subject_id uuid not null,
  supplier_id uuid not null references suppliers,
  made_by uuid not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  cancelled_at timestamptz,
  primary key (board_id, link_code_id),
  foreign key (board_id, subject_id) references persons,
  foreign key (board_id, made_by) references persons
);
call make_tenant('link_codes', true);
create index link_codes_by_subject on link_codes (board_id, subject_id);
grant select, insert on link_codes to consent_broker;
grant update (cancelled_at) on link_codes to consent_broker;

-- K19: where an item names it, access holds only while a guide at the supplier is assigned to this pupil.
create table assignments (
  board_id uuid not null,
  assignment_id uuid not null,
  approach text not null,
  supplier_id uuid not null references suppliers,
  subject_id uuid not null,
  guide text not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  primary key (board_id, assignment_id),
  foreign key (board_id, subject_id) references persons
);
call make_tenant('assignments', true);
create index assignments_by_subject on assignments (board_id, subject_id, supplier_id);
grant select, insert on assignments to consent_broker;
grant update (ends_at) on assignments to consent_broker;
