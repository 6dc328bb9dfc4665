-- A pupil below the minimum age of a service is not asked for it (P48), and the request tells staff that it was for that.
alter table request_subjects
  drop constraint request_subjects_left_out_because_check,
  add constraint request_subjects_left_out_because_check check (left_out_because in ('school', 'cooling_down', 'open', 'too_young'));
