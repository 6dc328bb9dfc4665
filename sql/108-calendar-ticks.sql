-- What a supplier's people did of their own calendar: a report that was sent, a leaflet that was looked at, what comes after an
-- agreement that was arranged. A tick set by mistake is taken back and stays to be seen.

create table calendar_ticks (
  board_id uuid not null references boards,
  tick_id uuid not null,
  agreement_id uuid not null,
  what text not null,
  -- Of a review: whose leaflet.
  service_id uuid references services,
  on_day date not null,
  done_at timestamptz not null,
  done_by text not null,
  undone_at timestamptz,
  primary key (board_id, tick_id),
  foreign key (board_id, agreement_id) references supplier_agreements,
  constraint calendar_ticks_what check (what in ('report', 'review', 'renew')),
  constraint calendar_ticks_review_of_a_service check ((what = 'review') = (service_id is not null)),
  constraint calendar_ticks_undone_after_done check (undone_at >= done_at)
);
call make_tenant('calendar_ticks', false);
create unique index calendar_ticks_once on calendar_ticks (board_id, agreement_id, what, on_day, service_id) nulls not distinct
  where undone_at is null;
grant select, insert on calendar_ticks to consent_broker;
grant update (undone_at) on calendar_ticks to consent_broker;
