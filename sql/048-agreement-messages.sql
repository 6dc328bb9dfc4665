-- What a board and a supplier ask and answer about an agreement before and after it is signed: a question, a wish to deviate from
-- the model. It is beside the text that is signed, and changes nothing of it.

create table agreement_messages (
  board_id uuid not null references boards,
  message_id uuid not null,
  agreement_id uuid not null,
  said_by text not null,
  said_at timestamptz not null,
  words text not null,
  primary key (board_id, message_id),
  foreign key (board_id, agreement_id) references supplier_agreements
);
call make_tenant('agreement_messages', false);
create index agreement_messages_by_agreement on agreement_messages (board_id, agreement_id, said_at);
grant select, insert on agreement_messages to consent_broker;
