-- A leak at the school itself touches whom that school works with, not the whole board: which school it was is kept, where that is known.
alter table incidents add column school_id uuid;
alter table incidents add foreign key (board_id, school_id) references schools;
alter table incidents add constraint incidents_at_one_place check (num_nonnulls(supplier_id, school_id) <= 1);
