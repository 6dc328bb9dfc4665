-- Figures hide fewer than five people, also from whoever looks twice: what one sees is counted anew only when at least five
-- answers of a school differ from what was shown last. These are the counts that are shown. `place_id` is a school, or the board
-- itself for who has none.
create table shown_figures (
  board_id uuid not null references boards,
  item_id uuid not null,
  place_id uuid not null,
  answered integer not null,
  yes integer not null,
  counted_at timestamptz not null,
  primary key (board_id, item_id, place_id),
  constraint shown_figures_are_counts check (yes >= 0 and answered >= yes),
  foreign key (board_id, item_id) references items
);
call make_tenant('shown_figures');
grant select, insert on shown_figures to consent_broker;
grant update (answered, yes, counted_at) on shown_figures to consent_broker;
