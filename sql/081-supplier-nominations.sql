-- A board names a company that it wants to work with and that is not here yet, and whom to invite there. Nobody comes in under a name
-- that is not verified: until the operator has looked, there is no supplier. Whom to invite is forgotten once that is settled.
create table supplier_nominations (
  board_id uuid not null references boards,
  nomination_id uuid not null,
  legal_name text not null,
  kind text not null,
  domain text not null,
  contact_name text,
  contact_email text,
  nominated_by uuid not null,
  nominated_at timestamptz not null,
  settled_at timestamptz,
  supplier_id uuid references suppliers,
  declined_because text,
  primary key (board_id, nomination_id),
  foreign key (board_id, nominated_by) references persons,
  constraint supplier_nominations_settled_whole check (num_nonnulls(supplier_id, declined_because) = num_nonnulls(settled_at)),
  constraint supplier_nominations_contact_until_settled check (
    num_nonnulls(contact_name, contact_email) = case when settled_at is null then 2 else 0 end
  )
);
call make_tenant('supplier_nominations');
create unique index supplier_nominations_one_open on supplier_nominations (board_id, lower(domain)) where settled_at is null;
grant select, insert on supplier_nominations to consent_broker;
grant update (contact_name, contact_email, settled_at, supplier_id, declined_because) on supplier_nominations to consent_broker;
