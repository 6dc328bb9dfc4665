-- After each act a receipt: also after taking an answer back, and after a pupil lets their parents see an answer or no longer does.
alter table receipts drop constraint receipts_act_check,
  add constraint receipts_act_check check (act in ('yes', 'no', 'undone', 'withdrawn', 'objected', 'shared', 'unshared'));
