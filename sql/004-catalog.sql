-- Who offers what: suppliers, their services and leaflets, and the data sets a holder can hand over. Global: a supplier
-- works for many boards. Purposes, data categories and legal bases are closed lists in the code (src/catalog).

create table suppliers (
  supplier_id uuid primary key,
  legal_name text not null,
  kind text not null check (kind in ('publisher', 'administration', 'tutoring', 'research', 'care', 'photographer', 'cloud', 'distributor')),
  domain text,
  country text not null default 'NL' check (country ~ '^[A-Z]{2}$'),
  registered_at timestamptz not null,
  suspended_at timestamptz
);
grant select, insert on suppliers to consent_broker;
grant update (legal_name, domain, suspended_at) on suppliers to consent_broker;

create table services (
  service_id uuid primary key,
  supplier_id uuid not null references suppliers,
  name text not null,
  kind text not null check (kind in ('I', 'II')),
  minimum_age integer,
  created_at timestamptz not null
);
create index services_by_supplier on services (supplier_id);
grant select, insert on services to consent_broker;

-- A leaflet (privacybijsluiter A-H) never changes; a new version is a new row. `content` is kept as the bytes hashed.
create table leaflets (
  leaflet_id uuid primary key,
  service_id uuid not null references services,
  version integer not null check (version > 0),
  content text not null,
  content_hash bytea not null check (length(content_hash) = 32),
  published_at timestamptz not null,
  constraint leaflets_once_per_version unique (service_id, version)
);
grant select, insert on leaflets to consent_broker;

create table holders (
  holder_id uuid primary key,
  supplier_id uuid not null references suppliers,
  name text not null,
  resource text not null unique,
  token_format text not null default 'jwt' check (token_format in ('jwt', 'jwe', 'opaque')),
  encryption_jwk jsonb,
  registered_at timestamptz not null,
  suspended_at timestamptz,
  constraint holders_jwe_needs_key check (token_format <> 'jwe' or encryption_jwk is not null)
);
grant select, insert on holders to consent_broker;
grant update (name, token_format, encryption_jwk, suspended_at) on holders to consent_broker;

create table data_sets (
  holder_id uuid not null references holders,
  datatype text not null check (datatype ~ '^[a-z][a-z0-9-]{2,60}$'),
  category text not null,
  name_nl text not null,
  name_en text not null,
  primary key (holder_id, datatype)
);
grant select, insert on data_sets to consent_broker;
grant update (category, name_nl, name_en) on data_sets to consent_broker;

-- Which boards a supplier or holder has anything to do with: the boards its transactions may look at.
create table supplier_boards (
  supplier_id uuid not null references suppliers,
  board_id uuid not null references boards,
  linked_at timestamptz not null,
  primary key (supplier_id, board_id)
);
grant select, insert on supplier_boards to consent_broker;

-- OAuth clients. One client id per way of working (NL GOV: one grant type per client).
create table clients (
  client_id text primary key check (client_id ~ '^[A-Za-z0-9._~-]{3,100}$'),
  supplier_id uuid references suppliers,
  holder_id uuid references holders,
  way text not null check (way in ('organisation', 'ciba', 'redirect', 'holder')),
  name text not null,
  jwks jsonb not null,
  redirect_uris text[] not null default '{}',
  registered_at timestamptz not null,
  disabled_at timestamptz,
  constraint clients_of_one_organisation check ((way = 'holder') = (holder_id is not null) and num_nonnulls(supplier_id, holder_id) = 1)
);
create index clients_by_supplier on clients (supplier_id);
grant select, insert on clients to consent_broker;
grant update (name, jwks, redirect_uris, disabled_at) on clients to consent_broker;
