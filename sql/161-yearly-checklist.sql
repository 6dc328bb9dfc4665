-- The yearly privacy checklist (privacy protocol ch. 15 and annex c; P46): everybody on the staff hands it in once a school year, for
-- themselves. What somebody answered is theirs: others get counts and notes without names. What is not right becomes a point that
-- somebody takes up by a day; points outlive the year. Of a point's words the ledger holds a hash only; of the answers it holds nothing.
create table checklist_sheets (
  board_id uuid not null references boards,
  person_id uuid not null,
  year text not null,
  -- Where they worked when they handed it in; null: at the board's office.
  school_id uuid,
  handed_in_at timestamptz not null,
  primary key (board_id, person_id, year),
  foreign key (board_id, person_id) references persons,
  foreign key (board_id, school_id) references schools
);
call make_tenant('checklist_sheets');
create index checklist_sheets_by_school on checklist_sheets (board_id, year, school_id);
grant select, insert on checklist_sheets to consent_broker;

create table checklist_answers (
  board_id uuid not null references boards,
  person_id uuid not null,
  year text not null,
  statement text not null,
  answer text not null check (answer in ('ok', 'not_ok', 'unsure')),
  note text,
  primary key (board_id, person_id, year, statement),
  foreign key (board_id, person_id, year) references checklist_sheets
);
call make_tenant('checklist_answers');
grant select, insert on checklist_answers to consent_broker;

create table checklist_points (
  board_id uuid not null references boards,
  point_id uuid not null,
  school_id uuid,
  statement text not null,
  words text not null,
  owner_id uuid not null,
  -- The first moment at which it is late.
  due_at timestamptz not null,
  made_at timestamptz not null,
  made_by uuid not null,
  closed_at timestamptz,
  closed_by uuid,
  primary key (board_id, point_id),
  foreign key (board_id, school_id) references schools,
  foreign key (board_id, owner_id) references persons,
  constraint checklist_points_due_later check (due_at > made_at),
  constraint checklist_points_closed_whole check (num_nonnulls(closed_at, closed_by) in (0, 2) and closed_at >= made_at)
);
call make_tenant('checklist_points');
grant select, insert on checklist_points to consent_broker;
grant update (closed_at, closed_by) on checklist_points to consent_broker;
