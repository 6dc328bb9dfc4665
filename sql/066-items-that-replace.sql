-- A supplier may ask for something in the place of what was given before. Whoever is asked is told so before they answer, so it is
-- part of the question and of what is kept of it.
alter table items add column replaces_earlier boolean not null default false;
alter table items add constraint items_replace_only_directly check (not replaces_earlier or approach = 'subject');
