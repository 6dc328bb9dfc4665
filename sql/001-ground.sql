-- The ground everything stands on: who may see a row is decided here as well as in the code.
-- A transaction says for which boards it works and as what kind of actor; without that it sees nothing.

do $$ begin
  if not exists (select from pg_roles where rolname = 'consent_broker') then
    create role consent_broker nologin nobypassrls;
  end if;
end $$;

revoke create on schema public from public;
grant usage on schema public to consent_broker;

create function app_boards() returns uuid[] language sql stable parallel safe as $$
  select coalesce(string_to_array(nullif(current_setting('app.boards', true), ''), ','), '{}')::uuid[]
$$;

create function app_actor() returns text language sql stable parallel safe as $$
  select coalesce(current_setting('app.actor', true), '')
$$;

-- Every tenant table goes through here, so that none forgets a part of it. A table with subject-oriented rows hides
-- those from every staff actor, the data protection officer included (design: the school has no sight of them).
create procedure make_tenant(tenant regclass, hides_subject_oriented boolean default false) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant);
  execute format('alter table %s force row level security', tenant);
  execute format(
    'create policy of_its_board on %s to public using (board_id = any ((select app_boards())::uuid[])%s)',
    tenant,
    case when hides_subject_oriented then ' and (approach = ''organisation'' or (select app_actor()) <> ''staff'')' else '' end
  );
end $$;

create table boards (
  board_id uuid primary key,
  name text not null,
  oin text not null check (oin ~ '^\d{20}$'),
  decision_rule text not null default 'veto' check (decision_rule in ('veto', 'all', 'any')),
  at_sixteen text not null default 'carry_over' check (at_sixteen in ('carry_over', 'freeze')),
  school_year_starts text not null default '08-01' check (school_year_starts ~ '^\d\d-\d\d$'),
  proof_years integer not null default 5 check (proof_years between 1 and 20),
  roster_implies_authority boolean not null default false,
  created_at timestamptz not null
);
call make_tenant('boards');
grant select, insert on boards to consent_broker;
grant update (name, decision_rule, at_sixteen, proof_years, roster_implies_authority) on boards to consent_broker;

-- How a request finds its board before any tenant row can be seen. A handle locates; it never authorises.
create table board_directory (
  scheme text not null check (scheme in ('OIN', 'BRIN')),
  value text not null,
  board_id uuid not null references boards,
  school_id uuid,
  primary key (scheme, value)
);
grant select, insert on board_directory to consent_broker;

-- Opaque handles that locate the board of a thing: grants, access requests, pseudonyms, link codes, tokens.
-- `owner` is the supplier, holder or account that may use the handle; every query names it.
create table handles (
  kind text not null,
  handle text not null,
  owner uuid not null,
  board_id uuid not null references boards,
  ref uuid not null,
  primary key (kind, owner, handle)
);
grant select, insert, delete on handles to consent_broker;
