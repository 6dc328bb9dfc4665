-- The machine edge: keys, things used once, CIBA requests, rates. Global; every query carries its owner.

-- One key per kind of JWT. The private part is a JWE under a key from the environment.
create table signing_keys (
  kid text primary key,
  kind text not null check (kind in ('access_token', 'id_token', 'status_list', 'introspection', 'event')),
  alg text not null check (alg in ('EdDSA', 'ES256')),
  public_jwk jsonb not null,
  private_jwe text,
  made_at timestamptz not null,
  signs_from timestamptz not null,
  signs_until timestamptz,
  published_until timestamptz,
  removed_at timestamptz
);
create index signing_keys_by_kind on signing_keys (kind, signs_from);
grant select, insert on signing_keys to consent_broker;
grant update (signs_until, published_until, removed_at, private_jwe) on signing_keys to consent_broker;

-- Assertion and DPoP jtis: seen once over all processes and restarts (INV-11).
create table replay (
  kind text not null,
  owner text not null,
  jti text not null,
  expires_at timestamptz not null,
  primary key (kind, owner, jti)
);
create index replay_expired on replay (expires_at);
grant select, insert, delete on replay to consent_broker;

create table ciba_requests (
  auth_req_id_hash bytea primary key check (length(auth_req_id_hash) = 32),
  client_id text not null references clients,
  supplier_id uuid not null references suppliers,
  board_id uuid,
  request_id uuid,
  consent_id uuid,
  scope text not null,
  binding_message text,
  interval_seconds integer not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  last_polled_at timestamptz,
  used_at timestamptz
);
grant select, insert, delete on ciba_requests to consent_broker;
grant update (interval_seconds, last_polled_at, used_at) on ciba_requests to consent_broker;

create table rates (
  bucket text not null,
  starts_at timestamptz not null,
  count integer not null,
  primary key (bucket, starts_at)
);
grant select, insert, update, delete on rates to consent_broker;

-- Same key and same body: same answer, one effect. Stored in the transaction of the effect (INV-15).
create table idempotency_keys (
  owner text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  body text not null,
  headers jsonb not null default '{}',
  made_at timestamptz not null,
  primary key (owner, key)
);
grant select, insert, delete on idempotency_keys to consent_broker;
