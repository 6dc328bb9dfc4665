-- What a signatory reads and signs of an addendum is a text in the agreement's own words. What a program needs of it stands beside it.
-- Addenda from before keep the bytes that were signed.
alter table addenda add column brings jsonb;
alter table addenda no force row level security;
update addenda set brings = content::jsonb -> 'brings';
alter table addenda force row level security;
alter table addenda alter column brings set not null;
