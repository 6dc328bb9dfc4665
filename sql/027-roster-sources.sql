-- Several systems speak of the same pupils, each with ids of its own: one file has the groups, another the parents.
create table person_aliases (
  board_id uuid not null,
  source_id text not null,
  person_id uuid not null,
  primary key (board_id, source_id),
  foreign key (board_id, person_id) references persons
);
call make_tenant('person_aliases');
create index person_aliases_by_person on person_aliases (board_id, person_id);
grant select, insert, delete on person_aliases to consent_broker;

-- Which column of a file says what. A board's files look the same the next time: whatever has these columns is read by them,
-- once they have been proven by a file that could be read.
create table roster_mappings (
  board_id uuid not null references boards,
  mapping_id uuid not null,
  about text not null check (about in ('pupils', 'staff')),
  brin text,
  columns jsonb not null,
  made_at timestamptz not null,
  made_by uuid not null,
  proven_at timestamptz,
  primary key (board_id, mapping_id),
  foreign key (board_id, made_by) references persons
);
call make_tenant('roster_mappings');
grant select, insert on roster_mappings to consent_broker;
grant update (proven_at) on roster_mappings to consent_broker;

-- A file with columns that nobody has named yet waits for that, with its header and some rows to go by.
alter table roster_uploads add column mapping_id uuid;
alter table roster_uploads add column to_map jsonb;
alter table roster_uploads add foreign key (board_id, mapping_id) references roster_mappings;
alter table roster_uploads add constraint roster_uploads_mapped_before_read
  check (to_map is null or (format = 'csv' and previewed_at is null));
grant update (mapping_id, to_map) on roster_uploads to consent_broker;
