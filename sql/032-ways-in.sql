-- Signing in by way of another organisation (OpenID Connect). Whom it knows as who is kept under a key: a subject can be a
-- number that must never be kept here.

-- A subject at a provider is bound to one account, and an account to one subject of each: two humans with a subject each
-- do not share an account. Nothing but a person who is signed in binds them, never an e-mail address that a provider names.
create table provider_subjects (
  issuer text not null,
  subject_mac bytea not null check (length(subject_mac) = 32),
  account_id uuid not null references accounts,
  provider text not null,
  bound_at timestamptz not null,
  last_used_at timestamptz,
  primary key (issuer, subject_mac),
  constraint provider_subjects_one_per_account unique (account_id, issuer)
);
grant select, insert, delete on provider_subjects to consent_broker;
grant update (last_used_at) on provider_subjects to consent_broker;

-- One way there and back. `used_at`: the answer came, once, to the browser that left (INV-11). `account_id`: who left was
-- signed in, and comes back as the same or not at all. An answer about somebody nobody knows yet waits to be bound.
create table provider_visits (
  visit_id uuid primary key,
  state_hash bytea not null unique check (length(state_hash) = 32),
  browser_hash bytea not null check (length(browser_hash) = 32),
  provider text not null,
  issuer text not null,
  next_path text not null,
  account_id uuid references accounts,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  subject_mac bytea,
  label text check (length(label) <= 254),
  bound_at timestamptz,
  constraint provider_visits_answered_when_used check (subject_mac is null or used_at is not null),
  constraint provider_visits_bound_when_answered check (bound_at is null or subject_mac is not null)
);
grant select, insert, delete on provider_visits to consent_broker;
grant update (used_at, subject_mac, label, bound_at) on provider_visits to consent_broker;

-- Passkeys (WebAuthn): the public half of a key that somebody's own device or password manager holds.
create table passkeys (
  credential_id text primary key check (length(credential_id) between 1 and 1400),
  account_id uuid not null references accounts,
  public_key bytea not null,
  counter bigint not null check (counter >= 0),
  transports text[] not null default '{}',
  device text not null check (length(device) <= 60),
  synced boolean not null,
  made_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_by_account on passkeys (account_id);
grant select, insert, delete on passkeys to consent_broker;
grant update (counter, last_used_at, synced) on passkeys to consent_broker;

-- What a passkey has to sign, once, for the browser that asked (INV-11). With an account: to add a key to it, or to prove
-- again that one is its owner.
create table passkey_challenges (
  challenge_hash bytea primary key check (length(challenge_hash) = 32),
  kind text not null check (kind in ('add', 'sign_in')),
  browser_hash bytea not null check (length(browser_hash) = 32),
  account_id uuid references accounts,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint passkey_challenges_added_by_somebody check (kind = 'sign_in' or account_id is not null)
);
grant select, insert, delete on passkey_challenges to consent_broker;
grant update (used_at) on passkey_challenges to consent_broker;
