-- What a client may ask for at all: types of authorization_details, and holders by their resource (null: any).
alter table clients add column detail_types text[] not null default '{pupil-data}';
alter table clients add column holder_resources text[];
alter table clients add constraint clients_limited_to_some check (holder_resources is null or cardinality(holder_resources) > 0);
grant update (detail_types, holder_resources) on clients to consent_broker;

-- An invitation to register one client (RFC 7591, initial access token), kept hashed. By a board it is good only for keys at
-- the supplier's own verified domain: the board passes it on, and must not be able to become the supplier with it.
create table client_invitations (
  token_hash bytea primary key check (length(token_hash) = 32),
  supplier_id uuid not null references suppliers,
  ways text[] not null check (cardinality(ways) > 0),
  holder_resources text[],
  own_domain text,
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > made_at),
  used_at timestamptz,
  client_id text references clients,
  constraint client_invitations_used_whole check (num_nonnulls(used_at, client_id) in (0, 2))
);
grant select, insert on client_invitations to consent_broker;
grant update (used_at, client_id) on client_invitations to consent_broker;
