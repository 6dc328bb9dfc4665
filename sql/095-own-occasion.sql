-- Where a supplier that asks directly does not say what gave cause, the broker does. Whoever reads another language than Dutch
-- then reads that sentence in their own: so the item keeps which one it is, beside the Dutch words that lead.
alter table items add column cause text
  constraint items_cause_is_one_of_ours check (cause in ('link_code', 'asked_before', 'began_there'));
