-- A pupil goes to another school and the dossier goes along (protocol ch. 9; model agreement art. 5.5). The receiver is known by its
-- BRIN or OIN before anything goes. Whoever decides for the pupil may look first and say what they think: that goes along. They
-- need not agree, unless the board set that they are asked. `contents` and `remarks` are people's words.
alter table boards add column transfer_asks_consent boolean not null default false;
grant update (transfer_asks_consent) on boards to consent_broker;

create table transfers (
  board_id uuid not null references boards,
  transfer_id uuid not null,
  subject_id uuid not null,
  receiver_scheme text not null check (receiver_scheme in ('BRIN', 'OIN')),
  receiver text not null,
  receiver_name text not null,
  contents text not null,
  asks_consent boolean not null,
  offered_at timestamptz not null,
  offered_by uuid not null,
  sent_at timestamptz,
  sent_by uuid,
  cancelled_at timestamptz,
  cancelled_by uuid,
  primary key (board_id, transfer_id),
  foreign key (board_id, subject_id) references persons,
  constraint transfers_receiver_is_known check (receiver ~ case receiver_scheme when 'BRIN' then '^[0-9]{2}[A-Z]{2}([0-9]{2})?$' else '^[0-9]{20}$' end),
  constraint transfers_sent_whole check (num_nonnulls(sent_at, sent_by) in (0, 2)),
  constraint transfers_cancelled_whole check (num_nonnulls(cancelled_at, cancelled_by) in (0, 2)),
  constraint transfers_sent_or_cancelled check (sent_at is null or cancelled_at is null)
);
call make_tenant('transfers');
create unique index transfers_one_open on transfers (board_id, subject_id, receiver) where sent_at is null and cancelled_at is null;
grant select, insert on transfers to consent_broker;
grant update (sent_at, sent_by, cancelled_at, cancelled_by) on transfers to consent_broker;

-- What somebody who decides said after looking; the last counts until it was sent.
create table transfer_inspections (
  board_id uuid not null,
  transfer_id uuid not null,
  inspection_id uuid not null,
  person_id uuid not null,
  inspected_at timestamptz not null,
  remarks text,
  agrees boolean,
  primary key (board_id, inspection_id),
  foreign key (board_id, transfer_id) references transfers,
  foreign key (board_id, person_id) references persons
);
call make_tenant('transfer_inspections');
create index transfer_inspections_by_transfer on transfer_inspections (board_id, transfer_id, inspected_at);
grant select, insert on transfer_inspections to consent_broker;
