-- The subject is present at the supplier: what a supplier pushed, the browsers in which it lies open, the codes and refresh
-- tokens that came of it. Global, as what they locate is not known at first; whether anything stands is judged in the
-- rows of the board. Secrets are kept hashed, and each is used up by the one statement that finds it unused.

-- `ask` is everything but the subject, who is chosen here and not by the supplier. The ids of the request and the question
-- it becomes are known beforehand, so that what is shown is what is answered. The request object is kept as evidence.
create table par_requests (
  request_uri_hash bytea primary key check (length(request_uri_hash) = 32),
  client_id text not null references clients,
  supplier_id uuid not null references suppliers,
  redirect_uri text not null,
  state text,
  code_challenge text not null,
  jkt text not null,
  ask jsonb not null,
  replaces uuid,
  request_object text,
  request_id uuid not null,
  item_id uuid not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  constraint par_requests_short check (expires_at > made_at and expires_at <= made_at + interval '10 minutes')
);
create index par_requests_made on par_requests (made_at);
grant select, insert, delete on par_requests to consent_broker;
grant update (decided_at) on par_requests to consent_broker;

-- Opening uses nothing up: whoever fetches links ahead of the person does no harm.
create table interactions (
  interaction_id uuid primary key,
  request_uri_hash bytea not null references par_requests on delete cascade,
  browser_hash bytea not null check (length(browser_hash) = 32),
  opened_at timestamptz not null,
  expires_at timestamptz not null
);
create index interactions_by_request on interactions (request_uri_hash);
grant select, insert, delete on interactions to consent_broker;

create table authorization_codes (
  code_hash bytea primary key check (length(code_hash) = 32),
  client_id text not null references clients,
  supplier_id uuid not null references suppliers,
  redirect_uri text not null,
  code_challenge text not null,
  jkt text not null,
  resource text not null,
  board_id uuid not null,
  consent_id uuid not null,
  holder_id uuid not null references holders,
  datatypes text[] not null,
  until_at timestamptz not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint authorization_codes_live_a_minute check (expires_at <= made_at + interval '60 seconds')
);
create index authorization_codes_made on authorization_codes (made_at);
grant select, insert, delete on authorization_codes to consent_broker;
grant update (used_at) on authorization_codes to consent_broker;

-- Not rotated: bound to a client that authenticates and to its DPoP key. It gives what stands of what was granted, never
-- more and never longer.
create table refresh_tokens (
  token_hash bytea primary key check (length(token_hash) = 32),
  client_id text not null references clients,
  supplier_id uuid not null references suppliers,
  jkt text not null,
  scope text,
  board_id uuid not null,
  consent_id uuid not null,
  holder_id uuid not null references holders,
  datatypes text[] not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  constraint refresh_tokens_end_after_start check (expires_at > made_at)
);
create index refresh_tokens_by_consent on refresh_tokens (board_id, consent_id);
create index refresh_tokens_expired on refresh_tokens (expires_at);
grant select, insert, delete on refresh_tokens to consent_broker;
grant update (ended_at) on refresh_tokens to consent_broker;

-- A grant that is replaced keeps its id and goes over to the consent that takes the place.
grant update (consent_id) on grants to consent_broker;
