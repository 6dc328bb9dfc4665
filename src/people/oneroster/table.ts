import { type CsvError, parse } from 'csv-parse/sync'
import type { RosterError } from './bundle.ts'
import { HEADERS, MAY_BE_ABSENT, type RosterFile, USERS_HEADERS, type Version } from './headers.ts'

/** One file of a bundle: its rows, and where each began. Cells are trimmed. */
export interface Table {
  file: RosterFile
  rows: Row[]
}

export interface Row {
  line: number
  /** The cell; empty when the file has no such column. */
  get: (column: string) => string
  wrong: (column: string | null, message: string) => void
}

/** Collects what is wrong, so that all of it is told at once. */
export interface Complaints {
  errors: RosterError[]
  add: (file: string, line: number, column: string | null, message: string) => void
}

export function complaints(): Complaints {
  const errors: RosterError[] = []
  return { errors, add: (file, line, column, message) => errors.push({ file, line, column, message }) }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads one file: UTF-8, RFC 4180, with a header that has every column of its version and no other (extensions named
 * `metadata.…` are passed over). What is wrong goes to `wrong`; rows that could be read are there nevertheless, so that
 * everything wrong with a bundle can be told at once.
 */
export function readTable(file: RosterFile, bytes: Uint8Array, version: Version, wrong: Complaints): Table {
  const text = decode(bytes)
  if (text === undefined) {
    wrong.add(file, 0, null, 'is not UTF-8')
    return { file, rows: [] }
  }
  const records = readRecords(file, text, wrong)
  const header = records.shift()?.cells ?? []
  const columns = new Map(header.map((name, index) => [name, index]))
  checkHeader(file, header, version, wrong)
  const rows: Row[] = []
  for (const { line, cells } of records) {
    if (cells.length !== header.length) wrong.add(file, line, null, `has ${cells.length} fields where the header has ${header.length}`)
    else
      rows.push({
        line,
        get: (column) => cells[columns.get(column) ?? -1]?.trim() ?? '',
        wrong: (column, message) => wrong.add(file, line, column, message),
      })
  }
  return { file, rows }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

function readRecords(file: string, text: string, wrong: Complaints): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = []
  let countedTwice = 0 // The parser counts a CR LF inside quotes as two lines.
  parse(text, {
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 64_000,
    skip_records_with_error: true,
    on_skip: (error) => {
      wrong.add(file, lineOf(error) - countedTwice, null, 'cannot be read: check the quotation marks')
      return undefined
    },
    on_record: (cells: string[], { lines }) => {
      const [lineFeeds, pairs] = [countIn(cells, '\n'), countIn(cells, '\r\n')]
      records.push({ line: lines - lineFeeds - pairs - countedTwice, cells })
      countedTwice += pairs
      return null
    },
  })
  return records
}

function lineOf(error: CsvError | undefined): number {
  return error && 'lines' in error && typeof error.lines === 'number' ? error.lines : 1
}

/** A quoted field may span lines; the record began that many lines above where it ended. */
function countIn(cells: string[], what: string): number {
  let count = 0
  for (const cell of cells) for (let at = cell.indexOf(what); at >= 0; at = cell.indexOf(what, at + 1)) count += 1
  return count
}

function checkHeader(file: RosterFile, header: string[], version: Version, wrong: Complaints): void {
  const expected: readonly string[] = file === 'users.csv' ? USERS_HEADERS[version] : HEADERS[file]
  const known = new Set([...expected, ...(file === 'users.csv' ? ['resourceSourcedIds'] : [])])
  const seen = new Set<string>()
  for (const name of header) {
    if (seen.has(name)) wrong.add(file, 1, name, 'stands in the header twice')
    else if (!known.has(name) && !name.startsWith('metadata.'))
      wrong.add(file, 1, null, `the header has a column that OneRoster ${version} does not know`)
    seen.add(name)
  }
  for (const name of expected) {
    if (!seen.has(name) && !MAY_BE_ABSENT.includes(name)) wrong.add(file, 1, name, 'is missing from the header')
  }
}
