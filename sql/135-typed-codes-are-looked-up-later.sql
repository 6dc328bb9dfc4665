-- A code that is typed at a supplier was looked up before the page answered, so that the time it took told what the code was worth. Such a
-- question waits in the outbox, as those of programs do; and it is taken up by one press, of many at once.
alter table deliveries drop constraint deliveries_kind_check;
alter table deliveries add constraint deliveries_kind_check check (kind in ('mail', 'ping', 'question', 'prepared_question'));
