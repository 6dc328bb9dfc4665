-- Staff record that a pupil or a member of staff has left, before the administration knows; what staff recorded no roster
-- overwrites. `ended_by` is who recorded it. `still_listed_at` is the last roster that named the person as if nobody had left:
-- the difference stands on the school's work list until the list or the school gives way.
alter table enrolments
  add column ended_by uuid,
  add column still_listed_at timestamptz,
  add foreign key (board_id, ended_by) references persons,
  add constraint enrolments_ended_by_somebody check (ended_by is null or ends_at is not null),
  add constraint enrolments_listed_after_ended check (still_listed_at is null or ended_by is not null);
grant update (ended_by, still_listed_at) on enrolments to consent_broker;
create index enrolments_ended_by_hand on enrolments (board_id, ends_at) where ended_by is not null;

alter table employments
  add column ended_by uuid,
  add column still_listed_at timestamptz,
  add foreign key (board_id, ended_by) references persons,
  add constraint employments_ended_by_somebody check (ended_by is null or ends_at is not null),
  add constraint employments_listed_after_ended check (still_listed_at is null or ended_by is not null);
grant update (ended_by, still_listed_at) on employments to consent_broker;
create index employments_ended_by_hand on employments (board_id, ends_at) where ended_by is not null;
