-- Whoever can no longer sign in, because a passkey was lost and there is no address, is let in anew by the school: their person
-- is taken from the old account, and a new invitation binds it to another. The old account is told, by mail where it has an
-- address and on its pages in any case: nobody takes a person over without its holder hearing of it.
create table account_releases (
  account_id uuid not null references accounts,
  board_id uuid not null,
  person_id uuid not null,
  released_at timestamptz not null,
  -- As they were called then: the account does not see the board any more.
  board_name text not null,
  person_name text not null,
  primary key (account_id, board_id, person_id, released_at)
);
grant select, insert, delete on account_releases to consent_broker;
