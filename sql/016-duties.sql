-- What somebody has to do by a day, and that it was done: a supplier destroys, corrects, restricts or tells what it holds; the
-- school takes an image down. It began as destruction alone (model agreement, art. 9.2 and 12).

alter table destruction_duties rename to duties;
alter index destruction_duties_pkey rename to duties_pkey;
alter index destruction_duties_by_consent rename to duties_by_consent;
alter table duties rename constraint destruction_duties_approach_check to duties_approach_check;
alter table duties rename constraint destruction_duties_board_id_fkey to duties_board_id_fkey;
alter table duties rename constraint destruction_duties_supplier_id_fkey to duties_supplier_id_fkey;

-- Without a supplier it is the school's own. `instruction` and `note` are people's words and stay out of the ledger.
alter table duties alter column supplier_id drop not null;
alter table duties
  add column kind text not null default 'destroy' check (kind in ('destroy', 'take_down', 'disclose', 'correct', 'restrict', 'stop')),
  add column case_id uuid,
  add column subject_id uuid,
  add column instruction text,
  add column note text,
  add constraint duties_of_the_school_are_take_downs check (supplier_id is not null or kind = 'take_down'),
  add constraint duties_confirmed_whole check (num_nonnulls(confirmed_at, confirmed_by) in (0, 2)),
  add foreign key (board_id, subject_id) references persons;
create index duties_by_case on duties (board_id, case_id) where case_id is not null;
create index duties_by_supplier on duties (board_id, supplier_id, due_at);
create index duties_open on duties (board_id, due_at) where confirmed_at is null;
grant update (note) on duties to consent_broker;
