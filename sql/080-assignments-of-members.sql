-- Who leaves a supplier, or is no case worker any more, is assigned to nobody from then on: their assignments are looked up by them.
create index assignments_by_member on assignments (member_id) where member_id is not null;
