-- Two controllers of one use rest each on a ground of its own, and say each why it holds (GDPR art. 6(1)(f)): an interest that nobody
-- weighed is none. Agreements from before were made without, and stay as they were signed.
alter table supplier_agreements
  add column supplier_argument text,
  add column board_argument text,
  add constraint supplier_agreements_arguments_of_controllers check (kind = 'controller' or num_nonnulls(supplier_argument, board_argument) = 0);
