-- A client's keys may stand at its own address (RFC 7591 jwks_uri). `jwks` is then what was there when it was last looked at.
alter table clients add column jwks_uri text;
alter table clients add column jwks_fetched_at timestamptz;
alter table clients add constraint clients_fetched_from_somewhere check (jwks_fetched_at is null or jwks_uri is not null);
grant update (jwks_uri, jwks_fetched_at) on clients to consent_broker;
