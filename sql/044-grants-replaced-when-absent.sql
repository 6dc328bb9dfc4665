-- Who is asked directly while they are elsewhere (CIBA) can be asked for something in the place of what they gave before, as somebody at
-- the supplier's site can (Grant Management for OAuth 2.0 §5.2). The grant is replaced when the yes is collected; until then both stand.
alter table ciba_requests add column replaces uuid;
