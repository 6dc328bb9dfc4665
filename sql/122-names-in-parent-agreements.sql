-- A version of the year's agreement is drawn with what all were called when it was made. Beside the content that is hashed, so that
-- they are erased with the person, and the proof stays.
alter table parent_agreements add column names jsonb;
grant update (names) on parent_agreements to consent_broker;
