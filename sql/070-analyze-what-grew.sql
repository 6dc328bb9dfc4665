-- Who has just taken in a hundred thousand people looks at a page about them at once, and the planner then still believes that
-- there is nobody: a page that takes moments takes minutes, until autovacuum comes by. Whatever writes by the thousand has the
-- tables that it filled looked at anew when it is done. The runtime role may, and may with that also lock and reindex them; what is
-- in them it changes no more than before.
grant maintain on persons, enrolments, employments, guardianships, consents, round_tallies to consent_broker;
