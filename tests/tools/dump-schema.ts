import postgres from 'postgres'

/**
 * What the migrations add up to, as readable SQL, asked from the catalog: tables with their columns and constraints,
 * indexes, row-level security, functions and the rights of the runtime role. Sorted, so that a diff shows what changed.
 * It is for reading and comparing; the migrations make the database.
 */
export async function dumpSchema(ownerUrl: string): Promise<string> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  try {
    await sql`set search_path to public`
    const tables = await sql<{ oid: number; name: string; rls: boolean; forced: boolean }[]>`
      select oid, relname as name, relrowsecurity as rls, relforcerowsecurity as forced from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`
    const parts = ['-- What sql/*.sql add up to. Written by `npm run db:schema`; `npm run check` compares it.']
    for (const table of tables) parts.push(await dumpTable(sql, table))
    const views = await sql<{ name: string; options: string | null; body: string }[]>`
      select relname as name, array_to_string(reloptions, ', ') as options, pg_get_viewdef(oid) as body from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('v', 'm') order by relname`
    for (const { name, options, body } of views) parts.push(`create view ${name}${options ? ` with (${options})` : ''} as\n${body}`)
    const functions = await sql<{ body: string; rights: string[] }[]>`
      select pg_get_functiondef(p.oid) as body, ${routineRights(sql)} as rights from pg_proc p
      where pronamespace = 'public'::regnamespace order by proname`
    for (const { body, rights } of functions) parts.push([`${body.trim().replace(/[ \t]+$/gm, '')};`, ...rights].join('\n'))
    const triggers = await sql<{ body: string }[]>`
      select pg_get_triggerdef(t.oid) as body from pg_trigger t join pg_class c on c.oid = tgrelid
      where c.relnamespace = 'public'::regnamespace and not tgisinternal order by 1`
    parts.push(...triggers.map(({ body }) => `${body};`))
    return `${parts.join('\n\n')}\n`
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function dumpTable(sql: postgres.Sql, { oid, name, rls, forced }: { oid: number; name: string; rls: boolean; forced: boolean }) {
  const columns = await sql<{ line: string }[]>`
    select '  ' || attname || ' ' || format_type(atttypid, atttypmod)
      || case when attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(adbin, adrelid), '') as line
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid = ${oid} and attnum > 0 and not attisdropped order by attnum`
  const constraints = await sql<{ line: string }[]>`
    select '  constraint ' || conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint
    where conrelid = ${oid} and contype <> 'n' order by contype, conname`
  const indexes = await sql<{ line: string }[]>`
    select pg_get_indexdef(i.indexrelid) || ';' as line from pg_index i join pg_class c on c.oid = i.indexrelid
    where indrelid = ${oid} and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u', 'x'))
    order by c.relname`
  const policies = await sql<{ line: string }[]>`
    select 'create policy ' || polname || ' on ' || ${name} || case polcmd when '*' then '' else ' for ' || polcmd::text end
      || coalesce(' using ' || pg_get_expr(polqual, polrelid), '') || coalesce(' with check ' || pg_get_expr(polwithcheck, polrelid), '') || ';' as line
    from pg_policy where polrelid = ${oid} order by polname`
  const rights = await sql<{ line: string }[]>`
    select 'grant ' || string_agg(lower(privilege_type), ', ' order by privilege_type) || ' on ' || ${name} || ' to ' || grantee || ';' as line
    from information_schema.role_table_grants where table_schema = 'public' and table_name = ${name} and grantee like 'consent_%' group by grantee
    union all
    select 'grant maintain on ' || ${name} || ' to ' || grantee::regrole || ';' -- the standard's own view does not know it
    from pg_class, aclexplode(relacl) where pg_class.oid = ${oid} and privilege_type = 'MAINTAIN' and grantee <> relowner
    union all
    select 'grant ' || lower(privilege_type) || ' (' || string_agg(column_name, ', ' order by column_name) || ') on ' || ${name} || ' to ' || grantee || ';'
    from information_schema.column_privileges c
    where table_schema = 'public' and table_name = ${name} and grantee like 'consent_%'
      and not exists (select from information_schema.role_table_grants t where t.table_schema = 'public' and t.table_name = ${name}
        and t.grantee = c.grantee and t.privilege_type = c.privilege_type)
    group by grantee, privilege_type order by 1`
  return [
    `create table ${name} (\n${[...columns, ...constraints].map(({ line }) => line).join(',\n')}\n);`,
    ...indexes.map(({ line }) => line),
    ...(rls ? [`alter table ${name} enable row level security;`] : []),
    ...(forced ? [`alter table ${name} force row level security;`] : []),
    ...policies.map(({ line }) => line),
    ...rights.map(({ line }) => line),
  ].join('\n')
}

const routineRights = (sql: postgres.Sql) => sql`
  array(select 'grant execute on ' || p.oid::regprocedure || ' to ' || case when grantee = 0 then 'public' else grantee::regrole::text end || ';'
    from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee <> p.proowner order by 1)`
