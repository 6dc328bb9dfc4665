-- The proof of a consent is kept for the years that the board sets after its end, and is then erased: the answers with their
-- receipts, with whom they were shared, the texts that were shown and the agreements with parents that hold them. That
-- something was asked and how it ended stays, with its place in the ledger. The broker had no right to erase any of it.
grant delete on answers, answer_shares, parent_agreements, shown_texts to consent_broker;
-- What a foreign key looks up for each answer and text that goes.
create index answers_by_shown_text on answers (board_id, shown_hash);
create index receipts_by_shown_text on receipts (board_id, shown_hash);
