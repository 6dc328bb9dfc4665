-- The second press of a button leads where the first led: that is kept with the form, sealed under the broker's secret and the
-- form's own token, so that nobody reads it in the database. While the first press runs it is absent; a form whose press was
-- refused was not used, and has no row.
alter table used_forms add column led_to text;
grant update (led_to) on used_forms to consent_broker;
