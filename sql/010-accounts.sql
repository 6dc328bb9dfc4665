-- Human sign-in. Codes and session tokens are kept hashed; one statement decides each.

create table sign_in_codes (
  code_id uuid primary key,
  email text not null,
  code_mac bytea not null,
  browser_hash bytea not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  attempts integer not null default 0,
  used_at timestamptz
);
create index sign_in_codes_by_email on sign_in_codes (email, made_at);
grant select, insert, delete on sign_in_codes to consent_broker;
grant update (attempts, used_at) on sign_in_codes to consent_broker;

create table sessions (
  token_hash bytea primary key check (length(token_hash) = 32),
  account_id uuid not null references accounts,
  made_at timestamptz not null,
  signed_in_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_by_account on sessions (account_id);
grant select, insert, delete on sessions to consent_broker;
grant update (last_seen_at, ended_at) on sessions to consent_broker;

-- Each rendered form is accepted once (INV-06).
create table used_forms (
  form_hash bytea primary key,
  account_id uuid not null references accounts,
  used_at timestamptz not null
);
grant select, insert, delete on used_forms to consent_broker;
