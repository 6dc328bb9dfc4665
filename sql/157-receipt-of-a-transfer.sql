-- Whoever says what they think of a dossier that goes to another school has a receipt of it, as after every other act: in the
-- language they read it in. Receipts are looked up by who was given them.
alter table transfer_inspections add column language text not null default 'nl';
alter table transfer_inspections alter column language drop default;
create index transfer_inspections_by_person on transfer_inspections (board_id, person_id, inspected_at);
