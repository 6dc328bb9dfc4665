-- More ways to say who one is than a code by mail, and a session that can be named, seen and ended by its owner.

-- Two parents may share one address. It stays the account of one of them; the other comes in with a code on paper, and
-- may have no address here at all.
alter table accounts alter column email drop not null;

-- Without an address: a code on paper, for whoever holds the letter.
alter table invitations alter column email drop not null;

-- What its owner sees of a session. Nobody stays signed in over this: there is nothing to tell of the older ones.
delete from sessions;
alter table sessions
  add column session_id uuid not null unique,
  add column method text not null check (method in ('code', 'passkey', 'provider', 'paper')),
  add column device text not null check (length(device) <= 60);
