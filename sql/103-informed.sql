-- Who gets data about people who were told nothing must be found (GDPR art. 13 and 14). An address in the register informs nobody: a mail
-- that went out does, or a letter that was printed. What somebody was shown on their first page is in `visits`. Mails are forgotten a month
-- after they went, so that the moment is kept here: of each person the last one, for it informs of everything that was put before them till then.
create table informed (
  board_id uuid not null references boards,
  person_id uuid not null,
  at timestamptz not null,
  how text not null check (how in ('mail', 'letter')),
  primary key (board_id, person_id),
  foreign key (board_id, person_id) references persons
);
call make_tenant('informed');
grant select, insert, delete on informed to consent_broker;
grant update (at, how) on informed to consent_broker;

-- Whom a mail informs, of which board; known only once it went.
alter table deliveries add column board_id uuid references boards;
alter table deliveries add column informs uuid[] not null default '{}';
alter table deliveries add constraint deliveries_inform_of_a_board check (board_id is not null or informs = '{}');
