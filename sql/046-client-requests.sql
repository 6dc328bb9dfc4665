-- What a supplier's or holder's engineer sees of the requests of a client: per minute how often which route was answered how. Not a
-- request each, so that nobody can fill it, and with no input, address or person in it; kept for two weeks.

create table client_requests (
  client_id text not null references clients,
  minute timestamptz not null,
  route text not null,
  status integer not null,
  -- The error that was answered, by its public name; empty where there was none.
  code text not null,
  count integer not null,
  primary key (client_id, minute, route, status, code)
);
grant select, insert, delete on client_requests to consent_broker;
grant update (count) on client_requests to consent_broker;
create index client_requests_old on client_requests (minute);
