-- A newer leaflet version is accepted or not (M26). That it is not is a decision with its reason, told to the supplier; what was
-- accepted before goes on holding, and the version may still be accepted later.
create table declined_leaflets (
  board_id uuid not null,
  agreement_id uuid not null,
  service_id uuid not null references services,
  leaflet_id uuid not null references leaflets,
  declined_at timestamptz not null,
  declined_by uuid not null,
  because text not null,
  primary key (board_id, agreement_id, leaflet_id),
  foreign key (board_id, agreement_id) references supplier_agreements,
  foreign key (board_id, declined_by) references persons
);
call make_tenant('declined_leaflets');
grant select, insert on declined_leaflets to consent_broker;
