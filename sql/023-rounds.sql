-- A round is made over days, by several people, for the board or for one school of it: what is drafted has a revision, so
-- that whoever acts on an older one is told; an item that is left out is dropped, not erased; and whom it is for is chosen
-- before it goes out. The round of next year is published when it is ready and opens in May. Reminders are counted here:
-- whoever answered is found when they are sent, never before.
alter table rounds
  add column school_id uuid,
  add column opens_at timestamptz,
  add column revision integer not null default 0,
  add column changed_at timestamptz,
  add column changed_by uuid,
  add column copied_from uuid,
  add column remind_at timestamptz,
  add column reminded_at timestamptz,
  add column reminders integer not null default 0,
  add foreign key (board_id, school_id) references schools,
  add foreign key (board_id, changed_by) references persons,
  add foreign key (board_id, copied_from) references rounds,
  drop constraint rounds_published_whole,
  add constraint rounds_published_whole check (
    num_nonnulls(published_at, published_by) in (0, 2) and (published_at is null or audience is not null)
  ),
  add constraint rounds_open_before_they_end check (opens_at < ends_at),
  add constraint rounds_changed_whole check (num_nonnulls(changed_at, changed_by) in (0, 2)),
  add constraint rounds_reminded_when_published check (published_at is not null or (remind_at is null and reminded_at is null));
grant update (revision, changed_at, changed_by, remind_at, reminded_at, reminders) on rounds to consent_broker;

-- Left out of its round before that was published: it is asked of nobody.
alter table items add column dropped_at timestamptz;
grant update (dropped_at) on items to consent_broker;

-- Some boards' policy has the participation council consent to what parents are asked (P22).
alter table boards add column council_for_rounds boolean not null default false;
grant update (council_for_rounds) on boards to consent_broker;
