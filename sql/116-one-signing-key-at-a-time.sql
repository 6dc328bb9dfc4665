-- One key signs a kind of JWT at any moment. What was removed while its successor waited got a second successor, and two processes
-- whose clocks differ made a key each: both went on without an end.
update signing_keys k set signs_until = n.next, published_until = greatest(k.published_until, n.next + interval '1 hour')
from (
  select kid, lead(signs_from) over (partition by kind order by signs_from, made_at, kid) as next from signing_keys where removed_at is null
) n
where n.kid = k.kid and (k.signs_until is null or k.signs_until > n.next) and n.next is not null;
alter table signing_keys add constraint signing_keys_one_at_a_time exclude using gist (
  int4range(
    array_position(array['access_token', 'id_token', 'status_list', 'introspection', 'event'], kind),
    array_position(array['access_token', 'id_token', 'status_list', 'introspection', 'event'], kind), '[]'
  ) with &&,
  tstzrange(signs_from, signs_until) with &&
) where (removed_at is null);
