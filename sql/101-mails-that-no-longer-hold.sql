-- A reminder can wait: for the morning, or for a mail server that is down. Whoever has answered by then is not reminded any
-- more, so a mail may say of which round and whom it reminds, and is looked at again when it goes out.
alter table deliveries add column reminds jsonb;
