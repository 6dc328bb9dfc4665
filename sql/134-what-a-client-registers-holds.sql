-- What a client says of itself when it registers was taken and forgotten: with which algorithm it signs its assertions, and with which
-- its ID tokens are to be signed. Now both hold. ID tokens of either algorithm have a key of their own.
alter table clients add assertion_alg text check (assertion_alg in ('EdDSA', 'Ed25519', 'ES256'));
grant update (assertion_alg) on clients to consent_broker; -- new keys say it anew
alter table clients add id_token_alg text not null default 'EdDSA' check (id_token_alg in ('EdDSA', 'ES256'));

alter table signing_keys drop constraint signing_keys_one_at_a_time;
alter table signing_keys drop constraint signing_keys_kind_check;
update signing_keys set kind = 'id_token_es256' where kind = 'id_token' and alg = 'ES256';
alter table signing_keys add constraint signing_keys_kind_check
  check (kind in ('access_token', 'id_token', 'id_token_es256', 'status_list', 'introspection', 'event'));
alter table signing_keys add constraint signing_keys_alg_of_id_tokens
  check (case kind when 'id_token' then alg = 'EdDSA' when 'id_token_es256' then alg = 'ES256' else true end);
alter table signing_keys add constraint signing_keys_one_at_a_time exclude using gist (
  int4range(
    array_position(array['access_token', 'id_token', 'status_list', 'introspection', 'event', 'id_token_es256'], kind),
    array_position(array['access_token', 'id_token', 'status_list', 'introspection', 'event', 'id_token_es256'], kind), '[]'
  ) with &&,
  tstzrange(signs_from, signs_until) with &&
) where (removed_at is null);
