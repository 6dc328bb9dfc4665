-- What a supplier is writing before it publishes a leaflet version: section by section, seen by its own people only. Nothing
-- rests on it, so the ledger does not tell of it. A global table, as services are; every query names the service.

create table leaflet_drafts (
  service_id uuid primary key references services,
  content text not null,
  changed_at timestamptz not null,
  changed_by uuid not null references members
);
grant select, insert, delete on leaflet_drafts to consent_broker;
grant update (content, changed_at, changed_by) on leaflet_drafts to consent_broker;
