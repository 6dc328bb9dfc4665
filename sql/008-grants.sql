-- A grant is only an identity: whether it stands is derived. Tokens are out of our hands once issued, so they are rows,
-- and whatever ends standing ends them in its own transaction.

-- Pairwise pseudonyms: one per subject and audience (a supplier or a holder), random, never derived from a person.
create table pseudonyms (
  board_id uuid not null,
  audience_id uuid not null,
  subject_id uuid not null,
  pseudonym text not null,
  primary key (board_id, audience_id, subject_id),
  constraint pseudonyms_once unique (board_id, audience_id, pseudonym),
  foreign key (board_id, subject_id) references persons
);
call make_tenant('pseudonyms');
grant select, insert on pseudonyms to consent_broker;

create table grants (
  board_id uuid not null,
  grant_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  supplier_id uuid not null references suppliers,
  holder_id uuid not null references holders,
  subject_id uuid not null,
  created_at timestamptz not null,
  primary key (board_id, grant_id),
  constraint grants_one_per_consent unique (board_id, consent_id, supplier_id, holder_id),
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach)
);
call make_tenant('grants', true);
create index grants_by_supplier on grants (board_id, supplier_id, subject_id);
grant select, insert on grants to consent_broker;

create table tokens (
  board_id uuid not null references boards,
  token_id uuid not null,
  approach text not null,
  client_id text not null references clients,
  supplier_id uuid not null references suppliers,
  holder_id uuid not null references holders,
  jkt text not null,
  authorization_details jsonb not null,
  sub text not null,
  status_list_id uuid not null,
  status_index integer not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_because text,
  primary key (board_id, token_id),
  unique (board_id, token_id, approach),
  constraint tokens_live_ten_minutes_at_most check (expires_at > issued_at and expires_at <= issued_at + interval '10 minutes'),
  constraint tokens_ended_whole check (num_nonnulls(ended_at, ended_because) in (0, 2))
);
call make_tenant('tokens', true);
grant select, insert on tokens to consent_broker;
grant update (ended_at, ended_because) on tokens to consent_broker;

-- Everything a token leans on, by id, so that any fact that ends can find the tokens that end with it.
create table token_supports (
  board_id uuid not null,
  token_id uuid not null,
  grant_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  subject_id uuid not null,
  release_id uuid,
  agreement_id uuid,
  holder_agreement_id uuid not null,
  tenure_id uuid not null,
  expires_at timestamptz not null,
  primary key (board_id, token_id, grant_id),
  foreign key (board_id, token_id, approach) references tokens (board_id, token_id, approach),
  foreign key (board_id, grant_id) references grants
);
call make_tenant('token_supports', true);
create index token_supports_by_consent on token_supports (board_id, consent_id, expires_at);
create index token_supports_live on token_supports (board_id, expires_at);
grant select, insert on token_supports to consent_broker;

-- Use is not issuance: the holder says what it really handed over.
create table uses (
  board_id uuid not null,
  use_id uuid not null,
  approach text not null,
  token_id uuid not null,
  holder_id uuid not null references holders,
  delivered_at timestamptz not null,
  datatypes text[] not null,
  records integer not null check (records >= 0),
  reported_at timestamptz not null,
  primary key (board_id, use_id),
  foreign key (board_id, token_id, approach) references tokens (board_id, token_id, approach)
);
call make_tenant('uses', true);
create index uses_by_token on uses (board_id, token_id);
grant select, insert on uses to consent_broker;

-- Status lists, per holder and expiry bucket. An index is used once, for ever (INV-14); a set bit never goes back.
create table status_lists (
  list_id uuid primary key,
  holder_id uuid not null references holders,
  bucket timestamptz not null,
  number integer not null,
  size integer not null check (size >= 131072),
  taken integer not null default 0,
  opened_at timestamptz not null,
  constraint status_lists_once unique (holder_id, bucket, number)
);
grant select, insert on status_lists to consent_broker;
grant update (taken) on status_lists to consent_broker;

create table status_entries (
  list_id uuid not null references status_lists,
  index integer not null check (index >= 0),
  token_id uuid not null,
  board_id uuid not null,
  set_at timestamptz,
  primary key (list_id, index)
);
create index status_entries_set on status_entries (list_id, index) where set_at is not null;
create index status_entries_by_token on status_entries (token_id);
grant select, insert on status_entries to consent_broker;
grant update (set_at) on status_entries to consent_broker;
