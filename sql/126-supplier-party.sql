-- A contract is between two parties that are named in full (M01). A supplier says once who it is; a contract that was proposed without that
-- takes it from here for as long as nobody has signed.
alter table suppliers
  add column address text not null default '' check (length(address) <= 300),
  add column registration text not null default '' check (length(registration) <= 100),
  add column representative text not null default '' check (length(representative) <= 200);
grant update (address, registration, representative) on suppliers to consent_broker;
