-- Whoever proposed an agreement or an addendum takes it back until it is signed; a new proposal may come in its place. The old one
-- stays to be read, and nobody checks or signs it any more.

alter table supplier_agreements
  add column withdrawn_at timestamptz,
  add column withdrawn_by text,
  add column succeeded_by uuid,
  add foreign key (board_id, succeeded_by) references supplier_agreements,
  add constraint supplier_agreements_withdrawn_whole check (num_nonnulls(withdrawn_at, withdrawn_by) in (0, 2) and (succeeded_by is null or withdrawn_at is not null)),
  add constraint supplier_agreements_withdrawn_is_nothing_else check (withdrawn_at is null or (signed_at is null and rejected_at is null));
grant update (withdrawn_at, withdrawn_by, succeeded_by) on supplier_agreements to consent_broker;

alter table addenda
  add column withdrawn_at timestamptz,
  add column withdrawn_by text,
  add constraint addenda_withdrawn_whole check (num_nonnulls(withdrawn_at, withdrawn_by) in (0, 2)),
  add constraint addenda_withdrawn_is_nothing_else check (withdrawn_at is null or (signed_at is null and rejected_at is null));
grant update (withdrawn_at, withdrawn_by) on addenda to consent_broker;
