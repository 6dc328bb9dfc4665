-- A school is known by more than its BRIN: by the code of its location (vestigingscode), which is what a roster or a supplier may name, and
-- by its id in the register of educational institutions (RIO). And special primary education (sbo) is a kind of school of its own.

alter table schools
  add column location text constraint schools_location_check check (location ~ '^\d\d[A-Z]{2}\d\d$' and starts_with(location, left(brin, 4))),
  add column rio text constraint schools_rio_check check (rio ~ '^\d{3}[A-Z]\d{3}$'),
  drop constraint schools_sector_check,
  add constraint schools_sector_check check (sector in ('po', 'sbo', 'so', 'vo', 'mbo'));
