-- A supplier's people ask schools and parents in the web app, as its programs do over REST: the same request, made by either.

alter table access_requests alter column client_id drop not null;
alter table access_requests add column member_id uuid references members;
alter table access_requests add constraint access_requests_asked_by_one check (num_nonnulls(client_id, member_id) = 1);
