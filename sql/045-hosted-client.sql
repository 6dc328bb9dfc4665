-- A small institute without a developer looks at released data in the broker's own web app. It has a client of its own there,
-- whose key the broker keeps sealed; one of its people is assigned to a pupil by name; and each look is a row that parents see.
-- What was looked at is kept nowhere.

create table hosted_clients (
  supplier_id uuid primary key references suppliers,
  client_id text not null unique references clients,
  -- The private key that its tokens are bound to, under the broker's secret.
  sealed_key text not null,
  made_at timestamptz not null
);
grant select, insert on hosted_clients to consent_broker;

-- Whose the assignment is, when the guide looks in the web app; a supplier with a program of its own names guides by name only.
alter table assignments add column member_id uuid references members;

create table views (
  board_id uuid not null,
  view_id uuid not null,
  approach text not null,
  token_id uuid not null,
  supplier_id uuid not null references suppliers,
  subject_id uuid not null,
  member_id uuid not null references members,
  datatypes text[] not null,
  viewed_at timestamptz not null,
  primary key (board_id, view_id),
  foreign key (board_id, token_id, approach) references tokens (board_id, token_id, approach),
  foreign key (board_id, subject_id) references persons
);
call make_tenant('views', true);
create index views_by_token on views (board_id, token_id);
grant select, insert on views to consent_broker;

-- Where below the resource the hosted client reads a data set; when a holder says nothing, at the name of the data set.
alter table data_sets add column path text check (path ~ '^[A-Za-z0-9._~/-]{1,200}$' and path not like '%..%');
grant update (path) on data_sets to consent_broker;
