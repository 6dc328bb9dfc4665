-- A dossier of a pupil who goes on to special education is kept longer (P38), also when that school is another board's: whether the
-- receiver of a transfer is one is said when it is made.
alter table transfers add column to_special boolean not null default false;
create index transfers_by_subject on transfers (board_id, subject_id);

-- What was asked of a company about somebody, and what a company passed on about them, is written by people and goes with them.
grant update (instruction) on duties to consent_broker;
grant update (words) on forwarded_rights to consent_broker;
