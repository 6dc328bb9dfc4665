-- An agreement has two signatures and two dates: the board's, which puts it in force, and that of somebody of the supplier,
-- who signs the very bytes that the board signed.
alter table supplier_agreements
  add column supplier_signed_at timestamptz,
  add column supplier_signed_by text,
  add column supplier_signed_name text,
  add constraint supplier_agreements_supplier_signed_whole
    check (num_nonnulls(supplier_signed_at, supplier_signed_by, supplier_signed_name) in (0, 3)),
  add constraint supplier_agreements_supplier_signs_what_the_board_signed
    check (supplier_signed_at is null or (signed_at is not null and supplier_signed_at >= signed_at));
grant update (supplier_signed_at, supplier_signed_by, supplier_signed_name) on supplier_agreements to consent_broker;
