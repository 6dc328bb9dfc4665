-- What sql/*.sql add up to. Written by `npm run db:schema`; `npm run check` compares it.

create table access_requests (
  board_id uuid not null,
  request_id uuid not null,
  approach text not null,
  supplier_id uuid not null,
  client_id text,
  school_id uuid,
  service_id uuid not null,
  part_id text,
  leaflet_id uuid not null,
  holder_id uuid not null,
  datatypes text[] not null,
  purpose text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  occasion text not null,
  reason_nl text not null,
  reason_en text,
  subject_kind text not null,
  school_picks boolean not null default false,
  meaning_hash bytea not null,
  received_at timestamp with time zone not null,
  narrowed_at timestamp with time zone,
  narrowed_by uuid,
  forwarded_at timestamp with time zone,
  forwarded_by uuid,
  refused_at timestamp with time zone,
  refused_by uuid,
  refused_because text,
  withdrawn_at timestamp with time zone,
  member_id uuid,
  constraint access_requests_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text]))),
  constraint access_requests_asked_by_one CHECK ((num_nonnulls(client_id, member_id) = 1)),
  constraint access_requests_closed_once CHECK ((num_nonnulls(refused_at, withdrawn_at) <= 1)),
  constraint access_requests_datatypes_check CHECK ((cardinality(datatypes) > 0)),
  constraint access_requests_end_after_start CHECK ((ends_at > starts_at)),
  constraint access_requests_forwarded_whole CHECK ((num_nonnulls(forwarded_at, forwarded_by) = ANY (ARRAY[0, 2]))),
  constraint access_requests_meaning_hash_check CHECK ((length(meaning_hash) = 32)),
  constraint access_requests_narrowed_whole CHECK ((num_nonnulls(narrowed_at, narrowed_by) = ANY (ARRAY[0, 2]))),
  constraint access_requests_refused_with_reason CHECK ((num_nonnulls(refused_at, refused_by, refused_because) = ANY (ARRAY[0, 3]))),
  constraint access_requests_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['pupil'::text, 'employee'::text]))),
  constraint access_requests_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint access_requests_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint access_requests_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint access_requests_leaflet_id_fkey FOREIGN KEY (leaflet_id) REFERENCES leaflets(leaflet_id),
  constraint access_requests_member_id_fkey FOREIGN KEY (member_id) REFERENCES members(member_id),
  constraint access_requests_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint access_requests_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint access_requests_pkey PRIMARY KEY (board_id, request_id),
  constraint access_requests_board_id_request_id_approach_key UNIQUE (board_id, request_id, approach)
);
CREATE INDEX access_requests_by_supplier ON public.access_requests USING btree (board_id, supplier_id, received_at);
alter table access_requests enable row level security;
alter table access_requests force row level security;
create policy of_its_board on access_requests using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on access_requests to consent_broker;
grant update (datatypes, ends_at, forwarded_at, forwarded_by, meaning_hash, narrowed_at, narrowed_by, refused_at, refused_because, refused_by, withdrawn_at) on access_requests to consent_broker;

create table account_persons (
  account_id uuid not null,
  board_id uuid not null,
  person_id uuid not null,
  claimed_at timestamp with time zone not null,
  constraint account_persons_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint account_persons_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint account_persons_pkey PRIMARY KEY (account_id, board_id, person_id),
  constraint account_persons_one_account_per_person UNIQUE (board_id, person_id)
);
grant delete, insert, select on account_persons to consent_broker;

create table account_releases (
  account_id uuid not null,
  board_id uuid not null,
  person_id uuid not null,
  released_at timestamp with time zone not null,
  board_name text not null,
  person_name text not null,
  constraint account_releases_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint account_releases_pkey PRIMARY KEY (account_id, board_id, person_id, released_at)
);
grant delete, insert, select on account_releases to consent_broker;

create table accounts (
  account_id uuid not null,
  email text,
  language text not null default 'nl'::text,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone,
  constraint accounts_email_check CHECK ((email = lower(email))),
  constraint accounts_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text, 'tr'::text, 'ar'::text, 'pl'::text, 'uk'::text]))),
  constraint accounts_pkey PRIMARY KEY (account_id),
  constraint accounts_email_key UNIQUE (email)
);
grant insert, select on accounts to consent_broker;
grant update (email, language, last_seen_at) on accounts to consent_broker;

create table addenda (
  board_id uuid not null,
  addendum_id uuid not null,
  agreement_id uuid not null,
  request_id uuid,
  content text not null,
  drafted_at timestamp with time zone not null,
  drafted_by text not null,
  checked_at timestamp with time zone,
  checked_by uuid,
  signed_at timestamp with time zone,
  signed_by uuid,
  signed_hash bytea,
  rejected_at timestamp with time zone,
  rejected_because text,
  withdrawn_at timestamp with time zone,
  withdrawn_by text,
  brings jsonb not null,
  constraint addenda_checked_before_signed CHECK (((signed_at IS NULL) OR (checked_at IS NOT NULL))),
  constraint addenda_rejected_is_not_signed CHECK (((rejected_at IS NULL) OR (signed_at IS NULL))),
  constraint addenda_signed_whole CHECK ((num_nonnulls(signed_at, signed_by, signed_hash) = ANY (ARRAY[0, 3]))),
  constraint addenda_withdrawn_is_nothing_else CHECK (((withdrawn_at IS NULL) OR ((signed_at IS NULL) AND (rejected_at IS NULL)))),
  constraint addenda_withdrawn_whole CHECK ((num_nonnulls(withdrawn_at, withdrawn_by) = ANY (ARRAY[0, 2]))),
  constraint addenda_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint addenda_pkey PRIMARY KEY (board_id, addendum_id)
);
CREATE INDEX addenda_by_agreement ON public.addenda USING btree (board_id, agreement_id);
alter table addenda enable row level security;
alter table addenda force row level security;
create policy of_its_board on addenda using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on addenda to consent_broker;
grant update (checked_at, checked_by, rejected_at, rejected_because, signed_at, signed_by, signed_hash, withdrawn_at, withdrawn_by) on addenda to consent_broker;

create table agreement_messages (
  board_id uuid not null,
  message_id uuid not null,
  agreement_id uuid not null,
  said_by text not null,
  said_at timestamp with time zone not null,
  words text not null,
  constraint agreement_messages_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint agreement_messages_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint agreement_messages_pkey PRIMARY KEY (board_id, message_id)
);
CREATE INDEX agreement_messages_by_agreement ON public.agreement_messages USING btree (board_id, agreement_id, said_at);
alter table agreement_messages enable row level security;
alter table agreement_messages force row level security;
create policy of_its_board on agreement_messages using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on agreement_messages to consent_broker;

create table agreement_services (
  board_id uuid not null,
  agreement_id uuid not null,
  service_id uuid not null,
  leaflet_id uuid not null,
  parts text[] not null,
  addendum_id uuid,
  accepted_at timestamp with time zone not null,
  superseded_at timestamp with time zone,
  constraint agreement_services_board_id_addendum_id_fkey FOREIGN KEY (board_id, addendum_id) REFERENCES addenda(board_id, addendum_id),
  constraint agreement_services_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint agreement_services_leaflet_id_fkey FOREIGN KEY (leaflet_id) REFERENCES leaflets(leaflet_id),
  constraint agreement_services_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint agreement_services_pkey PRIMARY KEY (board_id, agreement_id, service_id, leaflet_id)
);
alter table agreement_services enable row level security;
alter table agreement_services force row level security;
create policy of_its_board on agreement_services using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on agreement_services to consent_broker;
grant update (parts, superseded_at) on agreement_services to consent_broker;

create table answer_shares (
  board_id uuid not null,
  share_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  shared_by uuid not null,
  shared_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint answer_shares_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text]))),
  constraint answer_shares_end_after_start CHECK ((ended_at >= shared_at)),
  constraint answer_shares_board_id_consent_id_approach_fkey FOREIGN KEY (board_id, consent_id, approach) REFERENCES consents(board_id, consent_id, approach),
  constraint answer_shares_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint answer_shares_board_id_shared_by_fkey FOREIGN KEY (board_id, shared_by) REFERENCES persons(board_id, person_id),
  constraint answer_shares_pkey PRIMARY KEY (board_id, share_id)
);
CREATE UNIQUE INDEX answer_shares_one_open ON public.answer_shares USING btree (board_id, consent_id) WHERE (ended_at IS NULL);
alter table answer_shares enable row level security;
alter table answer_shares force row level security;
create policy of_its_board on answer_shares using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant delete, insert, select on answer_shares to consent_broker;
grant update (ended_at) on answer_shares to consent_broker;

create table answers (
  board_id uuid not null,
  answer_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  revision integer not null,
  decider_id uuid not null,
  answer text not null,
  datatypes text[],
  until_at timestamp with time zone,
  authority text not null,
  guardianship_id uuid,
  method text not null,
  recorded_by uuid,
  shown_hash bytea not null,
  language text not null,
  answered_at timestamp with time zone not null,
  undone_at timestamp with time zone,
  undone_revision integer,
  constraint answers_answer_check CHECK ((answer = ANY (ARRAY['yes'::text, 'no'::text]))),
  constraint answers_authority_check CHECK ((authority = ANY (ARRAY['guardianship'::text, 'self'::text]))),
  constraint answers_elsewhere_name_the_recorder CHECK (((method = 'web'::text) = (recorded_by IS NULL))),
  constraint answers_method_check CHECK ((method = ANY (ARRAY['web'::text, 'paper'::text, 'phone'::text, 'desk'::text]))),
  constraint answers_name_their_authority CHECK (((authority = 'guardianship'::text) = (guardianship_id IS NOT NULL))),
  constraint answers_no_is_not_narrowed CHECK (((answer = 'yes'::text) OR ((datatypes IS NULL) AND (until_at IS NULL)))),
  constraint answers_undone_after_given CHECK ((undone_at >= answered_at)),
  constraint answers_undone_after_their_revision CHECK (((undone_revision IS NULL) OR ((undone_at IS NOT NULL) AND (undone_revision > revision)))),
  constraint answers_board_id_consent_id_approach_fkey FOREIGN KEY (board_id, consent_id, approach) REFERENCES consents(board_id, consent_id, approach),
  constraint answers_board_id_decider_id_fkey FOREIGN KEY (board_id, decider_id) REFERENCES persons(board_id, person_id),
  constraint answers_board_id_guardianship_id_fkey FOREIGN KEY (board_id, guardianship_id) REFERENCES guardianships(board_id, guardianship_id),
  constraint answers_board_id_shown_hash_fkey FOREIGN KEY (board_id, shown_hash) REFERENCES shown_texts(board_id, shown_hash),
  constraint answers_pkey PRIMARY KEY (board_id, answer_id),
  constraint answers_one_per_revision UNIQUE (board_id, consent_id, revision)
);
CREATE INDEX answers_by_shown_text ON public.answers USING btree (board_id, shown_hash);
alter table answers enable row level security;
alter table answers force row level security;
create policy of_its_board on answers using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant delete, insert, select on answers to consent_broker;
grant update (undone_at, undone_revision) on answers to consent_broker;

create table assignments (
  board_id uuid not null,
  assignment_id uuid not null,
  approach text not null,
  supplier_id uuid not null,
  subject_id uuid not null,
  guide text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  member_id uuid,
  constraint assignments_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint assignments_member_id_fkey FOREIGN KEY (member_id) REFERENCES members(member_id),
  constraint assignments_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint assignments_pkey PRIMARY KEY (board_id, assignment_id)
);
CREATE INDEX assignments_by_member ON public.assignments USING btree (member_id) WHERE (member_id IS NOT NULL);
CREATE INDEX assignments_by_subject ON public.assignments USING btree (board_id, subject_id, supplier_id);
alter table assignments enable row level security;
alter table assignments force row level security;
create policy of_its_board on assignments using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on assignments to consent_broker;
grant update (ends_at) on assignments to consent_broker;

create table authorization_codes (
  code_hash bytea not null,
  client_id text not null,
  supplier_id uuid not null,
  redirect_uri text not null,
  code_challenge text not null,
  jkt text not null,
  resource text not null,
  board_id uuid not null,
  consent_id uuid not null,
  holder_id uuid not null,
  datatypes text[] not null,
  until_at timestamp with time zone not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  consent_revision integer not null default 0,
  constraint authorization_codes_code_hash_check CHECK ((length(code_hash) = 32)),
  constraint authorization_codes_live_a_minute CHECK ((expires_at <= (made_at + '00:01:00'::interval))),
  constraint authorization_codes_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint authorization_codes_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint authorization_codes_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint authorization_codes_pkey PRIMARY KEY (code_hash)
);
CREATE INDEX authorization_codes_made ON public.authorization_codes USING btree (made_at);
grant delete, insert, select on authorization_codes to consent_broker;
grant update (used_at) on authorization_codes to consent_broker;

create table board_directory (
  scheme text not null,
  value text not null,
  board_id uuid not null,
  school_id uuid,
  world uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  constraint board_directory_scheme_check CHECK ((scheme = ANY (ARRAY['OIN'::text, 'BRIN'::text]))),
  constraint board_directory_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint board_directory_board_of_the_world FOREIGN KEY (board_id, world) REFERENCES boards(board_id, world),
  constraint board_directory_pkey PRIMARY KEY (scheme, value)
);
grant insert, select on board_directory to consent_broker;
grant update (board_id, school_id) on board_directory to consent_broker;

create table boards (
  board_id uuid not null,
  name text not null,
  oin text not null,
  decision_rule text not null default 'veto'::text,
  at_sixteen text not null default 'carry_over'::text,
  school_year_starts text not null default '08-01'::text,
  proof_years integer not null default 5,
  roster_implies_authority boolean not null default false,
  created_at timestamp with time zone not null,
  council_for_rounds boolean not null default false,
  transfer_asks_consent boolean not null default false,
  world uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  legal_form text not null default ''::text,
  address text not null default ''::text,
  representative text not null default ''::text,
  measures text not null default ''::text,
  constraint boards_address_check CHECK ((length(address) <= 300)),
  constraint boards_at_sixteen_check CHECK ((at_sixteen = ANY (ARRAY['carry_over'::text, 'freeze'::text]))),
  constraint boards_decision_rule_check CHECK ((decision_rule = ANY (ARRAY['veto'::text, 'all'::text, 'any'::text]))),
  constraint boards_legal_form_check CHECK ((length(legal_form) <= 100)),
  constraint boards_measures_check CHECK ((length(measures) <= 2000)),
  constraint boards_oin_check CHECK ((oin ~ '^\d{20}$'::text)),
  constraint boards_proof_years_check CHECK (((proof_years >= 1) AND (proof_years <= 20))),
  constraint boards_representative_check CHECK ((length(representative) <= 200)),
  constraint boards_school_year_starts_check CHECK ((school_year_starts ~ '^\d\d-\d\d$'::text)),
  constraint boards_pkey PRIMARY KEY (board_id),
  constraint boards_of_one_world UNIQUE (board_id, world)
);
alter table boards enable row level security;
alter table boards force row level security;
create policy of_its_board on boards using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on boards to consent_broker;
grant update (address, at_sixteen, council_for_rounds, decision_rule, legal_form, measures, name, proof_years, representative, roster_implies_authority, transfer_asks_consent) on boards to consent_broker;

create table calendar_ticks (
  board_id uuid not null,
  tick_id uuid not null,
  agreement_id uuid not null,
  what text not null,
  service_id uuid,
  on_day date not null,
  done_at timestamp with time zone not null,
  done_by text not null,
  undone_at timestamp with time zone,
  constraint calendar_ticks_review_of_a_service CHECK (((what = 'review'::text) = (service_id IS NOT NULL))),
  constraint calendar_ticks_undone_after_done CHECK ((undone_at >= done_at)),
  constraint calendar_ticks_what CHECK ((what = ANY (ARRAY['report'::text, 'review'::text, 'renew'::text]))),
  constraint calendar_ticks_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint calendar_ticks_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint calendar_ticks_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint calendar_ticks_pkey PRIMARY KEY (board_id, tick_id)
);
CREATE UNIQUE INDEX calendar_ticks_once ON public.calendar_ticks USING btree (board_id, agreement_id, what, on_day, service_id) NULLS NOT DISTINCT WHERE (undone_at IS NULL);
alter table calendar_ticks enable row level security;
alter table calendar_ticks force row level security;
create policy of_its_board on calendar_ticks using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on calendar_ticks to consent_broker;
grant update (undone_at) on calendar_ticks to consent_broker;

create table checklist_answers (
  board_id uuid not null,
  person_id uuid not null,
  year text not null,
  statement text not null,
  answer text not null,
  note text,
  constraint checklist_answers_answer_check CHECK ((answer = ANY (ARRAY['ok'::text, 'not_ok'::text, 'unsure'::text]))),
  constraint checklist_answers_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint checklist_answers_board_id_person_id_year_fkey FOREIGN KEY (board_id, person_id, year) REFERENCES checklist_sheets(board_id, person_id, year),
  constraint checklist_answers_pkey PRIMARY KEY (board_id, person_id, year, statement)
);
alter table checklist_answers enable row level security;
alter table checklist_answers force row level security;
create policy of_its_board on checklist_answers using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on checklist_answers to consent_broker;

create table checklist_points (
  board_id uuid not null,
  point_id uuid not null,
  school_id uuid,
  statement text not null,
  words text not null,
  owner_id uuid not null,
  due_at timestamp with time zone not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  closed_at timestamp with time zone,
  closed_by uuid,
  constraint checklist_points_closed_whole CHECK (((num_nonnulls(closed_at, closed_by) = ANY (ARRAY[0, 2])) AND (closed_at >= made_at))),
  constraint checklist_points_due_later CHECK ((due_at > made_at)),
  constraint checklist_points_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint checklist_points_board_id_owner_id_fkey FOREIGN KEY (board_id, owner_id) REFERENCES persons(board_id, person_id),
  constraint checklist_points_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint checklist_points_pkey PRIMARY KEY (board_id, point_id)
);
alter table checklist_points enable row level security;
alter table checklist_points force row level security;
create policy of_its_board on checklist_points using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on checklist_points to consent_broker;
grant update (closed_at, closed_by) on checklist_points to consent_broker;

create table checklist_sheets (
  board_id uuid not null,
  person_id uuid not null,
  year text not null,
  school_id uuid,
  handed_in_at timestamp with time zone not null,
  constraint checklist_sheets_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint checklist_sheets_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint checklist_sheets_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint checklist_sheets_pkey PRIMARY KEY (board_id, person_id, year)
);
CREATE INDEX checklist_sheets_by_school ON public.checklist_sheets USING btree (board_id, year, school_id);
alter table checklist_sheets enable row level security;
alter table checklist_sheets force row level security;
create policy of_its_board on checklist_sheets using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on checklist_sheets to consent_broker;

create table ciba_requests (
  auth_req_id_hash bytea not null,
  client_id text not null,
  supplier_id uuid not null,
  board_id uuid,
  request_id uuid,
  consent_id uuid,
  scope text not null,
  binding_message text,
  interval_seconds integer not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  last_polled_at timestamp with time zone,
  used_at timestamp with time zone,
  replaces uuid,
  consent_revision integer not null default 0,
  replaces_revision integer,
  constraint ciba_requests_auth_req_id_hash_check CHECK ((length(auth_req_id_hash) = 32)),
  constraint ciba_requests_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint ciba_requests_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint ciba_requests_pkey PRIMARY KEY (auth_req_id_hash)
);
CREATE INDEX ciba_requests_by_consent ON public.ciba_requests USING btree (board_id, consent_id);
grant delete, insert, select on ciba_requests to consent_broker;
grant update (board_id, consent_id, consent_revision, interval_seconds, last_polled_at, request_id, used_at) on ciba_requests to consent_broker;

create table client_invitations (
  token_hash bytea not null,
  supplier_id uuid not null,
  ways text[] not null,
  holder_resources text[],
  own_domain text,
  made_by text not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  client_id text,
  detail_types text[] not null default '{pupil-data}'::text[],
  constraint client_invitations_check CHECK ((expires_at > made_at)),
  constraint client_invitations_token_hash_check CHECK ((length(token_hash) = 32)),
  constraint client_invitations_used_whole CHECK ((num_nonnulls(used_at, client_id) = ANY (ARRAY[0, 2]))),
  constraint client_invitations_ways_check CHECK ((cardinality(ways) > 0)),
  constraint client_invitations_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint client_invitations_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint client_invitations_pkey PRIMARY KEY (token_hash)
);
grant insert, select on client_invitations to consent_broker;
grant update (client_id, used_at) on client_invitations to consent_broker;

create table client_requests (
  client_id text not null,
  minute timestamp with time zone not null,
  route text not null,
  status integer not null,
  code text not null,
  count integer not null,
  constraint client_requests_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint client_requests_pkey PRIMARY KEY (client_id, minute, route, status, code)
);
CREATE INDEX client_requests_old ON public.client_requests USING btree (minute);
grant delete, insert, select on client_requests to consent_broker;
grant update (count) on client_requests to consent_broker;

create table clients (
  client_id text not null,
  supplier_id uuid,
  holder_id uuid,
  way text not null,
  name text not null,
  jwks jsonb not null,
  redirect_uris text[] not null default '{}'::text[],
  registered_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  jwks_uri text,
  jwks_fetched_at timestamp with time zone,
  detail_types text[] not null default '{pupil-data}'::text[],
  holder_resources text[],
  notification_uri text,
  datatypes text[],
  assertion_alg text,
  id_token_alg text not null default 'EdDSA'::text,
  constraint clients_assertion_alg_check CHECK ((assertion_alg = ANY (ARRAY['EdDSA'::text, 'Ed25519'::text, 'ES256'::text]))),
  constraint clients_client_id_check CHECK ((client_id ~ '^[A-Za-z0-9._~-]{3,100}$'::text)),
  constraint clients_fetched_from_somewhere CHECK (((jwks_fetched_at IS NULL) OR (jwks_uri IS NOT NULL))),
  constraint clients_id_token_alg_check CHECK ((id_token_alg = ANY (ARRAY['EdDSA'::text, 'ES256'::text]))),
  constraint clients_limited_to_some CHECK (((holder_resources IS NULL) OR (cardinality(holder_resources) > 0))),
  constraint clients_limited_to_some_data CHECK (((datatypes IS NULL) OR (cardinality(datatypes) > 0))),
  constraint clients_of_one_organisation CHECK ((((way = 'holder'::text) = (holder_id IS NOT NULL)) AND (num_nonnulls(supplier_id, holder_id) = 1))),
  constraint clients_ping_those_who_ask CHECK (((notification_uri IS NULL) OR (way = 'ciba'::text))),
  constraint clients_way_check CHECK ((way = ANY (ARRAY['organisation'::text, 'ciba'::text, 'redirect'::text, 'holder'::text]))),
  constraint clients_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint clients_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint clients_pkey PRIMARY KEY (client_id)
);
CREATE INDEX clients_by_supplier ON public.clients USING btree (supplier_id);
grant insert, select on clients to consent_broker;
grant update (assertion_alg, datatypes, detail_types, disabled_at, holder_resources, jwks, jwks_fetched_at, jwks_uri, name, redirect_uris) on clients to consent_broker;

create table consents (
  board_id uuid not null,
  consent_id uuid not null,
  approach text not null,
  item_id uuid not null,
  subject_id uuid not null,
  asked_at timestamp with time zone not null,
  revision integer not null default 0,
  ended_at timestamp with time zone,
  ended_as text,
  ended_by text,
  constraint consents_ended_after_asked CHECK ((ended_at >= asked_at)),
  constraint consents_ended_as_check CHECK ((ended_as = ANY (ARRAY['withdrawn'::text, 'invalidated'::text, 'lapsed'::text, 'expired'::text]))),
  constraint consents_ended_whole CHECK ((num_nonnulls(ended_at, ended_as, ended_by) = ANY (ARRAY[0, 3]))),
  constraint consents_board_id_item_id_approach_fkey FOREIGN KEY (board_id, item_id, approach) REFERENCES items(board_id, item_id, approach),
  constraint consents_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint consents_pkey PRIMARY KEY (board_id, consent_id),
  constraint asked_is_tallied TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint change_is_tallied TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint consents_board_id_consent_id_approach_key UNIQUE (board_id, consent_id, approach)
);
CREATE INDEX consents_by_subject ON public.consents USING btree (board_id, subject_id);
CREATE UNIQUE INDEX consents_one_open ON public.consents USING btree (board_id, item_id, subject_id) WHERE (ended_at IS NULL);
alter table consents enable row level security;
alter table consents force row level security;
create policy of_its_board on consents using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on consents to consent_broker;
grant maintain on consents to consent_broker;
grant update (ended_as, ended_at, ended_by, revision) on consents to consent_broker;

create table council_approvals (
  board_id uuid not null,
  approval_id uuid not null,
  council text not null,
  about text not null,
  ref uuid,
  approved_on date not null,
  recorded_at timestamp with time zone not null,
  recorded_by uuid not null,
  constraint council_approvals_council_check CHECK ((council = ANY (ARRAY['MR'::text, 'GMR'::text, 'PMR'::text]))),
  constraint council_approvals_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint council_approvals_pkey PRIMARY KEY (board_id, approval_id)
);
alter table council_approvals enable row level security;
alter table council_approvals force row level security;
create policy of_its_board on council_approvals using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on council_approvals to consent_broker;

create table data_sets (
  holder_id uuid not null,
  datatype text not null,
  category text not null,
  name_nl text not null,
  name_en text not null,
  path text,
  withdrawn_at timestamp with time zone,
  constraint data_sets_datatype_check CHECK ((datatype ~ '^[a-z][a-z0-9-]{2,60}$'::text)),
  constraint data_sets_path_check CHECK (((path ~ '^[A-Za-z0-9._~/-]{1,200}$'::text) AND (path !~~ '%..%'::text))),
  constraint data_sets_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint data_sets_pkey PRIMARY KEY (holder_id, datatype)
);
grant insert, select on data_sets to consent_broker;
grant update (category, name_en, name_nl, path, withdrawn_at) on data_sets to consent_broker;

create table declined_leaflets (
  board_id uuid not null,
  agreement_id uuid not null,
  service_id uuid not null,
  leaflet_id uuid not null,
  declined_at timestamp with time zone not null,
  declined_by uuid not null,
  because text not null,
  constraint declined_leaflets_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint declined_leaflets_board_id_declined_by_fkey FOREIGN KEY (board_id, declined_by) REFERENCES persons(board_id, person_id),
  constraint declined_leaflets_leaflet_id_fkey FOREIGN KEY (leaflet_id) REFERENCES leaflets(leaflet_id),
  constraint declined_leaflets_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint declined_leaflets_pkey PRIMARY KEY (board_id, agreement_id, leaflet_id)
);
alter table declined_leaflets enable row level security;
alter table declined_leaflets force row level security;
create policy of_its_board on declined_leaflets using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on declined_leaflets to consent_broker;

create table deletion_subjects (
  board_id uuid not null,
  deletion_id uuid not null,
  subject_id uuid not null,
  category text not null,
  constraint deletion_subjects_board_id_deletion_id_fkey FOREIGN KEY (board_id, deletion_id) REFERENCES deletions(board_id, deletion_id),
  constraint deletion_subjects_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint deletion_subjects_pkey PRIMARY KEY (board_id, subject_id, category)
);
alter table deletion_subjects enable row level security;
alter table deletion_subjects force row level security;
create policy of_its_board on deletion_subjects using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on deletion_subjects to consent_broker;

create table deletions (
  board_id uuid not null,
  deletion_id uuid not null,
  category text not null,
  deleted_at timestamp with time zone not null,
  deleted_by uuid not null,
  how text not null,
  constraint deletions_category_check CHECK ((category = ANY (ARRAY['administration'::text, 'dossier'::text, 'dossier_special'::text]))),
  constraint deletions_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint deletions_pkey PRIMARY KEY (board_id, deletion_id)
);
alter table deletions enable row level security;
alter table deletions force row level security;
create policy of_its_board on deletions using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on deletions to consent_broker;

create table deliveries (
  delivery_id uuid not null,
  kind text not null,
  payload text,
  dedup_key text,
  run_at timestamp with time zone not null,
  locked_until timestamp with time zone,
  attempts integer not null default 0,
  done_at timestamp with time zone,
  dead_at timestamp with time zone,
  made_at timestamp with time zone not null,
  by_day boolean not null default false,
  reminds jsonb,
  board_id uuid,
  informs uuid[] not null default '{}'::uuid[],
  constraint deliveries_erased_when_done CHECK (((done_at IS NULL) OR (payload IS NULL))),
  constraint deliveries_inform_of_a_board CHECK (((board_id IS NOT NULL) OR (informs = '{}'::uuid[]))),
  constraint deliveries_kind_check CHECK ((kind = ANY (ARRAY['mail'::text, 'ping'::text, 'question'::text, 'prepared_question'::text]))),
  constraint deliveries_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint deliveries_pkey PRIMARY KEY (delivery_id),
  constraint deliveries_dedup_key_key UNIQUE (dedup_key)
);
CREATE INDEX deliveries_waiting ON public.deliveries USING btree (kind, run_at) WHERE ((done_at IS NULL) AND (dead_at IS NULL));
grant delete, insert, select on deliveries to consent_broker;
grant update (attempts, dead_at, done_at, locked_until, payload, run_at) on deliveries to consent_broker;

create table duties (
  board_id uuid not null,
  duty_id uuid not null,
  approach text not null,
  supplier_id uuid,
  consent_id uuid,
  agreement_id uuid,
  began_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  confirmed_by text,
  subprocessors text[] not null default '{}'::text[],
  kind text not null default 'destroy'::text,
  case_id uuid,
  subject_id uuid,
  instruction text,
  note text,
  constraint duties_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text]))),
  constraint duties_confirmed_whole CHECK ((num_nonnulls(confirmed_at, confirmed_by) = ANY (ARRAY[0, 2]))),
  constraint duties_kind_check CHECK ((kind = ANY (ARRAY['destroy'::text, 'take_down'::text, 'disclose'::text, 'correct'::text, 'restrict'::text, 'stop'::text]))),
  constraint duties_of_the_school_are_take_downs CHECK (((supplier_id IS NOT NULL) OR (kind = 'take_down'::text))),
  constraint duties_board_id_case_id_fkey FOREIGN KEY (board_id, case_id) REFERENCES rights_cases(board_id, case_id),
  constraint duties_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint duties_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint duties_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint duties_pkey PRIMARY KEY (board_id, duty_id)
);
CREATE INDEX duties_by_case ON public.duties USING btree (board_id, case_id) WHERE (case_id IS NOT NULL);
CREATE INDEX duties_by_consent ON public.duties USING btree (board_id, consent_id);
CREATE INDEX duties_by_supplier ON public.duties USING btree (board_id, supplier_id, due_at);
CREATE INDEX duties_open ON public.duties USING btree (board_id, due_at) WHERE (confirmed_at IS NULL);
alter table duties enable row level security;
alter table duties force row level security;
create policy of_its_board on duties using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on duties to consent_broker;
grant update (confirmed_at, confirmed_by, instruction, note, subprocessors) on duties to consent_broker;

create table emergency_disclosures (
  board_id uuid not null,
  disclosure_id uuid not null,
  school_id uuid not null,
  subject_id uuid not null,
  receiver text not null,
  data text not null,
  reason text not null,
  tried text not null,
  given_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  recorded_by uuid not null,
  told uuid[] not null,
  constraint emergency_disclosures_given_before_recorded CHECK ((given_at <= recorded_at)),
  constraint emergency_disclosures_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint emergency_disclosures_board_id_recorded_by_fkey FOREIGN KEY (board_id, recorded_by) REFERENCES persons(board_id, person_id),
  constraint emergency_disclosures_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint emergency_disclosures_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint emergency_disclosures_pkey PRIMARY KEY (board_id, disclosure_id)
);
CREATE INDEX emergency_disclosures_by_subject ON public.emergency_disclosures USING btree (board_id, subject_id);
alter table emergency_disclosures enable row level security;
alter table emergency_disclosures force row level security;
create policy of_its_board on emergency_disclosures using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on emergency_disclosures to consent_broker;
grant update (data, reason, receiver, tried) on emergency_disclosures to consent_broker;

create table employments (
  board_id uuid not null,
  employment_id uuid not null,
  person_id uuid not null,
  school_id uuid,
  job_title text,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  ended_by uuid,
  still_listed_at timestamp with time zone,
  constraint employments_end_after_start CHECK ((ends_at >= starts_at)),
  constraint employments_ended_by_somebody CHECK (((ended_by IS NULL) OR (ends_at IS NOT NULL))),
  constraint employments_listed_after_ended CHECK (((still_listed_at IS NULL) OR (ended_by IS NOT NULL))),
  constraint employments_board_id_ended_by_fkey FOREIGN KEY (board_id, ended_by) REFERENCES persons(board_id, person_id),
  constraint employments_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint employments_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint employments_pkey PRIMARY KEY (board_id, employment_id)
);
CREATE INDEX employments_by_person ON public.employments USING btree (board_id, person_id);
CREATE INDEX employments_ended_by_hand ON public.employments USING btree (board_id, ends_at) WHERE (ended_by IS NOT NULL);
alter table employments enable row level security;
alter table employments force row level security;
create policy of_its_board on employments using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on employments to consent_broker;
grant maintain on employments to consent_broker;
grant update (ended_by, ends_at, job_title, still_listed_at) on employments to consent_broker;

create table enrolments (
  board_id uuid not null,
  enrolment_id uuid not null,
  person_id uuid not null,
  school_id uuid not null,
  group_name text,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  group_since timestamp with time zone,
  ended_by uuid,
  still_listed_at timestamp with time zone,
  constraint enrolments_end_after_start CHECK ((ends_at >= starts_at)),
  constraint enrolments_ended_by_somebody CHECK (((ended_by IS NULL) OR (ends_at IS NOT NULL))),
  constraint enrolments_listed_after_ended CHECK (((still_listed_at IS NULL) OR (ended_by IS NOT NULL))),
  constraint enrolments_board_id_ended_by_fkey FOREIGN KEY (board_id, ended_by) REFERENCES persons(board_id, person_id),
  constraint enrolments_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint enrolments_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint enrolments_pkey PRIMARY KEY (board_id, enrolment_id)
);
CREATE INDEX enrolments_by_person ON public.enrolments USING btree (board_id, person_id);
CREATE INDEX enrolments_by_school ON public.enrolments USING btree (board_id, school_id, group_name);
CREATE INDEX enrolments_ended_by_hand ON public.enrolments USING btree (board_id, ends_at) WHERE (ended_by IS NOT NULL);
alter table enrolments enable row level security;
alter table enrolments force row level security;
create policy of_its_board on enrolments using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on enrolments to consent_broker;
grant maintain on enrolments to consent_broker;
grant update (ended_by, ends_at, group_name, group_since, still_listed_at) on enrolments to consent_broker;

create table event_streams (
  stream_id uuid not null,
  client_id text not null,
  receiver_id uuid not null,
  supplier_id uuid not null,
  delivery text not null,
  endpoint_url text,
  endpoint_authorization text,
  event_types text[],
  purposes text[],
  status text not null,
  made_at timestamp with time zone not null,
  opened_snapshot text not null,
  place_xid text not null,
  place_seq text not null,
  place_event_id uuid not null,
  rests_until timestamp with time zone,
  failures integer not null default 0,
  constraint event_streams_delivery_check CHECK ((delivery = ANY (ARRAY['push'::text, 'poll'::text]))),
  constraint event_streams_push_has_endpoint CHECK (((delivery = 'push'::text) = (endpoint_url IS NOT NULL))),
  constraint event_streams_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'paused'::text]))),
  constraint event_streams_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint event_streams_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint event_streams_pkey PRIMARY KEY (stream_id)
);
CREATE INDEX event_streams_by_receiver ON public.event_streams USING btree (receiver_id);
grant delete, insert, select on event_streams to consent_broker;
grant update (endpoint_authorization, endpoint_url, event_types, failures, place_event_id, place_seq, place_xid, purposes, rests_until, status) on event_streams to consent_broker;

create table events (
  board_id uuid not null,
  event_id uuid not null,
  approach text not null,
  receiver_id uuid not null,
  event text not null,
  subject_id uuid,
  subject_seq bigint,
  ref uuid not null,
  facts jsonb not null default '{}'::jsonb,
  at timestamp with time zone not null,
  xid xid8 not null default pg_current_xact_id(),
  constraint events_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text]))),
  constraint events_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint events_pkey PRIMARY KEY (board_id, event_id),
  constraint events_in_order_per_subject UNIQUE (board_id, receiver_id, subject_id, approach, subject_seq)
);
CREATE INDEX events_by_receiver ON public.events USING btree (board_id, receiver_id, xid, event_id);
alter table events enable row level security;
alter table events force row level security;
create policy of_its_board on events using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on events to consent_broker;

create table export_pieces (
  board_id uuid not null,
  export_id uuid not null,
  nr integer not null,
  content text not null,
  constraint export_pieces_board_id_export_id_fkey FOREIGN KEY (board_id, export_id) REFERENCES exports(board_id, export_id) ON DELETE CASCADE,
  constraint export_pieces_pkey PRIMARY KEY (board_id, export_id, nr)
);
alter table export_pieces enable row level security;
alter table export_pieces force row level security;
create policy of_its_board on export_pieces using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on export_pieces to consent_broker;

create table exports (
  board_id uuid not null,
  export_id uuid not null,
  format text not null,
  query jsonb not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  job_id uuid not null,
  constraint exports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'json'::text]))),
  constraint exports_board_id_asked_by_fkey FOREIGN KEY (board_id, asked_by) REFERENCES persons(board_id, person_id),
  constraint exports_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint exports_pkey PRIMARY KEY (board_id, export_id)
);
alter table exports enable row level security;
alter table exports force row level security;
create policy of_its_board on exports using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on exports to consent_broker;

create table figure_shares (
  board_id uuid not null,
  share_id uuid not null,
  round_id uuid not null,
  figures jsonb not null,
  shared_at timestamp with time zone not null,
  shared_by uuid not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint figure_shares_end_after_start CHECK ((ended_at >= shared_at)),
  constraint figure_shares_ended_whole CHECK ((num_nonnulls(ended_at, ended_by) = ANY (ARRAY[0, 2]))),
  constraint figure_shares_board_id_ended_by_fkey FOREIGN KEY (board_id, ended_by) REFERENCES persons(board_id, person_id),
  constraint figure_shares_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint figure_shares_board_id_round_id_fkey FOREIGN KEY (board_id, round_id) REFERENCES rounds(board_id, round_id),
  constraint figure_shares_board_id_shared_by_fkey FOREIGN KEY (board_id, shared_by) REFERENCES persons(board_id, person_id),
  constraint figure_shares_pkey PRIMARY KEY (board_id, share_id)
);
CREATE UNIQUE INDEX figure_shares_one_open ON public.figure_shares USING btree (board_id, round_id) WHERE (ended_at IS NULL);
alter table figure_shares enable row level security;
alter table figure_shares force row level security;
create policy of_its_board on figure_shares using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on figure_shares to consent_broker;
grant update (ended_at, ended_by) on figure_shares to consent_broker;

create table forwarded_rights (
  board_id uuid not null,
  forwarded_id uuid not null,
  supplier_id uuid not null,
  kind text not null,
  reference text not null,
  hint text,
  words text,
  received_at timestamp with time zone not null,
  forwarded_at timestamp with time zone not null,
  forwarded_by text not null,
  taken_at timestamp with time zone,
  taken_by uuid,
  case_id uuid,
  constraint forwarded_rights_hint_goes CHECK (((taken_at IS NULL) OR (hint IS NULL))),
  constraint forwarded_rights_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'rectification'::text, 'erasure'::text, 'objection'::text, 'restriction'::text, 'portability'::text]))),
  constraint forwarded_rights_not_before CHECK ((received_at <= forwarded_at)),
  constraint forwarded_rights_taken_whole CHECK ((num_nonnulls(taken_at, taken_by) = ANY (ARRAY[0, 2]))),
  constraint forwarded_rights_board_id_case_id_fkey FOREIGN KEY (board_id, case_id) REFERENCES rights_cases(board_id, case_id),
  constraint forwarded_rights_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint forwarded_rights_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint forwarded_rights_pkey PRIMARY KEY (board_id, forwarded_id)
);
CREATE INDEX forwarded_rights_by_supplier ON public.forwarded_rights USING btree (supplier_id, forwarded_at);
CREATE INDEX forwarded_rights_open ON public.forwarded_rights USING btree (board_id, received_at) WHERE (taken_at IS NULL);
alter table forwarded_rights enable row level security;
alter table forwarded_rights force row level security;
create policy of_its_board on forwarded_rights using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on forwarded_rights to consent_broker;
grant update (case_id, hint, taken_at, taken_by, words) on forwarded_rights to consent_broker;

create table grants (
  board_id uuid not null,
  grant_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  supplier_id uuid not null,
  holder_id uuid not null,
  subject_id uuid not null,
  created_at timestamp with time zone not null,
  constraint grants_board_id_consent_id_approach_fkey FOREIGN KEY (board_id, consent_id, approach) REFERENCES consents(board_id, consent_id, approach),
  constraint grants_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint grants_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint grants_pkey PRIMARY KEY (board_id, grant_id),
  constraint grants_one_per_consent UNIQUE (board_id, consent_id, supplier_id, holder_id)
);
CREATE INDEX grants_by_supplier ON public.grants USING btree (board_id, supplier_id, subject_id);
alter table grants enable row level security;
alter table grants force row level security;
create policy of_its_board on grants using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on grants to consent_broker;
grant update (consent_id) on grants to consent_broker;

create table guardianships (
  board_id uuid not null,
  guardianship_id uuid not null,
  guardian_id uuid not null,
  pupil_id uuid not null,
  kind text not null default 'parent'::text,
  authority text not null,
  source text not null,
  recorded_by uuid,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  ended_by uuid,
  constraint guardianships_authority_check CHECK ((authority = ANY (ARRAY['yes'::text, 'no'::text, 'unknown'::text]))),
  constraint guardianships_end_after_start CHECK ((ends_at >= starts_at)),
  constraint guardianships_kind_check CHECK ((kind = ANY (ARRAY['parent'::text, 'guardian'::text, 'foster'::text, 'curator'::text, 'mentor'::text, 'institution'::text]))),
  constraint guardianships_not_of_oneself CHECK ((guardian_id <> pupil_id)),
  constraint guardianships_source_check CHECK ((source = ANY (ARRAY['roster'::text, 'roster_column'::text, 'board_declaration'::text, 'staff'::text]))),
  constraint guardianships_board_id_guardian_id_fkey FOREIGN KEY (board_id, guardian_id) REFERENCES persons(board_id, person_id),
  constraint guardianships_board_id_pupil_id_fkey FOREIGN KEY (board_id, pupil_id) REFERENCES persons(board_id, person_id),
  constraint guardianships_pkey PRIMARY KEY (board_id, guardianship_id)
);
CREATE INDEX guardianships_by_guardian ON public.guardianships USING btree (board_id, guardian_id);
CREATE INDEX guardianships_by_pupil ON public.guardianships USING btree (board_id, pupil_id);
CREATE UNIQUE INDEX guardianships_one_open_per_pair ON public.guardianships USING btree (board_id, guardian_id, pupil_id) WHERE (ends_at IS NULL);
alter table guardianships enable row level security;
alter table guardianships force row level security;
create policy of_its_board on guardianships using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on guardianships to consent_broker;
grant maintain on guardianships to consent_broker;
grant update (ended_by, ends_at) on guardianships to consent_broker;

create table handles (
  kind text not null,
  handle text not null,
  owner uuid not null,
  board_id uuid not null,
  ref uuid not null,
  constraint handles_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint handles_pkey PRIMARY KEY (kind, owner, handle)
);
grant delete, insert, select on handles to consent_broker;

create table holders (
  holder_id uuid not null,
  supplier_id uuid not null,
  name text not null,
  resource text not null,
  token_format text not null default 'jwt'::text,
  encryption_jwk jsonb,
  registered_at timestamp with time zone not null,
  suspended_at timestamp with time zone,
  ended_by text not null default 'status-list'::text,
  constraint holders_ended_by_check CHECK ((ended_by = ANY (ARRAY['status-list'::text, 'introspection'::text]))),
  constraint holders_jwe_needs_key CHECK (((token_format <> 'jwe'::text) OR (encryption_jwk IS NOT NULL))),
  constraint holders_opaque_is_asked_about CHECK (((token_format <> 'opaque'::text) OR (ended_by = 'introspection'::text))),
  constraint holders_token_format_check CHECK ((token_format = ANY (ARRAY['jwt'::text, 'jwe'::text, 'opaque'::text]))),
  constraint holders_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint holders_pkey PRIMARY KEY (holder_id),
  constraint holders_resource_key UNIQUE (resource)
);
grant insert, select on holders to consent_broker;
grant update (encryption_jwk, ended_by, name, suspended_at, token_format) on holders to consent_broker;

create table hosted_clients (
  supplier_id uuid not null,
  client_id text not null,
  sealed_key text not null,
  made_at timestamp with time zone not null,
  constraint hosted_clients_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint hosted_clients_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint hosted_clients_pkey PRIMARY KEY (supplier_id),
  constraint hosted_clients_client_id_key UNIQUE (client_id)
);
grant insert, select on hosted_clients to consent_broker;

create table idempotency_keys (
  owner text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  body text not null,
  headers jsonb not null default '{}'::jsonb,
  made_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (owner, key)
);
grant delete, insert, select on idempotency_keys to consent_broker;

create table incident_messages (
  board_id uuid not null,
  message_id uuid not null,
  incident_id uuid not null,
  said_by text not null,
  said_at timestamp with time zone not null,
  words text not null,
  constraint incident_messages_board_id_incident_id_fkey FOREIGN KEY (board_id, incident_id) REFERENCES incidents(board_id, incident_id),
  constraint incident_messages_pkey PRIMARY KEY (board_id, message_id)
);
CREATE INDEX incident_messages_by_incident ON public.incident_messages USING btree (board_id, incident_id, said_at);
alter table incident_messages enable row level security;
alter table incident_messages force row level security;
create policy of_its_board on incident_messages using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on incident_messages to consent_broker;

create table incidents (
  board_id uuid not null,
  incident_id uuid not null,
  supplier_id uuid,
  reported_by text not null,
  reported_at timestamp with time zone not null,
  found_at timestamp with time zone not null,
  aware_at timestamp with time zone not null,
  from_at timestamp with time zone not null,
  until_at timestamp with time zone,
  summary text not null,
  nature text[] not null,
  cause text,
  measures text,
  persons text not null,
  group_size integer,
  data_kinds text[] not null,
  protected boolean not null default false,
  salt bytea not null,
  revision integer not null default 0,
  dpo_told_at timestamp with time zone,
  advised_at timestamp with time zone,
  advised_by uuid,
  advice text,
  decided_at timestamp with time zone,
  decided_by uuid,
  notify_authority boolean,
  notify_people boolean,
  reasons text,
  authority_told_at timestamp with time zone,
  authority_reference text,
  people_told_at timestamp with time zone,
  closed_at timestamp with time zone,
  closed_by uuid,
  lessons text,
  school_id uuid,
  constraint incidents_advised_whole CHECK ((num_nonnulls(advised_at, advised_by, advice) = ANY (ARRAY[0, 3]))),
  constraint incidents_at_one_place CHECK ((num_nonnulls(supplier_id, school_id) <= 1)),
  constraint incidents_closed_when_told CHECK (((closed_at IS NULL) OR ((decided_at IS NOT NULL) AND ((NOT notify_authority) OR (authority_told_at IS NOT NULL)) AND ((NOT notify_people) OR (people_told_at IS NOT NULL))))),
  constraint incidents_closed_whole CHECK ((num_nonnulls(closed_at, closed_by, lessons) = ANY (ARRAY[0, 3]))),
  constraint incidents_data_kinds_check CHECK (((data_kinds <> '{}'::text[]) AND (data_kinds <@ ARRAY['special'::text, 'access'::text, 'financial'::text, 'learning'::text, 'contact'::text, 'images'::text, 'other'::text]))),
  constraint incidents_decided_whole CHECK ((num_nonnulls(decided_at, decided_by, notify_authority, notify_people, reasons) = ANY (ARRAY[0, 5]))),
  constraint incidents_found_before_known CHECK (((found_at <= aware_at) AND (from_at <= aware_at) AND ((until_at IS NULL) OR (until_at >= from_at)))),
  constraint incidents_group_size_check CHECK ((group_size >= 0)),
  constraint incidents_nature_check CHECK (((nature <> '{}'::text[]) AND (nature <@ ARRAY['read'::text, 'copied'::text, 'changed'::text, 'deleted'::text, 'stolen'::text, 'unlawful'::text]))),
  constraint incidents_told_after_decided CHECK ((((authority_told_at IS NULL) OR notify_authority) AND ((people_told_at IS NULL) OR notify_people))),
  constraint incidents_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint incidents_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint incidents_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint incidents_pkey PRIMARY KEY (board_id, incident_id)
);
CREATE INDEX incidents_by_supplier ON public.incidents USING btree (board_id, supplier_id) WHERE (supplier_id IS NOT NULL);
CREATE INDEX incidents_open ON public.incidents USING btree (board_id, aware_at) WHERE (closed_at IS NULL);
alter table incidents enable row level security;
alter table incidents force row level security;
create policy of_its_board on incidents using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on incidents to consent_broker;
grant update (advice, advised_at, advised_by, authority_reference, authority_told_at, closed_at, closed_by, decided_at, decided_by, lessons, notify_authority, notify_people, people_told_at, reasons, revision) on incidents to consent_broker;

create table informed (
  board_id uuid not null,
  person_id uuid not null,
  at timestamp with time zone not null,
  how text not null,
  constraint informed_how_check CHECK ((how = ANY (ARRAY['mail'::text, 'letter'::text]))),
  constraint informed_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint informed_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint informed_pkey PRIMARY KEY (board_id, person_id)
);
alter table informed enable row level security;
alter table informed force row level security;
create policy of_its_board on informed using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on informed to consent_broker;
grant update (at, how) on informed to consent_broker;

create table inquiries (
  board_id uuid not null,
  inquiry_id uuid not null,
  approach text not null default 'organisation'::text,
  consent_id uuid not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  question text,
  answered_at timestamp with time zone,
  answered_by uuid,
  answer text,
  erased_at timestamp with time zone,
  constraint inquiries_answer_check CHECK (((length(answer) >= 1) AND (length(answer) <= 2000))),
  constraint inquiries_answered_after_asked CHECK ((answered_at >= asked_at)),
  constraint inquiries_approach_check CHECK ((approach = 'organisation'::text)),
  constraint inquiries_erased_after_asked CHECK ((erased_at >= asked_at)),
  constraint inquiries_question_check CHECK (((length(question) >= 1) AND (length(question) <= 1000))),
  constraint inquiries_whole_until_erased CHECK (
CASE
    WHEN (erased_at IS NULL) THEN ((question IS NOT NULL) AND (num_nonnulls(answered_at, answered_by, answer) = ANY (ARRAY[0, 3])))
    ELSE ((num_nonnulls(question, answer) = 0) AND (num_nonnulls(answered_at, answered_by) = ANY (ARRAY[0, 2])))
END),
  constraint inquiries_board_id_asked_by_fkey FOREIGN KEY (board_id, asked_by) REFERENCES persons(board_id, person_id),
  constraint inquiries_board_id_consent_id_approach_fkey FOREIGN KEY (board_id, consent_id, approach) REFERENCES consents(board_id, consent_id, approach),
  constraint inquiries_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint inquiries_pkey PRIMARY KEY (board_id, inquiry_id)
);
CREATE INDEX inquiries_by_consent ON public.inquiries USING btree (board_id, consent_id);
CREATE INDEX inquiries_in_words ON public.inquiries USING btree (board_id, asked_at) WHERE (erased_at IS NULL);
CREATE INDEX inquiries_waiting ON public.inquiries USING btree (board_id, asked_at) WHERE ((answered_at IS NULL) AND (erased_at IS NULL));
alter table inquiries enable row level security;
alter table inquiries force row level security;
create policy of_its_board on inquiries using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on inquiries to consent_broker;
grant update (answer, answered_at, answered_by, erased_at, question) on inquiries to consent_broker;

create table interactions (
  interaction_id uuid not null,
  request_uri_hash bytea not null,
  browser_hash bytea not null,
  opened_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint interactions_browser_hash_check CHECK ((length(browser_hash) = 32)),
  constraint interactions_request_uri_hash_fkey FOREIGN KEY (request_uri_hash) REFERENCES par_requests(request_uri_hash) ON DELETE CASCADE,
  constraint interactions_pkey PRIMARY KEY (interaction_id)
);
CREATE INDEX interactions_by_request ON public.interactions USING btree (request_uri_hash);
grant delete, insert, select on interactions to consent_broker;

create table invitations (
  code_hash bytea not null,
  board_id uuid not null,
  person_id uuid not null,
  email text,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint invitations_code_hash_check CHECK ((length(code_hash) = 32)),
  constraint invitations_email_check CHECK ((email = lower(email))),
  constraint invitations_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint invitations_pkey PRIMARY KEY (code_hash)
);
CREATE INDEX invitations_by_email ON public.invitations USING btree (email) WHERE (used_at IS NULL);
CREATE INDEX invitations_by_person ON public.invitations USING btree (board_id, person_id);
grant delete, insert, select on invitations to consent_broker;
grant update (expires_at, used_at) on invitations to consent_broker;

create table items (
  board_id uuid not null,
  item_id uuid not null,
  approach text not null,
  round_id uuid,
  request_id uuid,
  legal_basis text not null,
  basis_motivation text,
  supplier_id uuid,
  service_id uuid,
  part_id text,
  leaflet_id uuid,
  agreement_id uuid,
  holder_id uuid,
  holder_agreement_id uuid,
  datatypes text[] not null default '{}'::text[],
  purpose text not null,
  occasion text not null,
  image_channel text,
  image_medium text,
  reason_nl text not null,
  reason_en text,
  alternative_nl text not null,
  alternative_en text,
  special_category boolean not null,
  needs_assignment boolean not null default false,
  decision_rule text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  meaning_hash bytea not null,
  created_at timestamp with time zone not null,
  dropped_at timestamp with time zone,
  replaces_earlier boolean not null default false,
  cause text,
  constraint items_alternative_nl_check CHECK ((length(alternative_nl) > 0)),
  constraint items_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text]))),
  constraint items_ask_for_something CHECK (((cardinality(datatypes) > 0) OR (image_channel IS NOT NULL))),
  constraint items_by_agreement_when_organisation CHECK (((approach = 'subject'::text) OR (supplier_id IS NULL) OR (agreement_id IS NOT NULL))),
  constraint items_cause_is_one_of_ours CHECK ((cause = ANY (ARRAY['link_code'::text, 'asked_before'::text, 'began_there'::text]))),
  constraint items_decision_rule_check CHECK ((decision_rule = ANY (ARRAY['veto'::text, 'all'::text, 'any'::text]))),
  constraint items_end_after_start CHECK ((ends_at > starts_at)),
  constraint items_image_medium_check CHECK ((image_medium = ANY (ARRAY['photo'::text, 'video'::text, 'sound'::text]))),
  constraint items_legal_basis_check CHECK ((legal_basis = ANY (ARRAY['consent'::text, 'contract'::text, 'legal_obligation'::text, 'public_task'::text, 'vital_interest'::text, 'legitimate_interest'::text]))),
  constraint items_meaning_hash_check CHECK ((length(meaning_hash) = 32)),
  constraint items_of_supplier_are_whole CHECK (((supplier_id IS NULL) OR (num_nonnulls(service_id, leaflet_id) = 2))),
  constraint items_replace_only_directly CHECK (((NOT replaces_earlier) OR (approach = 'subject'::text))),
  constraint items_subject_approach_is_consent CHECK (((approach = 'organisation'::text) OR (legal_basis = 'consent'::text))),
  constraint items_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint items_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint items_board_id_holder_agreement_id_fkey FOREIGN KEY (board_id, holder_agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint items_board_id_request_id_fkey FOREIGN KEY (board_id, request_id) REFERENCES access_requests(board_id, request_id),
  constraint items_board_id_round_id_fkey FOREIGN KEY (board_id, round_id) REFERENCES rounds(board_id, round_id),
  constraint items_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint items_leaflet_id_fkey FOREIGN KEY (leaflet_id) REFERENCES leaflets(leaflet_id),
  constraint items_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint items_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint items_pkey PRIMARY KEY (board_id, item_id),
  constraint items_board_id_item_id_approach_key UNIQUE (board_id, item_id, approach)
);
CREATE INDEX items_by_round ON public.items USING btree (board_id, round_id);
CREATE INDEX items_by_supplier ON public.items USING btree (board_id, supplier_id, holder_id);
CREATE UNIQUE INDEX items_one_per_request ON public.items USING btree (board_id, request_id) WHERE (request_id IS NOT NULL);
alter table items enable row level security;
alter table items force row level security;
create policy of_its_board on items using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on items to consent_broker;
grant update (dropped_at) on items to consent_broker;

create table job_queue (
  job_id uuid not null,
  board_id uuid not null,
  kind text not null,
  run_at timestamp with time zone not null,
  locked_until timestamp with time zone,
  attempts integer not null default 0,
  constraint job_queue_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint job_queue_pkey PRIMARY KEY (job_id)
);
CREATE INDEX job_queue_waiting ON public.job_queue USING btree (run_at);
grant delete, insert, select on job_queue to consent_broker;
grant update (attempts, locked_until, run_at) on job_queue to consent_broker;

create table jobs (
  board_id uuid not null,
  job_id uuid not null,
  kind text not null,
  payload jsonb not null,
  asked_by text not null,
  dedup_key text,
  asked_at timestamp with time zone not null,
  started_at timestamp with time zone,
  done integer not null default 0,
  total integer,
  reached jsonb,
  ended_at timestamp with time zone,
  outcome text,
  result jsonb,
  constraint jobs_end_with_an_outcome CHECK (((ended_at IS NULL) = (outcome IS NULL))),
  constraint jobs_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text, 'given_up'::text]))),
  constraint jobs_progress_within_total CHECK (((done >= 0) AND ((total IS NULL) OR (done <= total)))),
  constraint jobs_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint jobs_pkey PRIMARY KEY (board_id, job_id),
  constraint jobs_once_per_key UNIQUE (board_id, dedup_key)
);
CREATE INDEX jobs_newest ON public.jobs USING btree (board_id, kind, asked_at);
alter table jobs enable row level security;
alter table jobs force row level security;
create policy of_its_board on jobs using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on jobs to consent_broker;
grant update (done, ended_at, outcome, reached, result, started_at, total) on jobs to consent_broker;

create table kept_forms (
  kept_hash bytea not null,
  account_id uuid not null,
  sealed text not null,
  expires_at timestamp with time zone not null,
  constraint kept_forms_kept_hash_check CHECK ((length(kept_hash) = 32)),
  constraint kept_forms_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint kept_forms_pkey PRIMARY KEY (kept_hash)
);
grant delete, insert, select on kept_forms to consent_broker;

create table known_browsers (
  account_id uuid not null,
  browser_hash bytea not null,
  last_seen_at timestamp with time zone not null,
  constraint known_browsers_browser_hash_check CHECK ((length(browser_hash) = 32)),
  constraint known_browsers_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint known_browsers_pkey PRIMARY KEY (browser_hash, account_id)
);
grant delete, insert, select on known_browsers to consent_broker;
grant update (last_seen_at) on known_browsers to consent_broker;

create table leaflet_drafts (
  service_id uuid not null,
  content text not null,
  changed_at timestamp with time zone not null,
  changed_by uuid not null,
  constraint leaflet_drafts_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES members(member_id),
  constraint leaflet_drafts_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint leaflet_drafts_pkey PRIMARY KEY (service_id)
);
grant delete, insert, select on leaflet_drafts to consent_broker;
grant update (changed_at, changed_by, content) on leaflet_drafts to consent_broker;

create table leaflets (
  leaflet_id uuid not null,
  service_id uuid not null,
  version integer not null,
  content text not null,
  content_hash bytea not null,
  published_at timestamp with time zone not null,
  constraint leaflets_content_hash_check CHECK ((length(content_hash) = 32)),
  constraint leaflets_version_check CHECK ((version > 0)),
  constraint leaflets_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint leaflets_pkey PRIMARY KEY (leaflet_id),
  constraint leaflets_once_per_version UNIQUE (service_id, version)
);
grant insert, select on leaflets to consent_broker;

create table ledger (
  chain text not null,
  seq bigint not null,
  board_id uuid,
  approach text not null,
  prev_hash bytea,
  hash bytea not null,
  at timestamp with time zone not null,
  event text not null,
  actor text not null,
  ref uuid,
  body text not null,
  constraint ledger_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text, 'operator'::text]))),
  constraint ledger_chain_is_of_its_board CHECK ((chain =
CASE
    WHEN (board_id IS NULL) THEN 'operator'::text
    ELSE (((board_id)::text || ':'::text) || approach)
END)),
  constraint ledger_hash_check CHECK ((length(hash) = 32)),
  constraint ledger_operator_has_no_board CHECK (((board_id IS NULL) = (approach = 'operator'::text))),
  constraint ledger_pkey PRIMARY KEY (chain, seq),
  constraint ledger_chain_does_not_fork UNIQUE NULLS NOT DISTINCT (chain, prev_hash)
);
CREATE INDEX ledger_by_ref ON public.ledger USING btree (board_id, ref);
alter table ledger enable row level security;
alter table ledger force row level security;
create policy of_its_board on ledger using (((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text))) OR ((board_id IS NULL) AND (( SELECT app_actor() AS app_actor) = 'operator'::text)));
grant insert, select on ledger to consent_broker;

create table legal_demands (
  board_id uuid not null,
  demand_id uuid not null,
  supplier_id uuid not null,
  told_by text not null,
  told_at timestamp with time zone not null,
  authority text not null,
  ground text not null,
  checked_how text not null,
  checked_by text not null,
  data text not null,
  group_size integer,
  reference text,
  outcome text not null,
  given_at timestamp with time zone,
  secret boolean not null,
  salt bytea not null,
  seen_at timestamp with time zone,
  seen_by uuid,
  constraint legal_demands_about_somebody CHECK ((num_nonnulls(group_size, reference) > 0)),
  constraint legal_demands_given_once_told CHECK ((((outcome = 'given'::text) = (given_at IS NOT NULL)) AND (given_at <= told_at))),
  constraint legal_demands_group_size_check CHECK ((group_size > 0)),
  constraint legal_demands_outcome_check CHECK ((outcome = ANY (ARRAY['waits'::text, 'given'::text, 'refused'::text]))),
  constraint legal_demands_seen_whole CHECK ((num_nonnulls(seen_at, seen_by) = ANY (ARRAY[0, 2]))),
  constraint legal_demands_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint legal_demands_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint legal_demands_pkey PRIMARY KEY (board_id, demand_id)
);
CREATE INDEX legal_demands_by_supplier ON public.legal_demands USING btree (board_id, supplier_id);
alter table legal_demands enable row level security;
alter table legal_demands force row level security;
create policy of_its_board on legal_demands using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on legal_demands to consent_broker;
grant update (seen_at, seen_by) on legal_demands to consent_broker;

create table letter_run_people (
  board_id uuid not null,
  run_id uuid not null,
  nr integer not null,
  person_id uuid not null,
  outcome text,
  constraint letter_run_people_outcome_check CHECK ((outcome = ANY (ARRAY['made'::text, 'kept'::text, 'own_family'::text, 'not_needed'::text]))),
  constraint letter_run_people_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint letter_run_people_board_id_run_id_fkey FOREIGN KEY (board_id, run_id) REFERENCES letter_runs(board_id, run_id) ON DELETE CASCADE,
  constraint letter_run_people_pkey PRIMARY KEY (board_id, run_id, nr)
);
alter table letter_run_people enable row level security;
alter table letter_run_people force row level security;
create policy of_its_board on letter_run_people using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on letter_run_people to consent_broker;
grant update (outcome) on letter_run_people to consent_broker;

create table letter_runs (
  board_id uuid not null,
  run_id uuid not null,
  round_id uuid not null,
  again boolean not null,
  nonce bytea not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null,
  job_id uuid not null,
  constraint letter_runs_nonce_check CHECK ((length(nonce) = 32)),
  constraint letter_runs_board_id_asked_by_fkey FOREIGN KEY (board_id, asked_by) REFERENCES persons(board_id, person_id),
  constraint letter_runs_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint letter_runs_board_id_round_id_fkey FOREIGN KEY (board_id, round_id) REFERENCES rounds(board_id, round_id),
  constraint letter_runs_pkey PRIMARY KEY (board_id, run_id)
);
CREATE INDEX letter_runs_by_asker ON public.letter_runs USING btree (board_id, round_id, asked_by);
alter table letter_runs enable row level security;
alter table letter_runs force row level security;
create policy of_its_board on letter_runs using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on letter_runs to consent_broker;

create table link_codes (
  board_id uuid not null,
  link_code_id uuid not null,
  approach text not null default 'subject'::text,
  subject_id uuid not null,
  supplier_id uuid not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  cancelled_at timestamp with time zone,
  constraint link_codes_approach_check CHECK ((approach = 'subject'::text)),
  constraint link_codes_board_id_made_by_fkey FOREIGN KEY (board_id, made_by) REFERENCES persons(board_id, person_id),
  constraint link_codes_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint link_codes_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint link_codes_pkey PRIMARY KEY (board_id, link_code_id)
);
CREATE INDEX link_codes_by_subject ON public.link_codes USING btree (board_id, subject_id);
alter table link_codes enable row level security;
alter table link_codes force row level security;
create policy of_its_board on link_codes using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on link_codes to consent_broker;
grant update (cancelled_at) on link_codes to consent_broker;

create table mandates (
  board_id uuid not null,
  mandate_id uuid not null,
  person_id uuid not null,
  role text not null,
  school_id uuid,
  group_name text,
  given_by uuid,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  constraint mandates_end_after_start CHECK ((ends_at >= starts_at)),
  constraint mandates_not_by_oneself CHECK ((given_by IS DISTINCT FROM person_id)),
  constraint mandates_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'school_leader'::text, 'signatory'::text, 'consent_officer'::text, 'teacher'::text, 'dpo'::text, 'concierge'::text]))),
  constraint mandates_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint mandates_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint mandates_pkey PRIMARY KEY (board_id, mandate_id)
);
CREATE INDEX mandates_by_person ON public.mandates USING btree (board_id, person_id);
alter table mandates enable row level security;
alter table mandates force row level security;
create policy of_its_board on mandates using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on mandates to consent_broker;
grant update (ends_at) on mandates to consent_broker;

create table member_invitations (
  code_hash bytea not null,
  supplier_id uuid not null,
  email text not null,
  name text not null,
  roles text[] not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint member_invitations_have_a_role CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['administrator'::text, 'contracts'::text, 'engineer'::text, 'case_worker'::text]))),
  constraint member_invitations_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint member_invitations_pkey PRIMARY KEY (code_hash)
);
CREATE INDEX member_invitations_by_email ON public.member_invitations USING btree (email) WHERE (used_at IS NULL);
CREATE INDEX member_invitations_by_supplier ON public.member_invitations USING btree (supplier_id, email);
grant delete, insert, select on member_invitations to consent_broker;
grant update (expires_at, used_at) on member_invitations to consent_broker;

create table member_tidings (
  board_id uuid not null,
  member_id uuid not null,
  ref uuid not null,
  told_at timestamp with time zone not null,
  constraint member_tidings_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint member_tidings_member_id_fkey FOREIGN KEY (member_id) REFERENCES members(member_id),
  constraint member_tidings_pkey PRIMARY KEY (board_id, member_id, ref)
);
alter table member_tidings enable row level security;
alter table member_tidings force row level security;
create policy of_its_board on member_tidings using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on member_tidings to consent_broker;

create table members (
  member_id uuid not null,
  supplier_id uuid not null,
  account_id uuid not null,
  name text not null,
  roles text[] not null,
  joined_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint members_have_a_role CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['administrator'::text, 'contracts'::text, 'engineer'::text, 'case_worker'::text]))),
  constraint members_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint members_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint members_pkey PRIMARY KEY (member_id)
);
CREATE INDEX members_by_account ON public.members USING btree (account_id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX members_once ON public.members USING btree (supplier_id, account_id) WHERE (ended_at IS NULL);
grant insert, select on members to consent_broker;
grant update (ended_at, roles) on members to consent_broker;

create table migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migrations_pkey PRIMARY KEY (name)
);
grant select on migrations to consent_broker;

create table objections (
  board_id uuid not null,
  objection_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  granted boolean,
  reasons text,
  constraint objections_decided_whole CHECK ((num_nonnulls(decided_at, decided_by, granted, reasons) = ANY (ARRAY[0, 4]))),
  constraint objections_board_id_consent_id_approach_fkey FOREIGN KEY (board_id, consent_id, approach) REFERENCES consents(board_id, consent_id, approach),
  constraint objections_pkey PRIMARY KEY (board_id, objection_id)
);
CREATE INDEX objections_by_consent ON public.objections USING btree (board_id, consent_id);
CREATE UNIQUE INDEX objections_one_pending ON public.objections USING btree (board_id, consent_id) WHERE (decided_at IS NULL);
alter table objections enable row level security;
alter table objections force row level security;
create policy of_its_board on objections using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on objections to consent_broker;
grant update (decided_at, decided_by, granted, reasons) on objections to consent_broker;

create table onward_clauses (
  board_id uuid not null,
  clause_id uuid not null,
  agreement_id uuid not null,
  holder_id uuid not null,
  datatype text not null,
  instructed_at timestamp with time zone not null,
  instructed_by uuid not null,
  ended_at timestamp with time zone,
  constraint onward_clauses_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint onward_clauses_holder_id_datatype_fkey FOREIGN KEY (holder_id, datatype) REFERENCES data_sets(holder_id, datatype),
  constraint onward_clauses_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint onward_clauses_pkey PRIMARY KEY (board_id, clause_id)
);
CREATE UNIQUE INDEX onward_clauses_one_standing ON public.onward_clauses USING btree (board_id, agreement_id, holder_id, datatype) WHERE (ended_at IS NULL);
alter table onward_clauses enable row level security;
alter table onward_clauses force row level security;
create policy of_its_board on onward_clauses using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on onward_clauses to consent_broker;
grant update (ended_at) on onward_clauses to consent_broker;

create table par_requests (
  request_uri_hash bytea not null,
  client_id text not null,
  supplier_id uuid not null,
  redirect_uri text not null,
  state text,
  code_challenge text not null,
  jkt text not null,
  ask jsonb not null,
  replaces uuid,
  request_object text,
  request_id uuid not null,
  item_id uuid not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  silent boolean not null default false,
  signed_in_since timestamp with time zone,
  replaces_revision integer,
  constraint par_requests_request_uri_hash_check CHECK ((length(request_uri_hash) = 32)),
  constraint par_requests_short CHECK (((expires_at > made_at) AND (expires_at <= (made_at + '00:10:00'::interval)))),
  constraint par_requests_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint par_requests_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint par_requests_pkey PRIMARY KEY (request_uri_hash)
);
CREATE INDEX par_requests_made ON public.par_requests USING btree (made_at);
grant delete, insert, select on par_requests to consent_broker;
grant update (decided_at) on par_requests to consent_broker;

create table parent_agreements (
  board_id uuid not null,
  round_id uuid not null,
  subject_id uuid not null,
  decider_id uuid not null,
  version integer not null,
  content text not null,
  content_hash bytea not null,
  made_at timestamp with time zone not null,
  names jsonb,
  constraint parent_agreements_content_hash_check CHECK ((length(content_hash) = 32)),
  constraint parent_agreements_version_check CHECK ((version > 0)),
  constraint parent_agreements_board_id_decider_id_fkey FOREIGN KEY (board_id, decider_id) REFERENCES persons(board_id, person_id),
  constraint parent_agreements_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint parent_agreements_board_id_round_id_fkey FOREIGN KEY (board_id, round_id) REFERENCES rounds(board_id, round_id),
  constraint parent_agreements_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint parent_agreements_pkey PRIMARY KEY (board_id, round_id, subject_id, decider_id, version)
);
alter table parent_agreements enable row level security;
alter table parent_agreements force row level security;
create policy of_its_board on parent_agreements using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on parent_agreements to consent_broker;
grant update (names) on parent_agreements to consent_broker;

create table passkey_challenges (
  challenge_hash bytea not null,
  kind text not null,
  browser_hash bytea not null,
  account_id uuid,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint passkey_challenges_added_by_somebody CHECK (((kind = 'sign_in'::text) OR (account_id IS NOT NULL))),
  constraint passkey_challenges_browser_hash_check CHECK ((length(browser_hash) = 32)),
  constraint passkey_challenges_challenge_hash_check CHECK ((length(challenge_hash) = 32)),
  constraint passkey_challenges_kind_check CHECK ((kind = ANY (ARRAY['add'::text, 'sign_in'::text]))),
  constraint passkey_challenges_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint passkey_challenges_pkey PRIMARY KEY (challenge_hash)
);
grant delete, insert, select on passkey_challenges to consent_broker;
grant update (used_at) on passkey_challenges to consent_broker;

create table passkeys (
  credential_id text not null,
  account_id uuid not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}'::text[],
  device text not null,
  synced boolean not null,
  made_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  constraint passkeys_counter_check CHECK ((counter >= 0)),
  constraint passkeys_credential_id_check CHECK (((length(credential_id) >= 1) AND (length(credential_id) <= 1400))),
  constraint passkeys_device_check CHECK ((length(device) <= 60)),
  constraint passkeys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint passkeys_pkey PRIMARY KEY (credential_id)
);
CREATE INDEX passkeys_by_account ON public.passkeys USING btree (account_id);
grant delete, insert, select on passkeys to consent_broker;
grant update (counter, last_used_at, synced) on passkeys to consent_broker;

create table person_aliases (
  board_id uuid not null,
  source_id text not null,
  person_id uuid not null,
  constraint person_aliases_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint person_aliases_pkey PRIMARY KEY (board_id, source_id)
);
CREATE INDEX person_aliases_by_person ON public.person_aliases USING btree (board_id, person_id);
alter table person_aliases enable row level security;
alter table person_aliases force row level security;
create policy of_its_board on person_aliases using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on person_aliases to consent_broker;

create table persons (
  board_id uuid not null,
  person_id uuid not null,
  given_name text not null,
  family_name text not null,
  birth_date date,
  email text,
  phone text,
  eck_id text,
  source_id text,
  created_at timestamp with time zone not null,
  erased_at timestamp with time zone,
  constraint persons_eck_id_check CHECK ((eck_id ~ '^https://ketenid\.nl/(201703|pilot)/[0-9a-f]{128}$'::text)),
  constraint persons_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint persons_pkey PRIMARY KEY (board_id, person_id),
  constraint persons_once_per_source UNIQUE (board_id, source_id)
);
CREATE INDEX persons_by_eck_id ON public.persons USING btree (board_id, eck_id) WHERE (eck_id IS NOT NULL);
alter table persons enable row level security;
alter table persons force row level security;
create policy of_its_board on persons using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on persons to consent_broker;
grant maintain on persons to consent_broker;
grant update (birth_date, eck_id, email, erased_at, family_name, given_name, phone, source_id) on persons to consent_broker;

create table prepared_asks (
  ask_id uuid not null,
  supplier_id uuid not null,
  reference text not null,
  body text not null,
  ends_at timestamp with time zone not null,
  prepared_at timestamp with time zone not null,
  prepared_by uuid not null,
  tablet_hash bytea,
  tablet_until timestamp with time zone,
  discarded_at timestamp with time zone,
  asked_at timestamp with time zone,
  asked_by uuid,
  board_id uuid,
  consent_id uuid,
  constraint prepared_asks_asked CHECK ((((asked_at IS NULL) = (asked_by IS NULL)) AND ((asked_at IS NOT NULL) OR (consent_id IS NULL)))),
  constraint prepared_asks_consent_of_board CHECK (((board_id IS NULL) = (consent_id IS NULL))),
  constraint prepared_asks_tablet CHECK (((tablet_hash IS NULL) = (tablet_until IS NULL))),
  constraint prepared_asks_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES members(member_id),
  constraint prepared_asks_prepared_by_fkey FOREIGN KEY (prepared_by) REFERENCES members(member_id),
  constraint prepared_asks_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint prepared_asks_pkey PRIMARY KEY (ask_id)
);
CREATE INDEX prepared_asks_by_supplier ON public.prepared_asks USING btree (supplier_id, prepared_at);
CREATE UNIQUE INDEX prepared_asks_by_tablet ON public.prepared_asks USING btree (tablet_hash);
grant insert, select on prepared_asks to consent_broker;
grant update (asked_at, asked_by, board_id, consent_id, discarded_at, prepared_by, tablet_hash, tablet_until) on prepared_asks to consent_broker;

create table provider_subjects (
  issuer text not null,
  subject_mac bytea not null,
  account_id uuid not null,
  provider text not null,
  bound_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  constraint provider_subjects_subject_mac_check CHECK ((length(subject_mac) = 32)),
  constraint provider_subjects_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint provider_subjects_pkey PRIMARY KEY (issuer, subject_mac),
  constraint provider_subjects_one_per_account UNIQUE (account_id, issuer)
);
grant delete, insert, select on provider_subjects to consent_broker;
grant update (last_used_at) on provider_subjects to consent_broker;

create table provider_visits (
  visit_id uuid not null,
  state_hash bytea not null,
  browser_hash bytea not null,
  provider text not null,
  issuer text not null,
  next_path text not null,
  account_id uuid,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  subject_mac bytea,
  label text,
  bound_at timestamp with time zone,
  constraint provider_visits_answered_when_used CHECK (((subject_mac IS NULL) OR (used_at IS NOT NULL))),
  constraint provider_visits_bound_when_answered CHECK (((bound_at IS NULL) OR (subject_mac IS NOT NULL))),
  constraint provider_visits_browser_hash_check CHECK ((length(browser_hash) = 32)),
  constraint provider_visits_label_check CHECK ((length(label) <= 254)),
  constraint provider_visits_state_hash_check CHECK ((length(state_hash) = 32)),
  constraint provider_visits_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint provider_visits_pkey PRIMARY KEY (visit_id),
  constraint provider_visits_state_hash_key UNIQUE (state_hash)
);
grant delete, insert, select on provider_visits to consent_broker;
grant update (bound_at, label, subject_mac, used_at) on provider_visits to consent_broker;

create table pseudonyms (
  board_id uuid not null,
  audience_id uuid not null,
  subject_id uuid not null,
  pseudonym text not null,
  constraint pseudonyms_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint pseudonyms_pkey PRIMARY KEY (board_id, audience_id, subject_id),
  constraint pseudonyms_once UNIQUE (board_id, audience_id, pseudonym)
);
alter table pseudonyms enable row level security;
alter table pseudonyms force row level security;
create policy not_for_staff on pseudonyms using (( SELECT app_actor() AS app_actor) <> 'staff'::text);
create policy of_its_board on pseudonyms using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on pseudonyms to consent_broker;

create table rates (
  bucket text not null,
  starts_at timestamp with time zone not null,
  count integer not null,
  constraint rates_pkey PRIMARY KEY (bucket, starts_at)
);
grant delete, insert, select, update on rates to consent_broker;

create table receipts (
  board_id uuid not null,
  receipt_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  person_id uuid not null,
  act text not null,
  answer_id uuid,
  objection_id uuid,
  method text not null,
  shown_hash bytea not null,
  language text not null,
  made_at timestamp with time zone not null,
  constraint receipts_act_check CHECK ((act = ANY (ARRAY['yes'::text, 'no'::text, 'undone'::text, 'withdrawn'::text, 'objected'::text, 'shared'::text, 'unshared'::text]))),
  constraint receipts_method_check CHECK ((method = ANY (ARRAY['web'::text, 'paper'::text, 'phone'::text, 'desk'::text]))),
  constraint receipts_of_answers_name_them CHECK (((act = ANY (ARRAY['yes'::text, 'no'::text])) = (answer_id IS NOT NULL))),
  constraint receipts_of_objections_name_them CHECK (((act = 'objected'::text) = (objection_id IS NOT NULL))),
  constraint receipts_board_id_answer_id_fkey FOREIGN KEY (board_id, answer_id) REFERENCES answers(board_id, answer_id) ON DELETE CASCADE,
  constraint receipts_board_id_consent_id_approach_fkey FOREIGN KEY (board_id, consent_id, approach) REFERENCES consents(board_id, consent_id, approach) ON DELETE CASCADE,
  constraint receipts_board_id_objection_id_fkey FOREIGN KEY (board_id, objection_id) REFERENCES objections(board_id, objection_id) ON DELETE CASCADE,
  constraint receipts_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint receipts_board_id_shown_hash_fkey FOREIGN KEY (board_id, shown_hash) REFERENCES shown_texts(board_id, shown_hash),
  constraint receipts_pkey PRIMARY KEY (board_id, receipt_id),
  constraint receipts_one_per_answer UNIQUE (board_id, answer_id),
  constraint receipts_one_per_objection UNIQUE (board_id, objection_id)
);
CREATE INDEX receipts_by_consent ON public.receipts USING btree (board_id, consent_id);
CREATE INDEX receipts_by_person ON public.receipts USING btree (board_id, person_id, made_at);
CREATE INDEX receipts_by_shown_text ON public.receipts USING btree (board_id, shown_hash);
alter table receipts enable row level security;
alter table receipts force row level security;
create policy of_its_board on receipts using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant delete, insert, select on receipts to consent_broker;

create table refresh_tokens (
  token_hash bytea not null,
  client_id text not null,
  supplier_id uuid not null,
  jkt text not null,
  scope text,
  board_id uuid not null,
  consent_id uuid not null,
  holder_id uuid not null,
  datatypes text[] not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  code_hash bytea,
  consent_revision integer not null default 0,
  constraint refresh_tokens_end_after_start CHECK ((expires_at > made_at)),
  constraint refresh_tokens_token_hash_check CHECK ((length(token_hash) = 32)),
  constraint refresh_tokens_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id),
  constraint refresh_tokens_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint refresh_tokens_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint refresh_tokens_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX refresh_tokens_by_code ON public.refresh_tokens USING btree (code_hash) WHERE (code_hash IS NOT NULL);
CREATE INDEX refresh_tokens_by_consent ON public.refresh_tokens USING btree (board_id, consent_id);
CREATE INDEX refresh_tokens_expired ON public.refresh_tokens USING btree (expires_at);
grant delete, insert, select on refresh_tokens to consent_broker;
grant update (ended_at) on refresh_tokens to consent_broker;

create table release_subjects (
  board_id uuid not null,
  release_id uuid not null,
  consent_id uuid not null,
  reference text not null,
  joined_at timestamp with time zone not null,
  constraint release_subjects_board_id_consent_id_fkey FOREIGN KEY (board_id, consent_id) REFERENCES consents(board_id, consent_id),
  constraint release_subjects_board_id_release_id_fkey FOREIGN KEY (board_id, release_id) REFERENCES releases(board_id, release_id),
  constraint release_subjects_pkey PRIMARY KEY (board_id, release_id, consent_id)
);
CREATE INDEX release_subjects_by_consent ON public.release_subjects USING btree (board_id, consent_id);
alter table release_subjects enable row level security;
alter table release_subjects force row level security;
create policy of_its_board on release_subjects using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on release_subjects to consent_broker;

create table releases (
  board_id uuid not null,
  release_id uuid not null,
  approach text not null default 'organisation'::text,
  request_id uuid not null,
  agreement_id uuid not null,
  covers_later boolean not null,
  released_at timestamp with time zone not null,
  released_by text not null,
  withdrawn_at timestamp with time zone,
  withdrawn_by text,
  constraint releases_approach_check CHECK ((approach = 'organisation'::text)),
  constraint releases_board_id_agreement_id_fkey FOREIGN KEY (board_id, agreement_id) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint releases_board_id_request_id_approach_fkey FOREIGN KEY (board_id, request_id, approach) REFERENCES access_requests(board_id, request_id, approach),
  constraint releases_pkey PRIMARY KEY (board_id, release_id)
);
CREATE INDEX releases_by_agreement ON public.releases USING btree (board_id, agreement_id);
CREATE INDEX releases_by_request ON public.releases USING btree (board_id, request_id);
alter table releases enable row level security;
alter table releases force row level security;
create policy of_its_board on releases using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on releases to consent_broker;
grant update (withdrawn_at, withdrawn_by) on releases to consent_broker;

create table replay (
  kind text not null,
  owner text not null,
  jti text not null,
  expires_at timestamp with time zone not null,
  constraint replay_pkey PRIMARY KEY (kind, owner, jti)
);
CREATE INDEX replay_expired ON public.replay USING btree (expires_at);
grant delete, insert, select on replay to consent_broker;

create table request_subjects (
  board_id uuid not null,
  request_id uuid not null,
  reference text not null,
  approach text not null,
  hint text,
  subject_id uuid,
  matched_at timestamp with time zone,
  matched_by uuid,
  consent_id uuid,
  covered boolean,
  left_out_at timestamp with time zone,
  left_out_because text,
  constraint request_subjects_hint_goes_at_match CHECK (((subject_id IS NULL) OR (hint IS NULL))),
  constraint request_subjects_left_out_because_check CHECK ((left_out_because = ANY (ARRAY['school'::text, 'cooling_down'::text, 'open'::text, 'too_young'::text]))),
  constraint request_subjects_left_out_is_not_asked CHECK (((left_out_at IS NULL) OR ((consent_id IS NULL) AND (hint IS NULL)))),
  constraint request_subjects_left_out_whole CHECK ((num_nonnulls(left_out_at, left_out_because) = ANY (ARRAY[0, 2]))),
  constraint request_subjects_board_id_consent_id_approach_fkey FOREIGN KEY (board_id, consent_id, approach) REFERENCES consents(board_id, consent_id, approach),
  constraint request_subjects_board_id_request_id_approach_fkey FOREIGN KEY (board_id, request_id, approach) REFERENCES access_requests(board_id, request_id, approach),
  constraint request_subjects_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint request_subjects_pkey PRIMARY KEY (board_id, request_id, reference)
);
CREATE INDEX request_subjects_by_consent ON public.request_subjects USING btree (board_id, consent_id);
CREATE INDEX request_subjects_by_subject ON public.request_subjects USING btree (board_id, subject_id);
CREATE UNIQUE INDEX request_subjects_once ON public.request_subjects USING btree (board_id, request_id, subject_id) WHERE (subject_id IS NOT NULL);
alter table request_subjects enable row level security;
alter table request_subjects force row level security;
create policy of_its_board on request_subjects using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on request_subjects to consent_broker;
grant update (consent_id, covered, hint, left_out_at, left_out_because, matched_at, matched_by, subject_id) on request_subjects to consent_broker;

create table retention_rules (
  board_id uuid not null,
  category text not null,
  min_months integer not null,
  max_months integer not null,
  set_at timestamp with time zone not null,
  set_by uuid not null,
  constraint retention_rules_at_least_before_at_most CHECK ((max_months >= min_months)),
  constraint retention_rules_category_check CHECK ((category = ANY (ARRAY['administration'::text, 'dossier'::text, 'dossier_special'::text]))),
  constraint retention_rules_max_months_check CHECK (((max_months >= 1) AND (max_months <= 600))),
  constraint retention_rules_min_months_check CHECK (((min_months >= 0) AND (min_months <= 600))),
  constraint retention_rules_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint retention_rules_pkey PRIMARY KEY (board_id, category)
);
alter table retention_rules enable row level security;
alter table retention_rules force row level security;
create policy of_its_board on retention_rules using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on retention_rules to consent_broker;
grant update (max_months, min_months, set_at, set_by) on retention_rules to consent_broker;

create table rights_cases (
  board_id uuid not null,
  case_id uuid not null,
  approach text not null,
  kind text not null,
  subject_id uuid not null,
  made_by uuid not null,
  method text not null,
  recorded_by uuid,
  supplier_id uuid,
  words text,
  received_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  revision integer not null default 0,
  taken_at timestamp with time zone,
  taken_by uuid,
  extended_at timestamp with time zone,
  extended_by uuid,
  extended_because text,
  closed_at timestamp with time zone,
  closed_by text,
  outcome text,
  closing text,
  constraint rights_cases_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text]))),
  constraint rights_cases_closed_whole CHECK ((num_nonnulls(closed_at, closed_by, outcome) = ANY (ARRAY[0, 3]))),
  constraint rights_cases_decided_with_words CHECK (((outcome IS NULL) OR (outcome = 'withdrawn'::text) OR (closing IS NOT NULL))),
  constraint rights_cases_elsewhere_name_the_recorder CHECK (((method = 'web'::text) = (recorded_by IS NULL))),
  constraint rights_cases_extended_with_reason CHECK ((num_nonnulls(extended_at, extended_by, extended_because) = ANY (ARRAY[0, 3]))),
  constraint rights_cases_go_to_the_school_or_a_supplier CHECK (((approach = 'subject'::text) = (supplier_id IS NOT NULL))),
  constraint rights_cases_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'rectification'::text, 'erasure'::text, 'objection'::text, 'restriction'::text, 'portability'::text]))),
  constraint rights_cases_method_check CHECK ((method = ANY (ARRAY['web'::text, 'paper'::text, 'phone'::text, 'desk'::text]))),
  constraint rights_cases_outcome_check CHECK ((outcome = ANY (ARRAY['granted'::text, 'partly'::text, 'refused'::text, 'withdrawn'::text]))),
  constraint rights_cases_taken_whole CHECK ((num_nonnulls(taken_at, taken_by) = ANY (ARRAY[0, 2]))),
  constraint rights_cases_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint rights_cases_board_id_made_by_fkey FOREIGN KEY (board_id, made_by) REFERENCES persons(board_id, person_id),
  constraint rights_cases_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint rights_cases_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint rights_cases_pkey PRIMARY KEY (board_id, case_id)
);
CREATE INDEX rights_cases_by_subject ON public.rights_cases USING btree (board_id, subject_id);
CREATE UNIQUE INDEX rights_cases_one_open ON public.rights_cases USING btree (board_id, subject_id, made_by, kind, supplier_id) NULLS NOT DISTINCT WHERE (closed_at IS NULL);
CREATE INDEX rights_cases_open ON public.rights_cases USING btree (board_id, due_at) WHERE (closed_at IS NULL);
alter table rights_cases enable row level security;
alter table rights_cases force row level security;
create policy of_its_board on rights_cases using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on rights_cases to consent_broker;
grant update (closed_at, closed_by, closing, due_at, extended_at, extended_because, extended_by, outcome, revision, taken_at, taken_by, words) on rights_cases to consent_broker;

create table roster_bases (
  board_id uuid not null,
  content bytea not null,
  content_hash bytea not null,
  taken_at timestamp with time zone not null,
  base_id uuid not null default gen_random_uuid(),
  brins text[],
  constraint roster_bases_content_hash_check CHECK ((length(content_hash) = 32)),
  constraint roster_bases_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint roster_bases_pkey PRIMARY KEY (board_id, base_id)
);
alter table roster_bases enable row level security;
alter table roster_bases force row level security;
create policy of_its_board on roster_bases using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on roster_bases to consent_broker;

create table roster_imports (
  board_id uuid not null,
  import_id uuid not null,
  imported_at timestamp with time zone not null,
  imported_by text not null,
  persons integer not null,
  content_hash bytea not null,
  constraint roster_imports_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint roster_imports_pkey PRIMARY KEY (board_id, import_id)
);
alter table roster_imports enable row level security;
alter table roster_imports force row level security;
create policy of_its_board on roster_imports using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on roster_imports to consent_broker;

create table roster_mappings (
  board_id uuid not null,
  mapping_id uuid not null,
  about text not null,
  brin text,
  columns jsonb not null,
  made_at timestamp with time zone not null,
  made_by uuid not null,
  proven_at timestamp with time zone,
  constraint roster_mappings_about_check CHECK ((about = ANY (ARRAY['pupils'::text, 'staff'::text]))),
  constraint roster_mappings_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint roster_mappings_board_id_made_by_fkey FOREIGN KEY (board_id, made_by) REFERENCES persons(board_id, person_id),
  constraint roster_mappings_pkey PRIMARY KEY (board_id, mapping_id)
);
alter table roster_mappings enable row level security;
alter table roster_mappings force row level security;
create policy of_its_board on roster_mappings using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on roster_mappings to consent_broker;
grant update (proven_at) on roster_mappings to consent_broker;

create table roster_senders (
  board_id uuid not null,
  holder_id uuid not null,
  allowed_at timestamp with time zone not null,
  allowed_by uuid not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint roster_senders_ended_whole CHECK (((num_nonnulls(ended_at, ended_by) = ANY (ARRAY[0, 2])) AND ((ended_at IS NULL) OR (ended_at >= allowed_at)))),
  constraint roster_senders_board_id_allowed_by_fkey FOREIGN KEY (board_id, allowed_by) REFERENCES persons(board_id, person_id),
  constraint roster_senders_board_id_ended_by_fkey FOREIGN KEY (board_id, ended_by) REFERENCES persons(board_id, person_id),
  constraint roster_senders_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint roster_senders_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint roster_senders_pkey PRIMARY KEY (board_id, holder_id, allowed_at)
);
CREATE UNIQUE INDEX roster_senders_one_open ON public.roster_senders USING btree (board_id, holder_id) WHERE (ended_at IS NULL);
alter table roster_senders enable row level security;
alter table roster_senders force row level security;
create policy of_its_board on roster_senders using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on roster_senders to consent_broker;
grant update (ended_at, ended_by) on roster_senders to consent_broker;

create table roster_uploads (
  board_id uuid not null,
  upload_id uuid not null,
  format text not null,
  content bytea,
  content_hash bytea not null,
  made_at timestamp with time zone not null,
  made_by text not null,
  job_id uuid,
  previewed_at timestamp with time zone,
  preview jsonb,
  changes_hash bytea,
  errors jsonb,
  confirmed_at timestamp with time zone,
  confirmed_by text,
  ends_confirmed boolean not null default false,
  over_at timestamp with time zone,
  over_as text,
  import_id uuid,
  mapping_id uuid,
  to_map jsonb,
  constraint roster_uploads_confirmed_after_preview CHECK (((num_nonnulls(confirmed_at, confirmed_by) = ANY (ARRAY[0, 2])) AND ((confirmed_at IS NULL) OR (previewed_at IS NOT NULL)))),
  constraint roster_uploads_content_hash_check CHECK ((length(content_hash) = 32)),
  constraint roster_uploads_format_check CHECK ((format = ANY (ARRAY['oneroster'::text, 'edexml'::text, 'csv'::text]))),
  constraint roster_uploads_mapped_before_read CHECK (((to_map IS NULL) OR ((format = 'csv'::text) AND (previewed_at IS NULL)))),
  constraint roster_uploads_over_as_check CHECK ((over_as = ANY (ARRAY['taken'::text, 'refused'::text, 'cancelled'::text]))),
  constraint roster_uploads_over_whole CHECK (((num_nonnulls(over_at, over_as) = ANY (ARRAY[0, 2])) AND ((over_at IS NULL) = (content IS NOT NULL)))),
  constraint roster_uploads_previewed_whole CHECK ((num_nonnulls(previewed_at, changes_hash) = ANY (ARRAY[0, 2]))),
  constraint roster_uploads_taken_as_confirmed CHECK ((((over_as = 'taken'::text) IS NOT TRUE) OR ((import_id IS NOT NULL) AND (confirmed_at IS NOT NULL)))),
  constraint roster_uploads_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint roster_uploads_board_id_mapping_id_fkey FOREIGN KEY (board_id, mapping_id) REFERENCES roster_mappings(board_id, mapping_id),
  constraint roster_uploads_pkey PRIMARY KEY (board_id, upload_id)
);
CREATE INDEX roster_uploads_newest ON public.roster_uploads USING btree (board_id, made_at);
alter table roster_uploads enable row level security;
alter table roster_uploads force row level security;
create policy of_its_board on roster_uploads using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on roster_uploads to consent_broker;
grant update (changes_hash, confirmed_at, confirmed_by, content, ends_confirmed, errors, import_id, job_id, mapping_id, over_as, over_at, preview, previewed_at, to_map) on roster_uploads to consent_broker;

create table round_tallies (
  board_id uuid not null,
  round_id uuid not null,
  subject_id uuid not null,
  asked uuid[] not null,
  answered uuid[] not null,
  disputed uuid[] not null,
  counted_in xid8 not null,
  constraint round_tallies_answers_what_is_asked CHECK ((answered <@ asked)),
  constraint round_tallies_board_id_round_id_fkey FOREIGN KEY (board_id, round_id) REFERENCES rounds(board_id, round_id),
  constraint round_tallies_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint round_tallies_pkey PRIMARY KEY (board_id, round_id, subject_id)
);
alter table round_tallies enable row level security;
alter table round_tallies force row level security;
create policy of_its_board on round_tallies using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on round_tallies to consent_broker;
grant maintain on round_tallies to consent_broker;
grant update (answered, asked, counted_in, disputed) on round_tallies to consent_broker;

create table rounds (
  board_id uuid not null,
  round_id uuid not null,
  title text not null,
  subject_kind text not null default 'pupil'::text,
  school_year text not null,
  undertakings text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  drafted_at timestamp with time zone not null,
  drafted_by uuid not null,
  published_at timestamp with time zone,
  published_by uuid,
  council_approval_id uuid,
  audience jsonb,
  told_at timestamp with time zone,
  school_id uuid,
  opens_at timestamp with time zone,
  revision integer not null default 0,
  changed_at timestamp with time zone,
  changed_by uuid,
  copied_from uuid,
  remind_at timestamp with time zone,
  reminded_at timestamp with time zone,
  reminders integer not null default 0,
  hard_because text,
  constraint rounds_changed_whole CHECK ((num_nonnulls(changed_at, changed_by) = ANY (ARRAY[0, 2]))),
  constraint rounds_end_after_start CHECK ((ends_at > starts_at)),
  constraint rounds_hard_because_when_published CHECK (((hard_because IS NULL) OR (published_at IS NOT NULL))),
  constraint rounds_open_before_they_end CHECK ((opens_at < ends_at)),
  constraint rounds_published_whole CHECK (((num_nonnulls(published_at, published_by) = ANY (ARRAY[0, 2])) AND ((published_at IS NULL) OR (audience IS NOT NULL)))),
  constraint rounds_reminded_when_published CHECK (((published_at IS NOT NULL) OR ((remind_at IS NULL) AND (reminded_at IS NULL)))),
  constraint rounds_school_year_check CHECK ((school_year ~ '^\d{4}-\d{4}$'::text)),
  constraint rounds_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['pupil'::text, 'employee'::text]))),
  constraint rounds_told_when_published CHECK (((told_at IS NULL) OR (published_at IS NOT NULL))),
  constraint rounds_board_id_changed_by_fkey FOREIGN KEY (board_id, changed_by) REFERENCES persons(board_id, person_id),
  constraint rounds_board_id_copied_from_fkey FOREIGN KEY (board_id, copied_from) REFERENCES rounds(board_id, round_id),
  constraint rounds_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint rounds_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint rounds_pkey PRIMARY KEY (board_id, round_id)
);
alter table rounds enable row level security;
alter table rounds force row level security;
create policy of_its_board on rounds using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on rounds to consent_broker;
grant update (audience, changed_at, changed_by, council_approval_id, hard_because, published_at, published_by, remind_at, reminded_at, reminders, revision, title, told_at, undertakings) on rounds to consent_broker;

create table sandboxes (
  supplier_id uuid not null,
  twin_id uuid not null,
  holder_id uuid not null,
  holder_client_id text not null,
  sealed_key text not null,
  oin text not null,
  brin text not null,
  board_id uuid not null,
  made_at timestamp with time zone not null,
  reset_at timestamp with time zone not null,
  constraint sandboxes_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint sandboxes_holder_client_id_fkey FOREIGN KEY (holder_client_id) REFERENCES clients(client_id),
  constraint sandboxes_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint sandboxes_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint sandboxes_twin_id_fkey FOREIGN KEY (twin_id) REFERENCES suppliers(supplier_id),
  constraint sandboxes_pkey PRIMARY KEY (supplier_id),
  constraint sandboxes_holder_client_id_key UNIQUE (holder_client_id),
  constraint sandboxes_holder_id_key UNIQUE (holder_id),
  constraint sandboxes_twin_id_key UNIQUE (twin_id)
);
grant insert, select on sandboxes to consent_broker;
grant update (board_id, reset_at) on sandboxes to consent_broker;

create table schools (
  board_id uuid not null,
  school_id uuid not null,
  name text not null,
  sector text not null default 'po'::text,
  brin text not null,
  source_id text,
  location text,
  rio text,
  constraint schools_brin_check CHECK ((brin ~ '^\d\d[A-Z]{2}(\d\d)?$'::text)),
  constraint schools_location_check CHECK (((location ~ '^\d\d[A-Z]{2}\d\d$'::text) AND starts_with(location, "left"(brin, 4)))),
  constraint schools_rio_check CHECK ((rio ~ '^\d{3}[A-Z]\d{3}$'::text)),
  constraint schools_sector_check CHECK ((sector = ANY (ARRAY['po'::text, 'sbo'::text, 'so'::text, 'vo'::text, 'mbo'::text]))),
  constraint schools_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint schools_pkey PRIMARY KEY (board_id, school_id),
  constraint schools_once_per_source UNIQUE (board_id, source_id)
);
alter table schools enable row level security;
alter table schools force row level security;
create policy of_its_board on schools using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on schools to consent_broker;
grant update (name, sector, source_id) on schools to consent_broker;

create table service_proposals (
  board_id uuid not null,
  proposal_id uuid not null,
  school_id uuid,
  proposed_by uuid not null,
  proposed_at timestamp with time zone not null,
  name text not null,
  link text,
  why text not null,
  settled_at timestamp with time zone,
  settled_by uuid,
  outcome text,
  answer text,
  constraint service_proposals_outcome_check CHECK ((outcome = ANY (ARRAY['taken_up'::text, 'declined'::text]))),
  constraint service_proposals_settled_whole CHECK ((num_nonnulls(settled_at, settled_by, outcome, answer) = ANY (ARRAY[0, 4]))),
  constraint service_proposals_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint service_proposals_board_id_proposed_by_fkey FOREIGN KEY (board_id, proposed_by) REFERENCES persons(board_id, person_id),
  constraint service_proposals_board_id_school_id_fkey FOREIGN KEY (board_id, school_id) REFERENCES schools(board_id, school_id),
  constraint service_proposals_pkey PRIMARY KEY (board_id, proposal_id)
);
CREATE UNIQUE INDEX service_proposals_one_open ON public.service_proposals USING btree (board_id, school_id, lower(name)) NULLS NOT DISTINCT WHERE (settled_at IS NULL);
alter table service_proposals enable row level security;
alter table service_proposals force row level security;
create policy of_its_board on service_proposals using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on service_proposals to consent_broker;
grant update (answer, outcome, settled_at, settled_by) on service_proposals to consent_broker;

create table services (
  service_id uuid not null,
  supplier_id uuid not null,
  name text not null,
  kind text not null,
  minimum_age integer,
  created_at timestamp with time zone not null,
  constraint services_kind_check CHECK ((kind = ANY (ARRAY['I'::text, 'II'::text]))),
  constraint services_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint services_pkey PRIMARY KEY (service_id)
);
CREATE INDEX services_by_supplier ON public.services USING btree (supplier_id);
grant insert, select on services to consent_broker;

create table sessions (
  token_hash bytea not null,
  account_id uuid not null,
  made_at timestamp with time zone not null,
  signed_in_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  session_id uuid not null,
  method text not null,
  device text not null,
  begun_at timestamp with time zone not null,
  constraint sessions_begin_before_they_are_made CHECK ((begun_at <= made_at)),
  constraint sessions_device_check CHECK ((length(device) <= 60)),
  constraint sessions_method_check CHECK ((method = ANY (ARRAY['code'::text, 'passkey'::text, 'provider'::text, 'paper'::text]))),
  constraint sessions_token_hash_check CHECK ((length(token_hash) = 32)),
  constraint sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_session_id_key UNIQUE (session_id)
);
CREATE INDEX sessions_by_account ON public.sessions USING btree (account_id);
grant delete, insert, select on sessions to consent_broker;
grant update (ended_at, last_seen_at) on sessions to consent_broker;

create table shown_figures (
  board_id uuid not null,
  item_id uuid not null,
  place_id uuid not null,
  answered integer not null,
  yes integer not null,
  counted_at timestamp with time zone not null,
  was_shown boolean not null default false,
  hidden_with integer,
  constraint shown_figures_are_counts CHECK (((yes >= 0) AND (answered >= yes))),
  constraint shown_figures_hidden_with_check CHECK ((hidden_with > 0)),
  constraint shown_figures_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint shown_figures_board_id_item_id_fkey FOREIGN KEY (board_id, item_id) REFERENCES items(board_id, item_id),
  constraint shown_figures_pkey PRIMARY KEY (board_id, item_id, place_id)
);
alter table shown_figures enable row level security;
alter table shown_figures force row level security;
create policy of_its_board on shown_figures using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on shown_figures to consent_broker;
grant update (answered, counted_at, hidden_with, was_shown, yes) on shown_figures to consent_broker;

create table shown_texts (
  board_id uuid not null,
  shown_hash bytea not null,
  approach text not null,
  language text not null,
  body text not null,
  first_shown_at timestamp with time zone not null,
  constraint shown_texts_approach_check CHECK ((approach = ANY (ARRAY['organisation'::text, 'subject'::text]))),
  constraint shown_texts_shown_hash_check CHECK ((length(shown_hash) = 32)),
  constraint shown_texts_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint shown_texts_pkey PRIMARY KEY (board_id, shown_hash)
);
alter table shown_texts enable row level security;
alter table shown_texts force row level security;
create policy of_its_board on shown_texts using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant delete, insert, select on shown_texts to consent_broker;

create table sign_in_codes (
  code_id uuid not null,
  email text not null,
  code_mac bytea not null,
  browser_hash bytea not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  attempts integer not null default 0,
  used_at timestamp with time zone,
  long_mac bytea,
  long_used_at timestamp with time zone,
  constraint sign_in_codes_pkey PRIMARY KEY (code_id)
);
CREATE INDEX sign_in_codes_by_email ON public.sign_in_codes USING btree (email, made_at);
grant delete, insert, select on sign_in_codes to consent_broker;
grant update (attempts, long_used_at, used_at) on sign_in_codes to consent_broker;

create table signals (
  signal_id uuid not null,
  consent_id uuid not null,
  payload text not null,
  expires_at timestamp with time zone not null,
  constraint signals_pkey PRIMARY KEY (signal_id)
);
CREATE INDEX signals_by_consent ON public.signals USING btree (consent_id);
CREATE INDEX signals_expired ON public.signals USING btree (expires_at);
grant delete, insert, select on signals to consent_broker;

create table signing_keys (
  kid text not null,
  kind text not null,
  alg text not null,
  public_jwk jsonb not null,
  private_jwe text,
  made_at timestamp with time zone not null,
  signs_from timestamp with time zone not null,
  signs_until timestamp with time zone,
  published_until timestamp with time zone,
  removed_at timestamp with time zone,
  constraint signing_keys_alg_check CHECK ((alg = ANY (ARRAY['EdDSA'::text, 'ES256'::text]))),
  constraint signing_keys_alg_of_id_tokens CHECK (
CASE kind
    WHEN 'id_token'::text THEN (alg = 'EdDSA'::text)
    WHEN 'id_token_es256'::text THEN (alg = 'ES256'::text)
    ELSE true
END),
  constraint signing_keys_kind_check CHECK ((kind = ANY (ARRAY['access_token'::text, 'id_token'::text, 'id_token_es256'::text, 'status_list'::text, 'introspection'::text, 'event'::text]))),
  constraint signing_keys_pkey PRIMARY KEY (kid),
  constraint signing_keys_one_at_a_time EXCLUDE USING gist (int4range(array_position(ARRAY['access_token'::text, 'id_token'::text, 'status_list'::text, 'introspection'::text, 'event'::text, 'id_token_es256'::text], kind), array_position(ARRAY['access_token'::text, 'id_token'::text, 'status_list'::text, 'introspection'::text, 'event'::text, 'id_token_es256'::text], kind), '[]'::text) WITH &&, tstzrange(signs_from, signs_until) WITH &&) WHERE ((removed_at IS NULL))
);
CREATE INDEX signing_keys_by_kind ON public.signing_keys USING btree (kind, signs_from);
grant insert, select on signing_keys to consent_broker;
grant update (private_jwe, published_until, removed_at, signs_until) on signing_keys to consent_broker;

create table status_entries (
  list_id uuid not null,
  index integer not null,
  token_id uuid not null,
  board_id uuid not null,
  set_at timestamp with time zone,
  constraint status_entries_index_check CHECK ((index >= 0)),
  constraint status_entries_pkey PRIMARY KEY (list_id, index)
);
CREATE INDEX status_entries_by_token ON public.status_entries USING btree (token_id);
CREATE INDEX status_entries_set ON public.status_entries USING btree (list_id, index) WHERE (set_at IS NOT NULL);
grant insert, select on status_entries to consent_broker;
grant update (set_at) on status_entries to consent_broker;

create table status_lists (
  list_id uuid not null,
  holder_id uuid not null,
  bucket timestamp with time zone not null,
  number integer not null,
  size integer not null,
  taken integer not null default 0,
  opened_at timestamp with time zone not null,
  constraint status_lists_size_check CHECK ((size >= 131072)),
  constraint status_lists_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint status_lists_pkey PRIMARY KEY (list_id),
  constraint status_lists_once UNIQUE (holder_id, bucket, number)
);
CREATE INDEX status_lists_by_bucket ON public.status_lists USING btree (bucket);
grant insert, select on status_lists to consent_broker;
grant update (taken) on status_lists to consent_broker;

create table stream_events (
  stream_id uuid not null,
  event_id uuid not null,
  subject_key text,
  nr bigint not null,
  payload text,
  run_at timestamp with time zone not null,
  locked_until timestamp with time zone,
  attempts integer not null default 0,
  first_tried_at timestamp with time zone,
  last_error text,
  taken_in_at timestamp with time zone not null,
  delivered_at timestamp with time zone,
  dead_at timestamp with time zone,
  done_at timestamp with time zone,
  skipped_at timestamp with time zone,
  constraint stream_events_erased_when_delivered CHECK (((delivered_at IS NULL) OR (payload IS NULL))),
  constraint stream_events_skipped_is_not_delivered CHECK (((skipped_at IS NULL) OR ((delivered_at IS NULL) AND (payload IS NULL)))),
  constraint stream_events_stream_id_fkey FOREIGN KEY (stream_id) REFERENCES event_streams(stream_id) ON DELETE CASCADE,
  constraint stream_events_pkey PRIMARY KEY (stream_id, event_id)
);
CREATE INDEX stream_events_by_subject ON public.stream_events USING btree (stream_id, subject_key, nr) WHERE ((delivered_at IS NULL) AND (skipped_at IS NULL));
CREATE INDEX stream_events_dead ON public.stream_events USING btree (stream_id, nr) WHERE (dead_at IS NOT NULL);
CREATE INDEX stream_events_waiting ON public.stream_events USING btree (stream_id, nr) WHERE ((delivered_at IS NULL) AND (dead_at IS NULL) AND (skipped_at IS NULL));
grant delete, insert, select on stream_events to consent_broker;
grant update (attempts, dead_at, delivered_at, done_at, first_tried_at, last_error, locked_until, payload, run_at, skipped_at) on stream_events to consent_broker;

create table subject_keys (
  board_id uuid not null,
  subject_id uuid not null,
  key bytea not null,
  constraint subject_keys_key_check CHECK ((length(key) = 32)),
  constraint subject_keys_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint subject_keys_pkey PRIMARY KEY (board_id, subject_id)
);
alter table subject_keys enable row level security;
alter table subject_keys force row level security;
create policy of_its_board on subject_keys using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant delete, insert, select on subject_keys to consent_broker;

create table suggestions (
  board_id uuid not null,
  suggestion_id uuid not null,
  service_id uuid not null,
  audience jsonb not null,
  words text not null,
  suggested_at timestamp with time zone not null,
  suggested_by uuid not null,
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint suggestions_end_after_they_begin CHECK ((ends_at > suggested_at)),
  constraint suggestions_ended_whole CHECK ((num_nonnulls(ended_at, ended_by) = ANY (ARRAY[0, 2]))),
  constraint suggestions_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint suggestions_board_id_suggested_by_fkey FOREIGN KEY (board_id, suggested_by) REFERENCES persons(board_id, person_id),
  constraint suggestions_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(service_id),
  constraint suggestions_pkey PRIMARY KEY (board_id, suggestion_id)
);
CREATE INDEX suggestions_open ON public.suggestions USING btree (board_id, ends_at) WHERE (ended_at IS NULL);
alter table suggestions enable row level security;
alter table suggestions force row level security;
create policy of_its_board on suggestions using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on suggestions to consent_broker;
grant update (ended_at, ended_by) on suggestions to consent_broker;

create table supplier_agreements (
  board_id uuid not null,
  agreement_id uuid not null,
  supplier_id uuid not null,
  kind text not null,
  product_agreement text not null,
  supplier_basis text,
  board_basis text,
  deviations jsonb not null default '[]'::jsonb,
  security jsonb not null default '{}'::jsonb,
  retention text not null,
  model_version text not null default '2.0'::text,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  drafted_at timestamp with time zone not null,
  drafted_by text not null,
  checked_at timestamp with time zone,
  checked_by uuid,
  rejected_at timestamp with time zone,
  rejected_because text,
  signed_at timestamp with time zone,
  signed_by uuid,
  signed_text text,
  signed_hash bytea,
  ended_at timestamp with time zone,
  ended_by text,
  ended_because text,
  supplier_signed_at timestamp with time zone,
  supplier_signed_by text,
  supplier_signed_name text,
  supplier_party jsonb,
  withdrawn_at timestamp with time zone,
  withdrawn_by text,
  succeeded_by uuid,
  supplier_argument text,
  board_argument text,
  constraint supplier_agreements_arguments_of_controllers CHECK (((kind = 'controller'::text) OR (num_nonnulls(supplier_argument, board_argument) = 0))),
  constraint supplier_agreements_checked_before_signed CHECK (((signed_at IS NULL) OR ((checked_at IS NOT NULL) AND (signed_at >= checked_at)))),
  constraint supplier_agreements_controller_names_bases CHECK (((kind <> 'controller'::text) OR (num_nonnulls(supplier_basis, board_basis) = 2))),
  constraint supplier_agreements_end_after_start CHECK ((ends_at > starts_at)),
  constraint supplier_agreements_kind_check CHECK ((kind = ANY (ARRAY['processor'::text, 'controller'::text]))),
  constraint supplier_agreements_rejected_is_not_signed CHECK (((rejected_at IS NULL) OR (signed_at IS NULL))),
  constraint supplier_agreements_signed_whole CHECK ((num_nonnulls(signed_at, signed_by, signed_text, signed_hash) = ANY (ARRAY[0, 4]))),
  constraint supplier_agreements_supplier_signed_whole CHECK ((num_nonnulls(supplier_signed_at, supplier_signed_by, supplier_signed_name) = ANY (ARRAY[0, 3]))),
  constraint supplier_agreements_supplier_signs_what_the_board_signed CHECK (((supplier_signed_at IS NULL) OR ((signed_at IS NOT NULL) AND (supplier_signed_at >= signed_at)))),
  constraint supplier_agreements_withdrawn_is_nothing_else CHECK (((withdrawn_at IS NULL) OR ((signed_at IS NULL) AND (rejected_at IS NULL)))),
  constraint supplier_agreements_withdrawn_whole CHECK (((num_nonnulls(withdrawn_at, withdrawn_by) = ANY (ARRAY[0, 2])) AND ((succeeded_by IS NULL) OR (withdrawn_at IS NOT NULL)))),
  constraint supplier_agreements_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint supplier_agreements_board_id_succeeded_by_fkey FOREIGN KEY (board_id, succeeded_by) REFERENCES supplier_agreements(board_id, agreement_id),
  constraint supplier_agreements_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint supplier_agreements_pkey PRIMARY KEY (board_id, agreement_id)
);
CREATE INDEX supplier_agreements_by_supplier ON public.supplier_agreements USING btree (board_id, supplier_id);
alter table supplier_agreements enable row level security;
alter table supplier_agreements force row level security;
create policy of_its_board on supplier_agreements using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on supplier_agreements to consent_broker;
grant update (checked_at, checked_by, deviations, ended_at, ended_because, ended_by, rejected_at, rejected_because, retention, security, signed_at, signed_by, signed_hash, signed_text, succeeded_by, supplier_signed_at, supplier_signed_by, supplier_signed_name, withdrawn_at, withdrawn_by) on supplier_agreements to consent_broker;

create table supplier_boards (
  supplier_id uuid not null,
  board_id uuid not null,
  linked_at timestamp with time zone not null,
  world uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  constraint supplier_boards_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint supplier_boards_board_of_the_world FOREIGN KEY (board_id, world) REFERENCES boards(board_id, world),
  constraint supplier_boards_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint supplier_boards_supplier_of_the_world FOREIGN KEY (supplier_id, world) REFERENCES suppliers(supplier_id, world),
  constraint supplier_boards_pkey PRIMARY KEY (supplier_id, board_id)
);
grant delete, insert, select on supplier_boards to consent_broker;

create table supplier_nominations (
  board_id uuid not null,
  nomination_id uuid not null,
  legal_name text not null,
  kind text not null,
  domain text not null,
  contact_name text,
  contact_email text,
  nominated_by uuid not null,
  nominated_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  supplier_id uuid,
  declined_because text,
  constraint supplier_nominations_contact_until_settled CHECK ((num_nonnulls(contact_name, contact_email) =
CASE
    WHEN (settled_at IS NULL) THEN 2
    ELSE 0
END)),
  constraint supplier_nominations_settled_whole CHECK ((num_nonnulls(supplier_id, declined_because) = num_nonnulls(settled_at))),
  constraint supplier_nominations_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint supplier_nominations_board_id_nominated_by_fkey FOREIGN KEY (board_id, nominated_by) REFERENCES persons(board_id, person_id),
  constraint supplier_nominations_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint supplier_nominations_pkey PRIMARY KEY (board_id, nomination_id)
);
CREATE UNIQUE INDEX supplier_nominations_one_open ON public.supplier_nominations USING btree (board_id, lower(domain)) WHERE (settled_at IS NULL);
alter table supplier_nominations enable row level security;
alter table supplier_nominations force row level security;
create policy of_its_board on supplier_nominations using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on supplier_nominations to consent_broker;
grant update (contact_email, contact_name, declined_because, settled_at, supplier_id) on supplier_nominations to consent_broker;

create table suppliers (
  supplier_id uuid not null,
  legal_name text not null,
  kind text not null,
  domain text,
  country text not null default 'NL'::text,
  registered_at timestamp with time zone not null,
  suspended_at timestamp with time zone,
  covenant_joined_on date,
  covenant_left_on date,
  world uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  address text not null default ''::text,
  registration text not null default ''::text,
  representative text not null default ''::text,
  constraint suppliers_address_check CHECK ((length(address) <= 300)),
  constraint suppliers_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint suppliers_covenant_left_after_joined CHECK (((covenant_left_on IS NULL) OR ((covenant_joined_on IS NOT NULL) AND (covenant_left_on >= covenant_joined_on)))),
  constraint suppliers_kind_check CHECK ((kind = ANY (ARRAY['publisher'::text, 'administration'::text, 'tutoring'::text, 'research'::text, 'care'::text, 'photographer'::text, 'cloud'::text, 'distributor'::text]))),
  constraint suppliers_registration_check CHECK ((length(registration) <= 100)),
  constraint suppliers_representative_check CHECK ((length(representative) <= 200)),
  constraint suppliers_pkey PRIMARY KEY (supplier_id),
  constraint suppliers_of_one_world UNIQUE (supplier_id, world)
);
grant insert, select on suppliers to consent_broker;
grant update (address, covenant_joined_on, covenant_left_on, domain, legal_name, registration, representative, suspended_at) on suppliers to consent_broker;

create table token_supports (
  board_id uuid not null,
  token_id uuid not null,
  grant_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  subject_id uuid not null,
  release_id uuid,
  agreement_id uuid,
  holder_agreement_id uuid not null,
  tenure_id uuid not null,
  expires_at timestamp with time zone not null,
  constraint token_supports_board_id_grant_id_fkey FOREIGN KEY (board_id, grant_id) REFERENCES grants(board_id, grant_id),
  constraint token_supports_board_id_token_id_approach_fkey FOREIGN KEY (board_id, token_id, approach) REFERENCES tokens(board_id, token_id, approach),
  constraint token_supports_pkey PRIMARY KEY (board_id, token_id, grant_id)
);
CREATE INDEX token_supports_by_consent ON public.token_supports USING btree (board_id, consent_id, expires_at);
CREATE INDEX token_supports_live ON public.token_supports USING btree (board_id, expires_at);
alter table token_supports enable row level security;
alter table token_supports force row level security;
create policy of_its_board on token_supports using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on token_supports to consent_broker;

create table tokens (
  board_id uuid not null,
  token_id uuid not null,
  approach text not null,
  client_id text not null,
  supplier_id uuid not null,
  holder_id uuid not null,
  jkt text not null,
  authorization_details jsonb not null,
  sub text not null,
  status_list_id uuid not null,
  status_index integer not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_because text,
  constraint tokens_ended_whole CHECK ((num_nonnulls(ended_at, ended_because) = ANY (ARRAY[0, 2]))),
  constraint tokens_live_ten_minutes_at_most CHECK (((expires_at > issued_at) AND (expires_at <= (issued_at + '00:10:00'::interval)))),
  constraint tokens_pkey PRIMARY KEY (board_id, token_id),
  constraint tokens_board_id_token_id_approach_key UNIQUE (board_id, token_id, approach)
);
alter table tokens enable row level security;
alter table tokens force row level security;
create policy of_its_board on tokens using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on tokens to consent_broker;
grant update (ended_at, ended_because) on tokens to consent_broker;

create table transfer_inspections (
  board_id uuid not null,
  transfer_id uuid not null,
  inspection_id uuid not null,
  person_id uuid not null,
  inspected_at timestamp with time zone not null,
  remarks text,
  agrees boolean,
  language text not null,
  constraint transfer_inspections_board_id_person_id_fkey FOREIGN KEY (board_id, person_id) REFERENCES persons(board_id, person_id),
  constraint transfer_inspections_board_id_transfer_id_fkey FOREIGN KEY (board_id, transfer_id) REFERENCES transfers(board_id, transfer_id),
  constraint transfer_inspections_pkey PRIMARY KEY (board_id, inspection_id)
);
CREATE INDEX transfer_inspections_by_person ON public.transfer_inspections USING btree (board_id, person_id, inspected_at);
CREATE INDEX transfer_inspections_by_transfer ON public.transfer_inspections USING btree (board_id, transfer_id, inspected_at);
alter table transfer_inspections enable row level security;
alter table transfer_inspections force row level security;
create policy of_its_board on transfer_inspections using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on transfer_inspections to consent_broker;
grant update (remarks) on transfer_inspections to consent_broker;

create table transfers (
  board_id uuid not null,
  transfer_id uuid not null,
  subject_id uuid not null,
  receiver_scheme text not null,
  receiver text not null,
  receiver_name text not null,
  contents text not null,
  asks_consent boolean not null,
  offered_at timestamp with time zone not null,
  offered_by uuid not null,
  sent_at timestamp with time zone,
  sent_by uuid,
  cancelled_at timestamp with time zone,
  cancelled_by uuid,
  to_special boolean not null default false,
  constraint transfers_cancelled_whole CHECK ((num_nonnulls(cancelled_at, cancelled_by) = ANY (ARRAY[0, 2]))),
  constraint transfers_receiver_is_known CHECK ((receiver ~
CASE receiver_scheme
    WHEN 'BRIN'::text THEN '^[0-9]{2}[A-Z]{2}([0-9]{2})?$'::text
    ELSE '^[0-9]{20}$'::text
END)),
  constraint transfers_receiver_scheme_check CHECK ((receiver_scheme = ANY (ARRAY['BRIN'::text, 'OIN'::text]))),
  constraint transfers_sent_or_cancelled CHECK (((sent_at IS NULL) OR (cancelled_at IS NULL))),
  constraint transfers_sent_whole CHECK ((num_nonnulls(sent_at, sent_by) = ANY (ARRAY[0, 2]))),
  constraint transfers_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint transfers_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint transfers_pkey PRIMARY KEY (board_id, transfer_id)
);
CREATE INDEX transfers_by_subject ON public.transfers USING btree (board_id, subject_id);
CREATE UNIQUE INDEX transfers_one_open ON public.transfers USING btree (board_id, subject_id, receiver) WHERE ((sent_at IS NULL) AND (cancelled_at IS NULL));
alter table transfers enable row level security;
alter table transfers force row level security;
create policy of_its_board on transfers using (board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[]));
grant insert, select on transfers to consent_broker;
grant update (cancelled_at, cancelled_by, contents, receiver_name, sent_at, sent_by) on transfers to consent_broker;

create table used_forms (
  form_hash bytea not null,
  account_id uuid,
  used_at timestamp with time zone not null,
  led_to text,
  constraint used_forms_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint used_forms_pkey PRIMARY KEY (form_hash)
);
grant delete, insert, select on used_forms to consent_broker;
grant update (led_to) on used_forms to consent_broker;

create table uses (
  board_id uuid not null,
  use_id uuid not null,
  approach text not null,
  token_id uuid not null,
  holder_id uuid not null,
  delivered_at timestamp with time zone not null,
  datatypes text[] not null,
  records integer not null,
  reported_at timestamp with time zone not null,
  constraint uses_records_check CHECK ((records >= 0)),
  constraint uses_board_id_token_id_approach_fkey FOREIGN KEY (board_id, token_id, approach) REFERENCES tokens(board_id, token_id, approach),
  constraint uses_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders(holder_id),
  constraint uses_pkey PRIMARY KEY (board_id, use_id)
);
CREATE INDEX uses_by_token ON public.uses USING btree (board_id, token_id);
alter table uses enable row level security;
alter table uses force row level security;
create policy of_its_board on uses using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on uses to consent_broker;

create table views (
  board_id uuid not null,
  view_id uuid not null,
  approach text not null,
  token_id uuid not null,
  supplier_id uuid not null,
  subject_id uuid not null,
  member_id uuid not null,
  datatypes text[] not null,
  viewed_at timestamp with time zone not null,
  constraint views_board_id_subject_id_fkey FOREIGN KEY (board_id, subject_id) REFERENCES persons(board_id, person_id),
  constraint views_board_id_token_id_approach_fkey FOREIGN KEY (board_id, token_id, approach) REFERENCES tokens(board_id, token_id, approach),
  constraint views_member_id_fkey FOREIGN KEY (member_id) REFERENCES members(member_id),
  constraint views_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES suppliers(supplier_id),
  constraint views_pkey PRIMARY KEY (board_id, view_id)
);
CREATE INDEX views_by_token ON public.views USING btree (board_id, token_id);
alter table views enable row level security;
alter table views force row level security;
create policy of_its_board on views using ((board_id = ANY (( SELECT app_boards() AS app_boards)::uuid[])) AND ((approach = 'organisation'::text) OR (( SELECT app_actor() AS app_actor) <> 'staff'::text)));
grant insert, select on views to consent_broker;

create table visits (
  account_id uuid not null,
  board_id uuid not null,
  seen_at timestamp with time zone not null,
  before_at timestamp with time zone,
  constraint visits_one_after_the_other CHECK ((before_at <= seen_at)),
  constraint visits_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint visits_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards(board_id),
  constraint visits_pkey PRIMARY KEY (account_id, board_id)
);
grant delete, insert, select on visits to consent_broker;
grant update (before_at, seen_at) on visits to consent_broker;

CREATE OR REPLACE FUNCTION public.app_actor()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select coalesce(current_setting('app.actor', true), '')
$function$;
grant execute on app_actor() to public;

CREATE OR REPLACE FUNCTION public.app_boards()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select coalesce(string_to_array(nullif(current_setting('app.boards', true), ''), ','), '{}')::uuid[]
$function$;
grant execute on app_boards() to public;

CREATE OR REPLACE FUNCTION public.count_round(board uuid, round uuid, subject uuid)
 RETURNS TABLE(asked uuid[], answered uuid[], disputed uuid[])
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(array_agg(c.item_id order by c.item_id), '{}'),
    coalesce(array_agg(c.item_id order by c.item_id) filter (where c.revision > 0), '{}'),
    coalesce(array_agg(c.consent_id order by c.consent_id) filter (where c.ended_at is null and c.revision > 1 and (
      select count(distinct a.answer) = 2 from answers a -- answers_one_per_revision
      where a.board_id = c.board_id and a.consent_id = c.consent_id and a.undone_at is null
    )), '{}')
  from consents c -- consents_by_subject
  join items i on i.board_id = c.board_id and i.item_id = c.item_id
  where c.board_id = board and c.subject_id = subject and i.round_id = round and i.legal_basis = 'consent'
    and (c.ended_at is null or (c.ended_as in ('withdrawn', 'expired') and not exists (
      select from consents n where n.board_id = c.board_id and n.item_id = c.item_id and n.subject_id = c.subject_id -- consents_by_subject
        and n.consent_id <> c.consent_id and (n.ended_at is null or n.ended_at > c.ended_at)
    )))
$function$;
grant execute on count_round(uuid,uuid,uuid) to public;

CREATE OR REPLACE FUNCTION public.hold_standing(of_board uuid, of_approach text, to_supplier uuid, at_holder uuid, about uuid[], only_consent uuid, for_purpose text, of_datatypes text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  consents uuid[];
  releases uuid[];
  agreements uuid[];
  requests uuid[];
  subjects uuid[];
begin
  perform set_config('app.held_consents', '{}', true), set_config('app.held_releases', '{}', true), set_config('app.held_agreements', '{}', true);
  if of_approach = 'organisation' then
    select array_agg(distinct c.consent_id), array_agg(distinct c.subject_id), array_agg(distinct r.release_id),
      array_agg(distinct r.agreement_id), array_agg(distinct r.request_id)
    into consents, subjects, releases, agreements, requests
    from consents c -- consents_by_subject
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join release_subjects rs on rs.board_id = c.board_id and rs.consent_id = c.consent_id -- release_subjects_by_consent
    join releases r on r.board_id = rs.board_id and r.release_id = rs.release_id
    where c.board_id = of_board and c.subject_id = any (about) and c.approach = 'organisation' and c.ended_at is null
      and i.supplier_id = to_supplier and i.holder_id = at_holder and i.purpose = for_purpose and i.datatypes @> of_datatypes
      and r.withdrawn_at is null;
  else
    select array_agg(c.consent_id), array_agg(distinct c.subject_id), array_agg(distinct i.request_id)
    into consents, subjects, requests
    from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    where c.board_id = of_board and c.consent_id = only_consent and c.approach = 'subject'
      and i.supplier_id = to_supplier and i.holder_id = at_holder;
  end if;
  if consents is null then
    return;
  end if;
  select array_agg(distinct id) into agreements from (
    select unnest(agreements) as id
    union all
    select oc.agreement_id from onward_clauses oc
    where oc.board_id = of_board and oc.holder_id = at_holder and oc.datatype = any (of_datatypes) and oc.ended_at is null
  ) leaned_on;
  perform from boards b where b.board_id = of_board for share;
  perform from suppliers s where s.supplier_id = to_supplier or s.supplier_id = (select h.supplier_id from holders h where h.holder_id = at_holder)
    order by s.supplier_id for share;
  perform from holders h where h.holder_id = at_holder for share;
  perform from supplier_agreements a where a.board_id = of_board and a.agreement_id = any (agreements) order by a.agreement_id for share;
  perform from releases r where r.board_id = of_board and r.release_id = any (releases) order by r.release_id for share;
  perform from access_requests q where q.board_id = of_board and q.request_id = any (requests) order by q.request_id for share;
  perform from enrolments e where e.board_id = of_board and e.person_id = any (subjects) order by e.enrolment_id for share;
  perform from employments e where e.board_id = of_board and e.person_id = any (subjects) order by e.employment_id for share;
  perform from persons p where p.board_id = of_board and p.person_id = any (subjects) order by p.person_id for share;
  perform from consents c where c.board_id = of_board and c.consent_id = any (consents) order by c.consent_id for share;
  perform set_config('app.held_consents', consents::text, true), set_config('app.held_releases', coalesce(releases, '{}')::text, true),
    set_config('app.held_agreements', coalesce(agreements, '{}')::text, true);
end $function$;
grant execute on hold_standing(uuid,text,uuid,uuid,uuid[],uuid,text,text[]) to consent_broker;
grant execute on hold_standing(uuid,text,uuid,uuid,uuid[],uuid,text,text[]) to public;

CREATE OR REPLACE FUNCTION public.ledger_append(entries jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_sort TO 'off'
AS $function$
declare
  entry record;
  of_chain text;
  at_chain text;
  head_seq bigint;
  head_hash bytea;
  next_hash bytea;
begin
  for entry in
    select * from jsonb_to_recordset(entries) as e (board_id uuid, approach text, at timestamptz, event text, actor text, ref uuid, body text)
  loop
    of_chain := case when entry.board_id is null then 'operator' else entry.board_id::text || ':' || entry.approach end;
    if of_chain is distinct from at_chain then
      perform pg_advisory_xact_lock(hashtextextended('ledger:' || of_chain, 0));
      select l.seq, l.hash into head_seq, head_hash from ledger l where l.chain = of_chain order by l.seq desc limit 1; -- ledger_pkey
      at_chain := of_chain;
    end if;
    head_seq := coalesce(head_seq, 0) + 1;
    next_hash := sha256(coalesce(head_hash, ''::bytea) || convert_to(
      of_chain || E'\n' || head_seq || E'\n'
      || to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || E'\n'
      || entry.event || E'\n' || entry.actor || E'\n' || coalesce(entry.ref::text, '') || E'\n' || entry.body, 'UTF8'));
    insert into ledger (chain, seq, board_id, approach, prev_hash, hash, at, event, actor, ref, body)
    values (
      of_chain, head_seq, entry.board_id, entry.approach, head_hash, next_hash, entry.at, entry.event, entry.actor, entry.ref, entry.body
    );
    head_hash := next_hash;
  end loop;
end $function$;
grant execute on ledger_append(jsonb) to consent_broker;
grant execute on ledger_append(jsonb) to public;

CREATE OR REPLACE PROCEDURE public.make_tenant(IN tenant regclass, IN hides_subject_oriented boolean DEFAULT false)
 LANGUAGE plpgsql
AS $procedure$
begin
  execute format('alter table %s enable row level security', tenant);
  execute format('alter table %s force row level security', tenant);
  execute format(
    'create policy of_its_board on %s to public using (board_id = any ((select app_boards())::uuid[])%s)',
    tenant,
    case when hides_subject_oriented then ' and (approach = ''organisation'' or (select app_actor()) <> ''staff'')' else '' end
  );
end $procedure$;
grant execute on make_tenant(regclass,boolean) to public;

CREATE OR REPLACE FUNCTION public.only_in_a_sandbox()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.world = '00000000-0000-0000-0000-000000000000'
    and current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    raise exception 'a row of % that is real stays as it is', tg_table_name;
  end if;
  return coalesce(new, old);
end $function$;
grant execute on only_in_a_sandbox() to public;

CREATE OR REPLACE FUNCTION public.tally_round()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  round uuid;
begin
  select i.round_id into round from items i where i.board_id = new.board_id and i.item_id = new.item_id and i.legal_basis = 'consent';
  if round is null then return null; end if;
  insert into round_tallies values (new.board_id, round, new.subject_id, '{}', '{}', '{}', '0') on conflict do nothing;
  perform from round_tallies t
  where t.board_id = new.board_id and t.round_id = round and t.subject_id = new.subject_id and t.counted_in = pg_current_xact_id();
  -- Everything that this transaction did was done before the first of its changes was counted.
  if found then return null; end if;
  perform from round_tallies t where t.board_id = new.board_id and t.round_id = round and t.subject_id = new.subject_id for update;
  -- A statement of its own: it sees what was committed before the lock came.
  update round_tallies t set asked = n.asked, answered = n.answered, disputed = n.disputed, counted_in = pg_current_xact_id()
  from count_round(new.board_id, round, new.subject_id) n
  where t.board_id = new.board_id and t.round_id = round and t.subject_id = new.subject_id;
  return null;
end $function$;
grant execute on tally_round() to public;

CREATE CONSTRAINT TRIGGER asked_is_tallied AFTER INSERT ON public.consents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((COALESCE(current_setting('app.tallied'::text, true), ''::text) = ''::text)) EXECUTE FUNCTION tally_round();

CREATE CONSTRAINT TRIGGER change_is_tallied AFTER UPDATE ON public.consents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.revision <> new.revision) OR (old.ended_at IS DISTINCT FROM new.ended_at))) EXECUTE FUNCTION tally_round();

CREATE TRIGGER real_addresses_stay BEFORE UPDATE ON public.board_directory FOR EACH ROW EXECUTE FUNCTION only_in_a_sandbox();

CREATE TRIGGER real_links_stay BEFORE DELETE ON public.supplier_boards FOR EACH ROW EXECUTE FUNCTION only_in_a_sandbox();
