-- A board may have several student systems, each with a roster of its own schools. What is kept to hold a change against is kept for each,
-- known by the schools it was about; of one from before nobody knows which those were, and the next whole roster takes its place.
alter table roster_bases
  drop constraint roster_bases_pkey,
  add column base_id uuid not null default gen_random_uuid(),
  add column brins text[],
  add primary key (board_id, base_id);
revoke update on roster_bases from consent_broker;
revoke update (content, content_hash, taken_at) on roster_bases from consent_broker;
grant delete on roster_bases to consent_broker;
