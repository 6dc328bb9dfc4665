-- A teacher proposes a service and cannot activate it: there are many apps, and somebody has to keep the overview (AP paper,
-- sprawl; convenant art. 3.1). What becomes of it is answered once, in words; a service is only used under an agreement.
create table service_proposals (
  board_id uuid not null references boards,
  proposal_id uuid not null,
  school_id uuid,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  name text not null,
  link text,
  why text not null,
  settled_at timestamptz,
  settled_by uuid,
  outcome text check (outcome in ('taken_up', 'declined')),
  answer text,
  primary key (board_id, proposal_id),
  foreign key (board_id, school_id) references schools,
  foreign key (board_id, proposed_by) references persons,
  constraint service_proposals_settled_whole check (num_nonnulls(settled_at, settled_by, outcome, answer) in (0, 4))
);
call make_tenant('service_proposals');
create unique index service_proposals_one_open on service_proposals (board_id, school_id, lower(name)) nulls not distinct
  where settled_at is null;
grant select, insert on service_proposals to consent_broker;
grant update (settled_at, settled_by, outcome, answer) on service_proposals to consent_broker;
