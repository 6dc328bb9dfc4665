-- A data leak, found by the school or told by a supplier (model agreement art. 8 and Annex 2; protocol ch. 12; GDPR art. 33 and 34).
-- The time to notify runs from when the board knew. Who was affected is counted from the grants and the deliveries between
-- `from_at` and `until_at`, never stored. `summary`, `cause`, `measures`, `persons` and what is said later are people's words: the
-- ledger holds their hash under the incident's own salt. `revision` counts what staff did.
create table incidents (
  board_id uuid not null references boards,
  incident_id uuid not null,
  supplier_id uuid references suppliers,
  reported_by text not null,
  reported_at timestamptz not null,
  found_at timestamptz not null,
  aware_at timestamptz not null,
  from_at timestamptz not null,
  until_at timestamptz,
  summary text not null,
  nature text[] not null check (nature <> '{}' and nature <@ array['read', 'copied', 'changed', 'deleted', 'stolen', 'unlawful']),
  cause text,
  measures text,
  persons text not null,
  group_size integer check (group_size >= 0),
  data_kinds text[] not null check (data_kinds <> '{}' and data_kinds <@ array['special', 'access', 'financial', 'learning', 'contact', 'images', 'other']),
  protected boolean not null default false,
  salt bytea not null,
  revision integer not null default 0,
  dpo_told_at timestamptz,
  advised_at timestamptz,
  advised_by uuid,
  advice text,
  decided_at timestamptz,
  decided_by uuid,
  notify_authority boolean,
  notify_people boolean,
  reasons text,
  authority_told_at timestamptz,
  authority_reference text,
  people_told_at timestamptz,
  closed_at timestamptz,
  closed_by uuid,
  lessons text,
  primary key (board_id, incident_id),
  constraint incidents_found_before_known check (found_at <= aware_at and from_at <= aware_at and (until_at is null or until_at >= from_at)),
  constraint incidents_advised_whole check (num_nonnulls(advised_at, advised_by, advice) in (0, 3)),
  constraint incidents_decided_whole check (num_nonnulls(decided_at, decided_by, notify_authority, notify_people, reasons) in (0, 5)),
  constraint incidents_told_after_decided check (
    (authority_told_at is null or notify_authority) and (people_told_at is null or notify_people)
  ),
  constraint incidents_closed_whole check (num_nonnulls(closed_at, closed_by, lessons) in (0, 3)),
  constraint incidents_closed_when_told check (
    closed_at is null
    or (decided_at is not null and (not notify_authority or authority_told_at is not null) and (not notify_people or people_told_at is not null))
  )
);
call make_tenant('incidents');
create index incidents_open on incidents (board_id, aware_at) where closed_at is null;
create index incidents_by_supplier on incidents (board_id, supplier_id) where supplier_id is not null;
grant select, insert on incidents to consent_broker;
grant update (revision, advised_at, advised_by, advice, decided_at, decided_by, notify_authority, notify_people, reasons,
  authority_told_at, authority_reference, people_told_at, closed_at, closed_by, lessons) on incidents to consent_broker;

-- What school and supplier tell each other about it afterwards (art. 8.2: both ways, at once), with its moment.
create table incident_messages (
  board_id uuid not null,
  message_id uuid not null,
  incident_id uuid not null,
  said_by text not null,
  said_at timestamptz not null,
  words text not null,
  primary key (board_id, message_id),
  foreign key (board_id, incident_id) references incidents
);
call make_tenant('incident_messages');
create index incident_messages_by_incident on incident_messages (board_id, incident_id, said_at);
grant select, insert on incident_messages to consent_broker;
