-- A grant is only an identity: whether it stands is derived. Tokens are out of our hands once issued, so they are rows,
-- and whatever ends standing ends them in its own transaction.

-- Pairwise pseudonyms: one per subject and audience (a supplier or a holder), random, never derived from a person.
create table pseudonyms (
  board_id uuid not null,
  audience_id uuid not null,
  subject_id uuid not null,
  pseudonym text not null,
  primary key (board_id, audience_id, subject_id),
  constraint pseudonyms_once unique (board_id, audience_id, pseudonym),
  foreign key (board_id, subject_id) references persons
);
call make_tenant('pseudonyms');
-- That a supplier has a name for a child tells that it asked, also where the school may not know: staff see none of them.
create policy not_for_staff on pseudonyms as restrictive using ((select app_actor()) <> 'staff');
grant select, insert on pseudonyms to consent_broker;

create table grants (
  board_id uuid not null,
  grant_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  supplier_id uuid not null references suppliers,
  holder_id uuid not null references holders,
  subject_id uuid not null,
  created_at timestamptz not null,
  primary key (board_id, grant_id),
  constraint grants_one_per_consent unique (board_id, consent_id, supplier_id, holder_id),
  foreign key (board_id, consent_id, approach) references consents (board_id, consent_id, approach)
);
call make_tenant('grants', true);
create index grants_by_supplier on grants (board_id, supplier_id, subject_id);
grant select, insert on grants to consent_broker;

-- No foreign keys from tokens and status entries to boards, clients, suppliers, holders and lists: nobody may delete those,
-- and every token would lock the same few rows once more.
create table tokens (
  board_id uuid not null,
  token_id uuid not null,
  approach text not null,
  client_id text not null,
  supplier_id uuid not null,
  holder_id uuid not null,
  jkt text not null,
  authorization_details jsonb not null,
  sub text not null,
  status_list_id uuid not null,
  status_index integer not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_because text,
  primary key (board_id, token_id),
  unique (board_id, token_id, approach),
  constraint tokens_live_ten_minutes_at_most check (expires_at > issued_at and expires_at <= issued_at + interval '10 minutes'),
  constraint tokens_ended_whole check (num_nonnulls(ended_at, ended_because) in (0, 2))
);
call make_tenant('tokens', true);
grant select, insert on tokens to consent_broker;
grant update (ended_at, ended_because) on tokens to consent_broker;

-- Everything a token leans on, by id, so that any fact that ends can find the tokens that end with it.
create table token_supports (
  board_id uuid not null,
  token_id uuid not null,
  grant_id uuid not null,
  approach text not null,
  consent_id uuid not null,
  subject_id uuid not null,
  release_id uuid,
  agreement_id uuid,
  holder_agreement_id uuid not null,
  tenure_id uuid not null,
  expires_at timestamptz not null,
  primary key (board_id, token_id, grant_id),
  foreign key (board_id, token_id, approach) references tokens (board_id, token_id, approach),
  foreign key (board_id, grant_id) references grants
);
call make_tenant('token_supports', true);
create index token_supports_by_consent on token_supports (board_id, consent_id, expires_at);
create index token_supports_live on token_supports (board_id, expires_at);
grant select, insert on token_supports to consent_broker;

-- Use is not issuance: the holder says what it really handed over.
create table uses (
  board_id uuid not null,
  use_id uuid not null,
  approach text not null,
  token_id uuid not null,
  holder_id uuid not null references holders,
  delivered_at timestamptz not null,
  datatypes text[] not null,
  records integer not null check (records >= 0),
  reported_at timestamptz not null,
  primary key (board_id, use_id),
  foreign key (board_id, token_id, approach) references tokens (board_id, token_id, approach)
);
call make_tenant('uses', true);
create index uses_by_token on uses (board_id, token_id);
grant select, insert on uses to consent_broker;

-- Status lists, per holder and expiry bucket. An index is used once, for ever (INV-14); a set bit never goes back.
create table status_lists (
  list_id uuid primary key,
  holder_id uuid not null references holders,
  bucket timestamptz not null,
  number integer not null,
  size integer not null check (size >= 131072),
  taken integer not null default 0,
  opened_at timestamptz not null,
  constraint status_lists_once unique (holder_id, bucket, number)
);
grant select, insert on status_lists to consent_broker;
grant update (taken) on status_lists to consent_broker;

create table status_entries (
  list_id uuid not null,
  index integer not null check (index >= 0),
  token_id uuid not null,
  board_id uuid not null,
  set_at timestamptz,
  primary key (list_id, index)
);
create index status_entries_set on status_entries (list_id, index) where set_at is not null;
create index status_entries_by_token on status_entries (token_id);
grant select, insert on status_entries to consent_broker;
grant update (set_at) on status_entries to consent_broker;

-- Finds what a grant for these subjects could lean on, and holds it all FOR SHARE until commit, in one order for
-- everybody: board, supplier, holder, agreements, releases, requests, tenures, persons, consents. Each lock is a statement of its
-- own, so that a row that changed while we waited is read as it is now. Onward clauses and accepted leaflets change only
-- under the lock of their agreement; guardianships and assignments only under that of their person. What stands is judged
-- by the next statement, on the rows held here and no others: their ids stay in the transaction's settings, so that it can follow
-- down the socket without waiting.
create function hold_standing(
  of_board uuid, of_approach text, to_supplier uuid, at_holder uuid, about uuid[], only_consent uuid, for_purpose text, of_datatypes text[]
) returns void language plpgsql as $$
declare
  consents uuid[];
  releases uuid[];
  agreements uuid[];
  requests uuid[];
  subjects uuid[];
begin
  perform set_config('app.held_consents', '{}', true), set_config('app.held_releases', '{}', true), set_config('app.held_agreements', '{}', true);
  if of_approach = 'organisation' then
    select array_agg(distinct c.consent_id), array_agg(distinct c.subject_id), array_agg(distinct r.release_id),
      array_agg(distinct r.agreement_id), array_agg(distinct r.request_id)
    into consents, subjects, releases, agreements, requests
    from consents c -- consents_by_subject
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    join release_subjects rs on rs.board_id = c.board_id and rs.consent_id = c.consent_id -- release_subjects_by_consent
    join releases r on r.board_id = rs.board_id and r.release_id = rs.release_id
    where c.board_id = of_board and c.subject_id = any (about) and c.approach = 'organisation' and c.ended_at is null
      and i.supplier_id = to_supplier and i.holder_id = at_holder and i.purpose = for_purpose and i.datatypes @> of_datatypes
      and r.withdrawn_at is null;
  else
    select array_agg(c.consent_id), array_agg(distinct c.subject_id), array_agg(distinct i.request_id)
    into consents, subjects, requests
    from consents c
    join items i on i.board_id = c.board_id and i.item_id = c.item_id
    where c.board_id = of_board and c.consent_id = only_consent and c.approach = 'subject'
      and i.supplier_id = to_supplier and i.holder_id = at_holder;
  end if;
  if consents is null then
    return;
  end if;
  select array_agg(distinct id) into agreements from (
    select unnest(agreements) as id
    union all
    select oc.agreement_id from onward_clauses oc
    where oc.board_id = of_board and oc.holder_id = at_holder and oc.datatype = any (of_datatypes) and oc.ended_at is null
  ) leaned_on;
  perform from boards b where b.board_id = of_board for share;
  perform from suppliers s where s.supplier_id = to_supplier or s.supplier_id = (select h.supplier_id from holders h where h.holder_id = at_holder)
    order by s.supplier_id for share;
  perform from holders h where h.holder_id = at_holder for share;
  perform from supplier_agreements a where a.board_id = of_board and a.agreement_id = any (agreements) order by a.agreement_id for share;
  perform from releases r where r.board_id = of_board and r.release_id = any (releases) order by r.release_id for share;
  perform from access_requests q where q.board_id = of_board and q.request_id = any (requests) order by q.request_id for share;
  perform from enrolments e where e.board_id = of_board and e.person_id = any (subjects) order by e.enrolment_id for share;
  perform from employments e where e.board_id = of_board and e.person_id = any (subjects) order by e.employment_id for share;
  perform from persons p where p.board_id = of_board and p.person_id = any (subjects) order by p.person_id for share;
  perform from consents c where c.board_id = of_board and c.consent_id = any (consents) order by c.consent_id for share;
  perform set_config('app.held_consents', consents::text, true), set_config('app.held_releases', coalesce(releases, '{}')::text, true),
    set_config('app.held_agreements', coalesce(agreements, '{}')::text, true);
end $$;
grant execute on function hold_standing to consent_broker;
