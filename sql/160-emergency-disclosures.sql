-- Data that staff gave to somebody in an emergency, because of a pupil's vital interest (GDPR art. 6(1)(d); P11): without consent, since
-- whoever decides could not be reached, and told to them at once. It gives no lasting access. Receiver, data, reason and who was tried
-- are people's words: the ledger holds a commitment under the pupil's key, and they are erased with the pupil.
create table emergency_disclosures (
  board_id uuid not null references boards,
  disclosure_id uuid not null,
  school_id uuid not null,
  subject_id uuid not null,
  receiver text not null,
  data text not null,
  reason text not null,
  tried text not null,
  given_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  told uuid[] not null,
  primary key (board_id, disclosure_id),
  foreign key (board_id, school_id) references schools,
  foreign key (board_id, subject_id) references persons,
  foreign key (board_id, recorded_by) references persons,
  constraint emergency_disclosures_given_before_recorded check (given_at <= recorded_at)
);
call make_tenant('emergency_disclosures');
create index emergency_disclosures_by_subject on emergency_disclosures (board_id, subject_id);
grant select, insert on emergency_disclosures to consent_broker;
grant update (receiver, data, reason, tried) on emergency_disclosures to consent_broker;
