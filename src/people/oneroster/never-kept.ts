import { type InTurns, within } from '../in-turns.ts'
import type { RosterFiles } from './bundle.ts'
import { readingCsv } from './csv.ts'
import { HEADERS, NEVER_KEPT, USERS_HEADERS } from './headers.ts'

const COLUMNS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({ ...HEADERS, 'users.csv': [...Object.values(USERS_HEADERS).flat(), 'resourceSourcedIds'] }).map(([file, columns]) => [
    file,
    new Set(columns.filter((column) => !NEVER_KEPT.includes(column))),
  ]),
)

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The files of a bundle with the cells of race, origin, sex and passwords emptied, those of columns that OneRoster does not
 * know too, and nothing in the files that are not read. Every row stays on its line and every column in its place, and what
 * could not be read still cannot, so that reading it tells the same errors. In turns.
 */
export function* withoutNeverKept(files: RosterFiles): InTurns<RosterFiles> {
  const kept = new Map<string, Uint8Array>()
  for (const [name, bytes] of files) {
    const columns = COLUMNS.get(name)
    const [from, to] = [kept.size / files.size, (kept.size + 1) / files.size]
    kept.set(name, columns ? yield* within(emptying(bytes, columns), from, to) : new Uint8Array())
  }
  return kept
}

function* emptying(bytes: Uint8Array, columns: ReadonlySet<string>): InTurns<Uint8Array> {
  const text = decode(bytes)
  if (text === undefined) return NOT_UTF8
  const rows: string[] = []
  let line = 1
  let keeps: boolean[] | undefined
  const write = (row: string, from: number) => {
    rows.push('\n'.repeat(from - line), row, '\n')
    line = from + linesIn(row) + 1
  }
  yield* readingCsv(text, {
    // A quote in the midst of a field, in the same field: wrong as before.
    broken: (from, field) => write(`${','.repeat(field - 1)}x"`, from),
    record: (cells, from) => {
      const kept = keeps
      keeps ??= cells.map((name) => columns.has(name.trim()))
      write(cells.map((cell, n) => quoted(!kept || kept[n] ? cell : '\n'.repeat(linesIn(cell)))).join(','), from)
    },
  })
  return Buffer.from(rows.join(''))
}

/** A byte that begins no character. */
const NOT_UTF8 = Uint8Array.of(0xff)

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const linesIn = (text: string) => text.split('\n').length - 1

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
