-- From sixteen a pupil answers alone, and parents see nothing of it unless the pupil shares it with them: one answer at a
-- time, and it can be taken back.
create table answer_shares (
  board_id uuid not null references boards,
  share_id uuid not null,
  approach text not null check (approach in ('organisation', 'subject')),
  consent_id uuid not null,
  shared_by uuid not null,
  shared_at timestamptz not null,
  ended_at timestamptz,
  primary key (board_id, share_id),
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach),
  foreign key (board_id, shared_by) references persons,
  constraint answer_shares_end_after_start check (ended_at >= shared_at)
);
call make_tenant('answer_shares', true);
create unique index answer_shares_one_open on answer_shares (board_id, consent_id) where ended_at is null;
grant select, insert on answer_shares to consent_broker;
grant update (ended_at) on answer_shares to consent_broker;
