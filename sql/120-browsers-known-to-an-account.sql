-- In which browser somebody signed in before, in whatever way: there they are no stranger, and how often strangers ask for codes, on
-- the same network or for the same address, keeps them out of nothing. Only the hash of the browser's own secret is kept.
create table known_browsers (
  account_id uuid not null references accounts,
  browser_hash bytea not null check (length(browser_hash) = 32),
  last_seen_at timestamptz not null,
  primary key (browser_hash, account_id)
);
grant select, insert, delete on known_browsers to consent_broker;
grant update (last_seen_at) on known_browsers to consent_broker;
insert into known_browsers (account_id, browser_hash, last_seen_at)
  select a.account_id, s.browser_hash, max(s.used_at) from sign_in_codes s join accounts a on a.email = s.email
  where s.used_at is not null group by 1, 2;

-- Whom a code may be sent to though their network asks for many: an address that an invitation waits for.
create index invitations_by_email on invitations (email) where used_at is null;
create index member_invitations_by_email on member_invitations (email) where used_at is null;
