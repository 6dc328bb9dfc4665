-- A supplier joins the privacy covenant by a signed declaration, for as long as it lasts, and leaves it in writing (convenant 11.3 to
-- 11.7). A board wants to see that before it signs. The operator takes both days over from the covenant's own register of parties.
alter table suppliers add column covenant_joined_on date;
alter table suppliers add column covenant_left_on date;
alter table suppliers add constraint suppliers_covenant_left_after_joined check (
  covenant_left_on is null or (covenant_joined_on is not null and covenant_left_on >= covenant_joined_on)
);
grant update (covenant_joined_on, covenant_left_on) on suppliers to consent_broker;
