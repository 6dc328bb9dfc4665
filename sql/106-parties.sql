-- An agreement names both parties in full: legal form, address, registration and by whom they are represented (M01). The board's are set
-- once; the register of processing (GDPR art. 30(1)(a) and (g)) shows its address and how it secures what it does itself. A supplier
-- gives its own with each agreement that it proposes, and they stay in it as they were.
alter table boards add column legal_form text not null default '' check (length(legal_form) <= 100);
alter table boards add column address text not null default '' check (length(address) <= 300);
alter table boards add column representative text not null default '' check (length(representative) <= 200);
alter table boards add column measures text not null default '' check (length(measures) <= 2000);
grant update (legal_form, address, representative, measures) on boards to consent_broker;

alter table supplier_agreements add column supplier_party jsonb;
