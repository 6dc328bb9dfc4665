-- An engineer tries a program against a school that does not exist: a board of its own with fictional people, whose parents answer by
-- rules; a twin of the supplier, to which programs under test belong; and a holder of made-up data. Boards and suppliers are of one
-- world, the real one (all zeros) or the sandbox that is named after its supplier, and the row that lets a supplier look at a board
-- fits within one world only.

alter table suppliers add column world uuid not null default '00000000-0000-0000-0000-000000000000';
alter table suppliers add constraint suppliers_of_one_world unique (supplier_id, world);

alter table boards add column world uuid not null default '00000000-0000-0000-0000-000000000000';
alter table boards add constraint boards_of_one_world unique (board_id, world);

alter table supplier_boards add column world uuid not null default '00000000-0000-0000-0000-000000000000';
alter table supplier_boards add constraint supplier_boards_supplier_of_the_world foreign key (supplier_id, world)
  references suppliers (supplier_id, world);
alter table supplier_boards add constraint supplier_boards_board_of_the_world foreign key (board_id, world) references boards (board_id, world);

-- The address of a sandbox stays the same when a new board takes the place of the old one; a real address never moves.
alter table board_directory add column world uuid not null default '00000000-0000-0000-0000-000000000000';
alter table board_directory add constraint board_directory_board_of_the_world foreign key (board_id, world)
  references boards (board_id, world);
grant update (board_id, school_id) on board_directory to consent_broker;
grant delete on supplier_boards to consent_broker;

-- For whoever is not the owner of the tables.
create function only_in_a_sandbox() returns trigger language plpgsql as $$
begin
  if old.world = '00000000-0000-0000-0000-000000000000'
    and current_user <> (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid) then
    raise exception 'a row of % that is real stays as it is', tg_table_name;
  end if;
  return coalesce(new, old);
end $$;
create trigger real_addresses_stay before update on board_directory for each row execute function only_in_a_sandbox();
create trigger real_links_stay before delete on supplier_boards for each row execute function only_in_a_sandbox();

create table sandboxes (
  supplier_id uuid primary key references suppliers,
  twin_id uuid not null unique references suppliers,
  holder_id uuid not null unique references holders,
  -- The holder's own client, with its private key under the broker's secret.
  holder_client_id text not null unique references clients,
  sealed_key text not null,
  oin text not null,
  brin text not null,
  -- The board that is in use; each reset puts another there.
  board_id uuid not null references boards,
  made_at timestamptz not null,
  reset_at timestamptz not null
);
grant select, insert on sandboxes to consent_broker;
grant update (board_id, reset_at) on sandboxes to consent_broker;
