-- A program that asks somebody by a hint is answered before it is looked up whom the hint is about: what it costs to ask, or that
-- nobody is asked, cannot be told from the time of the answer. Until then the question waits in the outbox, sealed, for the hint
-- opens a family's door; whoever takes it out makes the question and writes it to the request that waits for it.
alter table deliveries drop constraint deliveries_kind_check;
alter table deliveries add constraint deliveries_kind_check check (kind in ('mail', 'ping', 'question'));
grant update (board_id, request_id, consent_id, consent_revision) on ciba_requests to consent_broker;
