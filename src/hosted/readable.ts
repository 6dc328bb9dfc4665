/** What a holder handed over, as tables that somebody can read. */
export interface Readable {
  tables: { title: string; columns: string[]; rows: string[][] }[]
  /** What stood by itself. */
  facts: { name: string; value: string }[]
}

type Json = Record<string, unknown>
const DEEPEST = 6

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlain = (value: unknown): value is string | number | boolean | null =>
  value === null || !['object', 'undefined'].includes(typeof value)

/**
 * Lays out any JSON as tables: each list of objects is one, with a column for each member; what stands alone is a fact. Values
 * in `hidden` (pseudonyms, which mean nothing to people and must not be carried along) are left out wherever they stand.
 */
export function readable(data: readonly unknown[], hidden: readonly string[]): Readable {
  const made: Readable = { tables: [], facts: [] }
  for (const one of data) walk(one, '', made, new Set(hidden), 0)
  return made
}

function walk(value: unknown, name: string, made: Readable, hidden: ReadonlySet<string>, depth: number): void {
  if (depth > DEEPEST || value === undefined) return
  if (isPlain(value)) {
    if (value !== null && !hidden.has(String(value))) made.facts.push({ name: words(name), value: shown(value) })
    return
  }
  if (Array.isArray(value)) {
    if (value.some((one) => isObject(one) && Object.values(one).some((member) => isPlain(member) && !hidden.has(String(member))))) {
      addTable(value.filter(isObject), name, made, hidden)
    }
    for (const one of value) {
      if (!isObject(one)) walk(one, name, made, hidden, depth + 1)
      else for (const [member, inner] of Object.entries(one)) if (!isPlain(inner)) walk(inner, member, made, hidden, depth + 1)
    }
    return
  }
  for (const [member, inner] of Object.entries(value as Json)) walk(inner, member, made, hidden, depth + 1)
}

function addTable(rows: Json[], name: string, made: Readable, hidden: ReadonlySet<string>): void {
  const isShown = (value: unknown) => isPlain(value) && value !== null && !hidden.has(String(value))
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row).filter((member) => isShown(row[member]))))]
  made.tables.push({
    title: words(name),
    columns: columns.map(words),
    rows: rows.map((row) => columns.map((column) => (isShown(row[column]) ? shown(row[column]) : ''))),
  })
}

const shown = (value: unknown) => (value === true ? '✓' : value === false ? '✗' : String(value))

/** `practiceTime` and `practice_time` as words. */
const words = (name: string) =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase()
    .replace(/^./, (first) => first.toUpperCase())
