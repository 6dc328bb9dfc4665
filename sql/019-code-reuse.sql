-- From which code a refresh token came: a code that comes a second time ends what it gave the first time (RFC 6749 §4.1.2).
alter table refresh_tokens add column code_hash bytea;
create index refresh_tokens_by_code on refresh_tokens (code_hash) where code_hash is not null;
