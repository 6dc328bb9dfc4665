-- How far a round is, one row for each pupil or employee and not one for each question: the page that everybody looks at every
-- morning must not count a hundred thousand rows. Nobody who changes a consent needs to think of it: what changed is counted
-- anew by the database when the transaction commits, after its ledger entry, so that whoever holds the chain of the board
-- never waits here for somebody who waits for the chain. Only a publication counts for itself, all of it at once.
create table round_tallies (
  board_id uuid not null,
  round_id uuid not null,
  subject_id uuid not null,
  -- Items: of each question the newest counts, unless it fell away.
  asked uuid[] not null,
  answered uuid[] not null,
  -- Consents on which both a yes and a no stand; whether that is a conflict hangs on who may answer now.
  disputed uuid[] not null,
  counted_in xid8 not null,
  primary key (board_id, round_id, subject_id),
  foreign key (board_id, round_id) references rounds,
  foreign key (board_id, subject_id) references persons,
  constraint round_tallies_answers_what_is_asked check (answered <@ asked)
);
call make_tenant('round_tallies');
grant select, insert on round_tallies to consent_broker;
grant update (asked, answered, disputed, counted_in) on round_tallies to consent_broker;

create function count_round(board uuid, round uuid, subject uuid) returns table (asked uuid[], answered uuid[], disputed uuid[])
language sql stable as $$
  select coalesce(array_agg(c.item_id order by c.item_id), '{}'),
    coalesce(array_agg(c.item_id order by c.item_id) filter (where c.revision > 0), '{}'),
    coalesce(array_agg(c.consent_id order by c.consent_id) filter (where c.ended_at is null and c.revision > 1 and (
      select count(distinct a.answer) = 2 from answers a -- answers_one_per_revision
      where a.board_id = c.board_id and a.consent_id = c.consent_id and a.undone_at is null
    )), '{}')
  from consents c -- consents_by_subject
  join items i on i.board_id = c.board_id and i.item_id = c.item_id
  where c.board_id = board and c.subject_id = subject and i.round_id = round and i.legal_basis = 'consent'
    and (c.ended_at is null or (c.ended_as in ('withdrawn', 'expired') and not exists (
      select from consents n where n.board_id = c.board_id and n.item_id = c.item_id and n.subject_id = c.subject_id -- consents_by_subject
        and n.consent_id <> c.consent_id and (n.ended_at is null or n.ended_at > c.ended_at)
    )))
$$;

create function tally_round() returns trigger language plpgsql as $$
declare
  round uuid;
begin
  select i.round_id into round from items i where i.board_id = new.board_id and i.item_id = new.item_id and i.legal_basis = 'consent';
  if round is null then return null; end if;
  insert into round_tallies values (new.board_id, round, new.subject_id, '{}', '{}', '{}', '0') on conflict do nothing;
  perform from round_tallies t
  where t.board_id = new.board_id and t.round_id = round and t.subject_id = new.subject_id and t.counted_in = pg_current_xact_id();
  -- Everything that this transaction did was done before the first of its changes was counted.
  if found then return null; end if;
  perform from round_tallies t where t.board_id = new.board_id and t.round_id = round and t.subject_id = new.subject_id for update;
  -- A statement of its own: it sees what was committed before the lock came.
  update round_tallies t set asked = n.asked, answered = n.answered, disputed = n.disputed, counted_in = pg_current_xact_id()
  from count_round(new.board_id, round, new.subject_id) n
  where t.board_id = new.board_id and t.round_id = round and t.subject_id = new.subject_id;
  return null;
end $$;

create constraint trigger asked_is_tallied after insert on consents deferrable initially deferred
  for each row when (coalesce(current_setting('app.tallied', true), '') = '') execute function tally_round();
create constraint trigger change_is_tallied after update on consents deferrable initially deferred
  for each row when (old.revision <> new.revision or old.ended_at is distinct from new.ended_at) execute function tally_round();

insert into round_tallies
select p.board_id, p.round_id, p.subject_id, n.asked, n.answered, n.disputed, '0'
from (
  select distinct c.board_id, i.round_id, c.subject_id from consents c
  join items i on i.board_id = c.board_id and i.item_id = c.item_id
  where i.round_id is not null and i.legal_basis = 'consent'
) p, count_round(p.board_id, p.round_id, p.subject_id) n;
