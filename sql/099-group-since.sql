-- What was asked of a group or a school ends for a pupil who leaves it, as it does for one who leaves the board: at once by
-- what is in the row, and for good after the days in which a mistake in a roster is mended. Those count from the change,
-- and a row keeps only the group of now. Null: since the enrolment began.
alter table enrolments add column group_since timestamptz;
grant update (group_since) on enrolments to consent_broker;
