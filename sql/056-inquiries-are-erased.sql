-- What a parent asked the school about a question, and what the school said, are people's words: they are erased when the
-- question has long been over. That somebody asked and was answered stays, with its place in the ledger.
alter table inquiries add column erased_at timestamptz;
alter table inquiries alter column question drop not null;
alter table inquiries drop constraint inquiries_answered_whole;
alter table inquiries add constraint inquiries_whole_until_erased check (
  case
    when erased_at is null then question is not null and num_nonnulls(answered_at, answered_by, answer) in (0, 3)
    else num_nonnulls(question, answer) = 0 and num_nonnulls(answered_at, answered_by) in (0, 2)
  end
);
alter table inquiries add constraint inquiries_erased_after_asked check (erased_at >= asked_at);
drop index inquiries_waiting;
create index inquiries_waiting on inquiries (board_id, asked_at) where answered_at is null and erased_at is null;
create index inquiries_in_words on inquiries (board_id, asked_at) where erased_at is null;
grant update (question, erased_at) on inquiries to consent_broker;
