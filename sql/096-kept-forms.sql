-- Somebody writes for a long time, or is called away, and their session is over when they press the button. What they wrote is
-- kept for an hour, for the account of that session, until they have signed in again. It is sealed under the broker's secret and
-- a key that stands in the address alone, so that nobody reads it in the database.
create table kept_forms (
  kept_hash bytea primary key check (length(kept_hash) = 32),
  account_id uuid not null references accounts,
  sealed text not null,
  expires_at timestamptz not null
);
grant select, insert, delete on kept_forms to consent_broker;
