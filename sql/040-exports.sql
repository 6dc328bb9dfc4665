-- A file that takes long is made by a job, in pieces that are kept as they are made: whoever takes the job over goes on after
-- the last one. It is there for a week, for who asked for it and for whoever may ask for the same.

create table exports (
  board_id uuid not null references boards,
  export_id uuid not null,
  format text not null check (format in ('csv', 'json')),
  query jsonb not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  job_id uuid not null,
  primary key (board_id, export_id),
  foreign key (board_id, asked_by) references persons
);
call make_tenant('exports');
grant select, insert, delete on exports to consent_broker;

create table export_pieces (
  board_id uuid not null,
  export_id uuid not null,
  nr integer not null,
  content text not null,
  primary key (board_id, export_id, nr),
  foreign key (board_id, export_id) references exports on delete cascade
);
call make_tenant('export_pieces');
grant select, insert, delete on export_pieces to consent_broker;
