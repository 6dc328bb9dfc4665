-- A program is limited to the data it needs: its engineer names the data sets, by the names that its holders offer them under.

alter table clients add column datatypes text[] constraint clients_limited_to_some_data check (datatypes is null or cardinality(datatypes) > 0);
grant update (datatypes) on clients to consent_broker;
