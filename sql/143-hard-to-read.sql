-- What is hard to read is not sent to families without a word (P14): who sends it out all the same says why, and it stands with the round.
alter table rounds add column hard_because text;
alter table rounds add constraint rounds_hard_because_when_published check (hard_because is null or published_at is not null);
grant update (hard_because) on rounds to consent_broker;
