-- Agreements of a board. A supplier agreement is of kind `processor` (model agreement) or `controller` (exchange):
-- draft -> checked -> signed by a signatory -> in force from starts_at -> ended. Nothing is overwritten.

create table supplier_agreements (
  board_id uuid not null references boards,
  agreement_id uuid not null,
  supplier_id uuid not null references suppliers,
  kind text not null check (kind in ('processor', 'controller')),
  product_agreement text not null,
  supplier_basis text,
  board_basis text,
  deviations jsonb not null default '[]',
  security jsonb not null default '{}',
  retention text not null,
  model_version text not null default '2.0',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  drafted_at timestamptz not null,
  drafted_by text not null,
  checked_at timestamptz,
  checked_by uuid,
  rejected_at timestamptz,
  rejected_because text,
  signed_at timestamptz,
  signed_by uuid,
  signed_text text,
  signed_hash bytea,
  ended_at timestamptz,
  ended_by text,
  ended_because text,
  primary key (board_id, agreement_id),
  constraint supplier_agreements_end_after_start check (ends_at > starts_at),
  constraint supplier_agreements_checked_before_signed check (signed_at is null or (checked_at is not null and signed_at >= checked_at)),
  constraint supplier_agreements_rejected_is_not_signed check (rejected_at is null or signed_at is null),
  constraint supplier_agreements_signed_whole check (num_nonnulls(signed_at, signed_by, signed_text, signed_hash) in (0, 4)),
  constraint supplier_agreements_controller_names_bases check (kind <> 'controller' or num_nonnulls(supplier_basis, board_basis) = 2)
);
call make_tenant('supplier_agreements');
create index supplier_agreements_by_supplier on supplier_agreements (board_id, supplier_id);
grant select, insert on supplier_agreements to consent_broker;
grant update (deviations, security, retention, checked_at, checked_by, rejected_at, rejected_because, signed_at, signed_by,
  signed_text, signed_hash, ended_at, ended_by, ended_because) on supplier_agreements to consent_broker;

-- What an agreement covers: a service with the accepted leaflet version and the parts chosen one by one.
-- `addendum_id` is null for what was in the agreement when it was signed.
create table addenda (
  board_id uuid not null,
  addendum_id uuid not null,
  agreement_id uuid not null,
  request_id uuid,
  content text not null,
  drafted_at timestamptz not null,
  drafted_by text not null,
  checked_at timestamptz,
  checked_by uuid,
  signed_at timestamptz,
  signed_by uuid,
  signed_hash bytea,
  rejected_at timestamptz,
  rejected_because text,
  primary key (board_id, addendum_id),
  foreign key (board_id, agreement_id) references supplier_agreements,
  constraint addenda_checked_before_signed check (signed_at is null or checked_at is not null),
  constraint addenda_signed_whole check (num_nonnulls(signed_at, signed_by, signed_hash) in (0, 3)),
  constraint addenda_rejected_is_not_signed check (rejected_at is null or signed_at is null)
);
call make_tenant('addenda');
create index addenda_by_agreement on addenda (board_id, agreement_id);
grant select, insert on addenda to consent_broker;
grant update (checked_at, checked_by, signed_at, signed_by, signed_hash, rejected_at, rejected_because) on addenda to consent_broker;

-- A leaflet version is superseded when a later one was accepted that changes what people said yes to (M26).
create table agreement_services (
  board_id uuid not null,
  agreement_id uuid not null,
  service_id uuid not null references services,
  leaflet_id uuid not null references leaflets,
  parts text[] not null,
  addendum_id uuid,
  accepted_at timestamptz not null,
  superseded_at timestamptz,
  primary key (board_id, agreement_id, service_id, leaflet_id),
  foreign key (board_id, agreement_id) references supplier_agreements,
  foreign key (board_id, addendum_id) references addenda
);
call make_tenant('agreement_services');
grant select, insert on agreement_services to consent_broker;
grant update (parts, superseded_at) on agreement_services to consent_broker;

-- Convenant 5.4: a holder supplies third parties only on the school's instruction. The board instructs once per holder
-- and data set that data go out on a subject's own consent; without it that data set cannot be chosen.
create table onward_clauses (
  board_id uuid not null,
  clause_id uuid not null,
  agreement_id uuid not null,
  holder_id uuid not null references holders,
  datatype text not null,
  instructed_at timestamptz not null,
  instructed_by uuid not null,
  ended_at timestamptz,
  primary key (board_id, clause_id),
  foreign key (board_id, agreement_id) references supplier_agreements,
  foreign key (holder_id, datatype) references data_sets
);
call make_tenant('onward_clauses');
create unique index onward_clauses_one_standing on onward_clauses (board_id, agreement_id, holder_id, datatype) where ended_at is null;
grant select, insert on onward_clauses to consent_broker;
grant update (ended_at) on onward_clauses to consent_broker;

create table council_approvals (
  board_id uuid not null references boards,
  approval_id uuid not null,
  council text not null check (council in ('MR', 'GMR', 'PMR')),
  about text not null,
  ref uuid,
  approved_on date not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  primary key (board_id, approval_id)
);
call make_tenant('council_approvals');
grant select, insert on council_approvals to consent_broker;

-- What a supplier must destroy when standing ended, and its confirmation, subprocessors included (model art. 12).
create table destruction_duties (
  board_id uuid not null references boards,
  duty_id uuid not null,
  approach text not null check (approach in ('organisation', 'subject')),
  supplier_id uuid not null references suppliers,
  consent_id uuid,
  agreement_id uuid,
  began_at timestamptz not null,
  due_at timestamptz not null,
  confirmed_at timestamptz,
  confirmed_by text,
  subprocessors text[] not null default '{}',
  primary key (board_id, duty_id)
);
call make_tenant('destruction_duties', true);
create index destruction_duties_by_consent on destruction_duties (board_id, consent_id);
grant select, insert on destruction_duties to consent_broker;
grant update (confirmed_at, confirmed_by, subprocessors) on destruction_duties to consent_broker;
