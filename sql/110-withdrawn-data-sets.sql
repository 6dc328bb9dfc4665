-- A holder no longer hands over some kind of data: it leaves its list. The row stays, for people said yes or no to it under its name,
-- and an instruction of a board that stood is ended with it.

alter table data_sets add column withdrawn_at timestamptz;
grant update (withdrawn_at) on data_sets to consent_broker;
