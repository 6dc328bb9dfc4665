-- What a supplier wants of how somebody signs in (OpenID Connect prompt and max_age).
alter table par_requests add column silent boolean not null default false;
alter table par_requests add column signed_in_since timestamptz;
