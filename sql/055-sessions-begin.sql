-- Whoever proves again who they are gets a new session in place of the old one, and for them it is still the same visit: what
-- they answered before they proved it can still be taken back. `begun_at` is when that visit began.
alter table sessions add column begun_at timestamptz;
update sessions set begun_at = made_at;
alter table sessions alter column begun_at set not null;
alter table sessions add constraint sessions_begin_before_they_are_made check (begun_at <= made_at);
