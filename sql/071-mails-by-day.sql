-- A notice was written by day, but what waits behind ten thousand others, or for a mail server that is away, can come to its turn in
-- the night. So a mail says itself that it may only go by day; a code to sign in goes at any hour.
alter table deliveries add column by_day boolean not null default false;
