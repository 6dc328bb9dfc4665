-- A school that was hidden so that another's few could not be computed gives them away when it is shown later, as long as nothing changed.
-- What was done with a count stands with it: a new count begins anew. Of counts from before nobody knows, so they hide nobody.
alter table shown_figures
  add column was_shown boolean not null default false,
  add column hidden_with integer check (hidden_with > 0);
alter table shown_figures no force row level security;
update shown_figures set was_shown = true;
alter table shown_figures force row level security;
grant update (was_shown, hidden_with) on shown_figures to consent_broker;
