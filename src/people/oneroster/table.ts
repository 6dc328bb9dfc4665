import { atOnce, type InTurns } from '../in-turns.ts'
import type { RosterError } from './bundle.ts'
import { readingCsv } from './csv.ts'
import { HEADERS, MAY_BE_ABSENT, type RosterFile, USERS_HEADERS, type Version } from './headers.ts'

/** One file of a bundle: its rows, and where each began. */
export interface Table {
  file: RosterFile
  rows: Row[]
}

/** Collects what is wrong, so that all of it is told at once. */
export interface Complaints {
  errors: RosterError[]
  add: (file: string, line: number, column: string | null, message: string) => void
}

/** Whoever has so many errors has one cause for most of them. */
const MOST_LISTED = 20_000

export function complaints(): Complaints {
  const errors: RosterError[] = []
  const others = (file: string, unlisted: number): RosterError => {
    const message = `has ${unlisted} more errors, with the files after it, that are not listed`
    return { file, line: 0, column: null, message, unlisted }
  }
  return {
    errors,
    add: (file, line, column, message) => {
      const last = errors[MOST_LISTED]
      if (errors.length < MOST_LISTED) errors.push({ file, line, column, message })
      else errors[MOST_LISTED] = last ? others(last.file, last.unlisted! + 1) : others(file, 1)
    },
  }
}

/** How many errors there are, also those that are only counted. */
export const errorCount = (errors: readonly RosterError[]): number => errors.reduce((sum, { unlisted = 1 }) => sum + unlisted, 0)

export interface Layout {
  file: string
  columns: ReadonlyMap<string, number>
  wrong: Complaints
  /** How the file itself calls a column, where that is another name than ours. */
  headerOf?: (column: string) => string
}

/** A class and no closures: there are hundreds of thousands of these. */
export class Row {
  readonly line: number
  readonly #layout: Layout
  readonly #cells: string[]

  constructor(layout: Layout, line: number, cells: string[]) {
    this.line = line
    this.#layout = layout
    this.#cells = cells
  }

  /** The cell, trimmed; empty when the file has no such column. */
  get(column: string): string {
    const index = this.#layout.columns.get(column)
    return index === undefined ? '' : this.#cells[index]!.trim()
  }

  /** The same row without these ids in a cell that lists some. */
  without(column: string, ids: ReadonlySet<string>): Row {
    const index = this.#layout.columns.get(column)
    if (index === undefined || ids.size === 0) return this
    const left = this.#cells[index]!.split(',').filter((id) => !ids.has(id.trim()))
    return new Row(this.#layout, this.line, this.#cells.with(index, left.join(',')))
  }

  wrong(column: string | null, message: string): void {
    const { file, wrong, headerOf } = this.#layout
    wrong.add(file, this.line, column !== null && headerOf ? headerOf(column) : column, message)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads one file: UTF-8, RFC 4180, with a header that has every column of its version and no other (extensions named
 * `metadata.…` are passed over). What is wrong goes to `wrong`; rows that could be read are there nevertheless, so that
 * everything wrong with a bundle can be told at once.
 */
export function readTable(file: RosterFile, bytes: Uint8Array, version: Version, wrong: Complaints): Table {
  return atOnce(readingTable(file, bytes, version, wrong))
}

/** As `readTable`, in turns. */
export function* readingTable(file: RosterFile, bytes: Uint8Array, version: Version, wrong: Complaints): InTurns<Table> {
  const text = decode(bytes)
  if (text === undefined) {
    wrong.add(file, 0, null, 'is not UTF-8')
    return { file, rows: [] }
  }
  const known = knownHeaders(file, version)
  let header: string[] | undefined
  let layout: Layout | undefined
  const rows: Row[] = []
  yield* readingCsv(text, {
    broken: (line, field) => wrong.add(file, line, columnAt(field - 1, header, known), 'cannot be read: check the quotation marks'),
    record: (cells, line) => {
      if (!header || !layout) {
        header = cells.map((name) => name.trim())
        layout = { file, columns: new Map(header.map((name, index) => [name, index])), wrong }
      } else if (cells.length === header.length) rows.push(new Row(layout, line, cells))
      else {
        const first = Math.min(cells.length, header.length)
        wrong.add(file, line, columnAt(first, header, known), `has ${cells.length} fields where the header has ${header.length}`)
      }
    },
  })
  checkHeader(file, header ?? [], version, wrong)
  return { file, rows }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const expectedHeaders = (file: RosterFile, version: Version): readonly string[] =>
  file === 'users.csv' ? USERS_HEADERS[version] : HEADERS[file]

const knownHeaders = (file: RosterFile, version: Version): ReadonlySet<string> =>
  new Set([...expectedHeaders(file, version), ...(file === 'users.csv' ? ['resourceSourcedIds'] : [])])

/** A column by the name OneRoster has for it, else by its place from 1: in a file without a header, a person stands there. */
function columnAt(index: number, header: string[] | undefined, known: ReadonlySet<string>): string {
  const name = header?.[index]
  return name !== undefined && known.has(name) ? name : `${index + 1}`
}

function checkHeader(file: RosterFile, header: string[], version: Version, wrong: Complaints): void {
  const known = knownHeaders(file, version)
  const seen = new Set<string>()
  for (const [index, name] of header.entries()) {
    if (seen.has(name)) wrong.add(file, 1, columnAt(index, header, known), 'stands in the header twice')
    else if (!known.has(name) && !name.startsWith('metadata.')) {
      wrong.add(file, 1, columnAt(index, header, known), `the header has a column that OneRoster ${version} does not know`)
    }
    seen.add(name)
  }
  for (const name of expectedHeaders(file, version)) {
    if (!seen.has(name) && !MAY_BE_ABSENT.includes(name)) wrong.add(file, 1, name, 'is missing from the header')
  }
}
