-- A roster that came in waits here: it is read in a job, shown, and taken in when somebody says so. Its content is erased as
-- soon as it is over; what it would change, with names in it, some weeks later.

create table roster_uploads (
  board_id uuid not null references boards,
  upload_id uuid not null,
  format text not null check (format in ('oneroster', 'edexml', 'csv')),
  content bytea,
  content_hash bytea not null check (length(content_hash) = 32),
  made_at timestamptz not null,
  made_by text not null,
  job_id uuid,
  previewed_at timestamptz,
  preview jsonb,
  changes_hash bytea,
  errors jsonb,
  confirmed_at timestamptz,
  confirmed_by text,
  ends_confirmed boolean not null default false,
  over_at timestamptz,
  over_as text check (over_as in ('taken', 'refused', 'cancelled')),
  import_id uuid,
  primary key (board_id, upload_id),
  constraint roster_uploads_previewed_whole check (num_nonnulls(previewed_at, changes_hash) in (0, 2)),
  constraint roster_uploads_confirmed_after_preview check (num_nonnulls(confirmed_at, confirmed_by) in (0, 2) and (confirmed_at is null or previewed_at is not null)),
  constraint roster_uploads_over_whole check (num_nonnulls(over_at, over_as) in (0, 2) and (over_at is null) = (content is not null)),
  constraint roster_uploads_taken_as_confirmed check ((over_as = 'taken') is not true or (import_id is not null and confirmed_at is not null))
);
call make_tenant('roster_uploads');
create index roster_uploads_newest on roster_uploads (board_id, made_at);
grant select, insert, delete on roster_uploads to consent_broker;
grant update (content, job_id, previewed_at, preview, changes_hash, errors, confirmed_at, confirmed_by, ends_confirmed, over_at, over_as, import_id)
  on roster_uploads to consent_broker;
