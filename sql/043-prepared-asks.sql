-- A question that somebody at a supplier makes ready for one person, before there is a link code: the parent hands the code over,
-- or types it on the supplier's tablet, to which a page is opened for an hour. What came of it is kept as little as the machine
-- edge keeps it (ciba_requests): a code that is good for nothing leaves a question that nobody answers. A global table, because
-- it is there before any board is known; every query names the supplier.

create table prepared_asks (
  ask_id uuid primary key,
  supplier_id uuid not null references suppliers,
  reference text not null,
  body text not null,
  ends_at timestamptz not null,
  prepared_at timestamptz not null,
  prepared_by uuid not null references members,
  tablet_hash bytea,
  tablet_until timestamptz,
  discarded_at timestamptz,
  asked_at timestamptz,
  asked_by uuid references members,
  board_id uuid,
  consent_id uuid,
  constraint prepared_asks_asked check ((asked_at is null) = (asked_by is null) and (asked_at is not null or consent_id is null)),
  constraint prepared_asks_consent_of_board check ((board_id is null) = (consent_id is null)),
  constraint prepared_asks_tablet check ((tablet_hash is null) = (tablet_until is null))
);
create index prepared_asks_by_supplier on prepared_asks (supplier_id, prepared_at);
create unique index prepared_asks_by_tablet on prepared_asks (tablet_hash);
grant select, insert on prepared_asks to consent_broker;
grant update (prepared_by, tablet_hash, tablet_until, discarded_at, asked_at, asked_by, board_id, consent_id) on prepared_asks to consent_broker;
