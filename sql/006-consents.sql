-- Items are what is asked; a consent is one item for one subject; answers by named deciders only ever grow.
-- Outcome and standing are derived from these facts, never stored.

-- `audience` is who was asked at publication, so that who comes to the school later is asked the same. Published and not
-- yet told is itself the outbox of the mails: thousands of them are not written in the transaction of the act.
create table rounds (
  board_id uuid not null references boards,
  round_id uuid not null,
  title text not null,
  subject_kind text not null default 'pupil' check (subject_kind in ('pupil', 'employee')),
  school_year text not null check (school_year ~ '^\d{4}-\d{4}$'),
  undertakings text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  drafted_at timestamptz not null,
  drafted_by uuid not null,
  published_at timestamptz,
  published_by uuid,
  council_approval_id uuid,
  audience jsonb,
  told_at timestamptz,
  primary key (board_id, round_id),
  constraint rounds_end_after_start check (ends_at > starts_at),
  constraint rounds_told_when_published check (told_at is null or published_at is not null),
  constraint rounds_published_whole check (num_nonnulls(published_at, published_by, audience) in (0, 3))
);
call make_tenant('rounds');
grant select, insert on rounds to consent_broker;
grant update (title, undertakings, published_at, published_by, council_approval_id, audience, told_at) on rounds to consent_broker;

create table items (
  board_id uuid not null references boards,
  item_id uuid not null,
  approach text not null check (approach in ('organisation', 'subject')),
  round_id uuid,
  request_id uuid,
  legal_basis text not null check (legal_basis in ('consent', 'contract', 'legal_obligation', 'public_task', 'vital_interest', 'legitimate_interest')),
  basis_motivation text,
  supplier_id uuid references suppliers,
  service_id uuid references services,
  part_id text,
  leaflet_id uuid references leaflets,
  agreement_id uuid,
  holder_id uuid references holders,
  holder_agreement_id uuid,
  datatypes text[] not null default '{}',
  purpose text not null,
  occasion text not null,
  image_channel text,
  image_medium text check (image_medium in ('photo', 'video', 'sound')),
  reason_nl text not null,
  reason_en text,
  alternative_nl text not null check (length(alternative_nl) > 0),
  alternative_en text,
  special_category boolean not null,
  needs_assignment boolean not null default false,
  decision_rule text not null check (decision_rule in ('veto', 'all', 'any')),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  meaning_hash bytea not null check (length(meaning_hash) = 32),
  created_at timestamptz not null,
  primary key (board_id, item_id),
  unique (board_id, item_id, approach),
  foreign key (board_id, round_id) references rounds,
  foreign key (board_id, agreement_id) references supplier_agreements,
  foreign key (board_id, holder_agreement_id) references supplier_agreements,
  constraint items_end_after_start check (ends_at > starts_at),
  constraint items_ask_for_something check (cardinality(datatypes) > 0 or image_channel is not null),
  constraint items_of_supplier_are_whole check (supplier_id is null or num_nonnulls(service_id, leaflet_id) = 2),
  constraint items_by_agreement_when_organisation check (approach = 'subject' or supplier_id is null or agreement_id is not null),
  constraint items_subject_approach_is_consent check (approach = 'organisation' or legal_basis = 'consent')
);
call make_tenant('items', true);
create index items_by_round on items (board_id, round_id);
create unique index items_one_per_request on items (board_id, request_id) where request_id is not null;
create index items_by_supplier on items (board_id, supplier_id, holder_id);
grant select, insert on items to consent_broker;

-- One item for one subject. `revision` counts every act that may change its standing (answers, withdrawal, objection),
-- so that whoever locks the row FOR SHARE knows that no such act can slip in before the lock goes. Expiry needs no row: it
-- is written only to make place for a new consent on the same item.
create table consents (
  board_id uuid not null,
  consent_id uuid not null,
  approach text not null,
  item_id uuid not null,
  subject_id uuid not null,
  asked_at timestamptz not null,
  revision integer not null default 0,
  ended_at timestamptz,
  ended_as text check (ended_as in ('withdrawn', 'invalidated', 'lapsed', 'expired')),
  ended_by text,
  primary key (board_id, consent_id),
  unique (board_id, consent_id, approach),
  foreign key (board_id, item_id, approach) references items (board_id, item_id, approach),
  foreign key (board_id, subject_id) references persons,
  constraint consents_ended_whole check (num_nonnulls(ended_at, ended_as, ended_by) in (0, 3)),
  constraint consents_ended_after_asked check (ended_at >= asked_at)
);
call make_tenant('consents', true);
create unique index consents_one_open on consents (board_id, item_id, subject_id) where ended_at is null;
create index consents_by_subject on consents (board_id, subject_id);
grant select, insert on consents to consent_broker;
grant update (revision, ended_at, ended_as, ended_by) on consents to consent_broker;

-- What was on the screen, byte for byte (K26). One copy serves everybody who was shown the same. It tells who asks: what
-- was asked directly is hidden from staff as the question itself is.
create table shown_texts (
  board_id uuid not null references boards,
  shown_hash bytea not null check (length(shown_hash) = 32),
  approach text not null check (approach in ('organisation', 'subject')),
  language text not null,
  body text not null,
  first_shown_at timestamptz not null,
  primary key (board_id, shown_hash)
);
call make_tenant('shown_texts', true);
grant select, insert on shown_texts to consent_broker;

create table answers (
  board_id uuid not null,
  answer_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  revision integer not null,
  decider_id uuid not null,
  answer text not null check (answer in ('yes', 'no')),
  datatypes text[],
  until_at timestamptz,
  authority text not null check (authority in ('guardianship', 'self')),
  guardianship_id uuid,
  method text not null check (method in ('web', 'paper', 'phone', 'desk')),
  recorded_by uuid,
  shown_hash bytea not null,
  language text not null,
  answered_at timestamptz not null,
  primary key (board_id, answer_id),
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach),
  foreign key (board_id, decider_id) references persons,
  foreign key (board_id, guardianship_id) references guardianships,
  foreign key (board_id, shown_hash) references shown_texts,
  constraint answers_one_per_revision unique (board_id, consent_id, revision),
  constraint answers_no_is_not_narrowed check (answer = 'yes' or (datatypes is null and until_at is null)),
  constraint answers_name_their_authority check ((authority = 'guardianship') = (guardianship_id is not null)),
  constraint answers_elsewhere_name_the_recorder check ((method = 'web') = (recorded_by is null))
);
call make_tenant('answers', true);
grant select, insert on answers to consent_broker;

-- Objection exists only on public task and legitimate interest. It suspends until the school decides with reasons.
create table objections (
  board_id uuid not null,
  objection_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  made_by uuid not null,
  made_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid,
  granted boolean,
  reasons text,
  primary key (board_id, objection_id),
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach),
  constraint objections_decided_whole check (num_nonnulls(decided_at, decided_by, granted, reasons) in (0, 4))
);
call make_tenant('objections', true);
create index objections_by_consent on objections (board_id, consent_id);
create unique index objections_one_pending on objections (board_id, consent_id) where decided_at is null;
grant select, insert on objections to consent_broker;
grant update (decided_at, decided_by, granted, reasons) on objections to consent_broker;
