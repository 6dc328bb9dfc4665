import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshBroker, type TestBroker } from '../support/broker.ts'

const SRC = join(import.meta.dirname, '../../src')

interface Column {
  nullable: boolean
  hasDefault: boolean
  changes: boolean
}

/** What the tables.ts files say, read from their text: `Fixed` never changes, `…Default` may be left out, `| null` may be null. */
function declared(): Map<string, Record<string, Column>> {
  const files = readdirSync(SRC, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('tables.ts'))
  const text = files.map((path) => readFileSync(join(SRC, path), 'utf8').replace(/\/\*\*.*?\*\/|\/\/.*$/gms, '')).join('\n')
  const interfaces = new Map(
    Array.from(text.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms), ([, name, body]) => [
      name!,
      Array.from(
        body!.matchAll(/^ {2}(\w+): ([^\n]*(?:\n {4,}[^\n]*|\n {2}[>})|][^\n]*)*)/gm),
        ([, member, type]) => [member!, type!] as const,
      ),
    ]),
  )
  const tables = new Map<string, Record<string, Column>>()
  for (const [name, members] of interfaces) {
    if (!name.endsWith('Tables')) continue
    for (const [table, type] of members) {
      const columns = interfaces.get(type) ?? []
      tables.set(table, Object.fromEntries(columns.map(([column, columnType]) => [column, read(columnType)])))
    }
  }
  return tables
}

function read(type: string): Column {
  const [, wrapper = '', inner = type] = /^(Fixed|FixedDefault|Changing|ChangingDefault)<(.*)>$/s.exec(type) ?? []
  return { nullable: inner.trim().endsWith('| null'), hasDefault: wrapper.endsWith('Default'), changes: !wrapper.startsWith('Fixed') }
}

let broker: TestBroker
let inDatabase: Map<string, Record<string, Column>>
beforeAll(async () => {
  broker = await freshBroker()
  const rows = await broker.owner<{ table: string; column: string; nullable: boolean; hasDefault: boolean; changes: boolean }[]>`
    select c.relname as table, a.attname as column, not a.attnotnull as nullable, (a.atthasdef or a.attidentity <> '') as "hasDefault",
      has_column_privilege('consent_broker', c.oid, a.attnum, 'update') as changes
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migrations'
    order by c.relname, a.attnum`
  inDatabase = new Map()
  for (const { table, column, ...is } of rows) inDatabase.set(table, { ...inDatabase.get(table), [column]: is })
})
afterAll(() => broker.close())

test('every table has its tables.ts, and the other way round', () => {
  expect([...declared().keys()].sort()).toEqual([...inDatabase.keys()].sort())
})

test('columns, what may be null, what has a default and what the runtime role may change are the same', () => {
  const types = declared()
  for (const [table, columns] of inDatabase) expect(types.get(table), table).toEqual(columns)
})
