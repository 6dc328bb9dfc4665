-- The people of a supplier, in the web app: who they are, and what each may do for it. Global tables, as suppliers are; every
-- query names the supplier or the account.

create table members (
  member_id uuid primary key,
  supplier_id uuid not null references suppliers,
  account_id uuid not null references accounts,
  name text not null,
  roles text[] not null,
  joined_at timestamptz not null,
  ended_at timestamptz,
  constraint members_have_a_role check (
    cardinality(roles) > 0 and roles <@ array['administrator', 'contracts', 'engineer', 'case_worker']
  )
);
create unique index members_once on members (supplier_id, account_id) where ended_at is null;
create index members_by_account on members (account_id) where ended_at is null;
grant select, insert on members to consent_broker;
grant update (roles, ended_at) on members to consent_broker;

create table member_invitations (
  code_hash bytea primary key,
  supplier_id uuid not null references suppliers,
  email text not null,
  name text not null,
  roles text[] not null,
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint member_invitations_have_a_role check (
    cardinality(roles) > 0 and roles <@ array['administrator', 'contracts', 'engineer', 'case_worker']
  )
);
create index member_invitations_by_supplier on member_invitations (supplier_id, email);
grant select, insert on member_invitations to consent_broker;
grant update (expires_at, used_at) on member_invitations to consent_broker;
grant delete on member_invitations to consent_broker;
