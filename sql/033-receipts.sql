-- After every act (a yes, a no, stopping, objecting) whoever acted has a receipt. It only points at what is kept already: the
-- answer, the objection, and the bytes that were shown; the receipt itself is made from those each time it is read. Nobody
-- else's act is in it.

create table receipts (
  board_id uuid not null,
  receipt_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  person_id uuid not null,
  act text not null check (act in ('yes', 'no', 'withdrawn', 'objected')),
  answer_id uuid,
  objection_id uuid,
  method text not null check (method in ('web', 'paper', 'phone', 'desk')),
  shown_hash bytea not null,
  language text not null,
  made_at timestamptz not null,
  primary key (board_id, receipt_id),
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach) on delete cascade,
  foreign key (board_id, person_id) references persons,
  foreign key (board_id, answer_id) references answers on delete cascade,
  foreign key (board_id, objection_id) references objections on delete cascade,
  foreign key (board_id, shown_hash) references shown_texts,
  constraint receipts_one_per_answer unique (board_id, answer_id),
  constraint receipts_one_per_objection unique (board_id, objection_id),
  constraint receipts_of_answers_name_them check ((act in ('yes', 'no')) = (answer_id is not null)),
  constraint receipts_of_objections_name_them check ((act = 'objected') = (objection_id is not null))
);
call make_tenant('receipts', true);
create index receipts_by_person on receipts (board_id, person_id, made_at);
create index receipts_by_consent on receipts (board_id, consent_id);
grant select, insert, delete on receipts to consent_broker;
