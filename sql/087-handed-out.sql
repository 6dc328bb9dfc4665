-- Whoever says no and then yes again has given anew: what was handed out before the no stays dead. So everything handed out on a
-- consent tells at which revision of it that was, and an answer that was taken back tells at which revision it went.
alter table refresh_tokens add column consent_revision integer not null default 0;
alter table authorization_codes add column consent_revision integer not null default 0;
alter table ciba_requests add column consent_revision integer not null default 0;

-- Of the consent under a grant that is to be replaced.
alter table par_requests add column replaces_revision integer;
alter table ciba_requests add column replaces_revision integer;

alter table answers add column undone_revision integer;
alter table answers add constraint answers_undone_after_their_revision check (undone_revision is null or (undone_at is not null and undone_revision > revision));
grant update (undone_revision) on answers to consent_broker;

-- What is in the hands of suppliers now stays as good as it is.
update refresh_tokens r set consent_revision = c.revision from consents c where c.board_id = r.board_id and c.consent_id = r.consent_id;
