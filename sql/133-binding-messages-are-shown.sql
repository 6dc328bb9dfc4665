-- What a program shows beside its question is shown to whoever answers too, so that they see that it is the same one (CIBA §7.1). The page of
-- a question finds the requests that wait for it.
create index ciba_requests_by_consent on ciba_requests (board_id, consent_id);
