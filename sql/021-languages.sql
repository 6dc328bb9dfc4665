-- Families also read the pages on which they decide in Turkish, Arabic, Polish and Ukrainian; an account remembers which.
alter table accounts drop constraint accounts_language_check;
alter table accounts add constraint accounts_language_check check (language in ('nl', 'en', 'tr', 'ar', 'pl', 'uk'));
