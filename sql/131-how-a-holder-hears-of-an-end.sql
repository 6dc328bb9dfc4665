-- A holder says how it finds that a token was ended: by the status list, within a minute, or by asking about each token, at once. The
-- settings that its engineer takes along follow this. An opaque token is in nobody's list to find: about it the broker is always asked.

alter table holders add column ended_by text not null default 'status-list' check (ended_by in ('status-list', 'introspection'));
update holders set ended_by = 'introspection' where token_format = 'opaque';
alter table holders add constraint holders_opaque_is_asked_about check (token_format <> 'opaque' or ended_by = 'introspection');
grant update (ended_by) on holders to consent_broker;
