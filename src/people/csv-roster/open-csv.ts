import { decodeText } from '../decode-text.ts'
import { atOnce, type InTurns } from '../in-turns.ts'
import { readingCsv } from '../oneroster/csv.ts'
import type { Complaints } from '../oneroster/table.ts'

export interface CsvTable {
  header: string[]
  rows: { cells: string[]; line: number }[]
}

const MARKS = [';', ',', '\t'] as const
const MOST_COLUMNS = 300
export const CSV_FILE = 'CSV'

/**
 * Any CSV as a table: UTF-8 or Windows-1252, with semicolons, commas or tabs, whichever the header has most of. A row of
 * another length than the header is wrong, except that trailing empty cells may be left out. What is wrong is told by the place of its
 * column, from 1: in a file without a header, a person stands there.
 */
export function openCsv(bytes: Uint8Array, wrong: Complaints): CsvTable {
  return atOnce(openingCsv(bytes, wrong))
}

/** As `openCsv`, in turns. */
export function* openingCsv(bytes: Uint8Array, wrong: Complaints): InTurns<CsvTable> {
  const text = decodeText(bytes)
  const mark = markOf(text)
  let header: string[] | undefined
  const rows: CsvTable['rows'] = []
  yield* readingCsv(
    text,
    {
      broken: (line, field) => wrong.add(CSV_FILE, line, `${field}`, 'cannot be read: check the quotation marks'),
      record: (cells, line) => {
        if (!header) header = cells.length > MOST_COLUMNS ? cells : ownNames(cells)
        else if (cells.length <= header.length)
          rows.push({ cells: [...cells, ...Array<string>(header.length - cells.length).fill('')], line })
        else if (cells.slice(header.length).every((cell) => cell.trim() === '')) rows.push({ cells: cells.slice(0, header.length), line })
        else wrong.add(CSV_FILE, line, `${header.length + 1}`, `has ${cells.length} fields where the header has ${header.length}`)
      },
    },
    mark,
  )
  if (header && header.length <= MOST_COLUMNS) return { header, rows }
  if (header) wrong.add(CSV_FILE, 1, `${MOST_COLUMNS + 1}`, 'has more columns than a roster')
  else wrong.add(CSV_FILE, 0, null, 'is empty')
  return { header: [], rows: [] }
}

/** A column is chosen by its name: of those that share one, and of those that have none, each gets its own. */
function ownNames(cells: readonly string[]): string[] {
  const names = new Set<string>()
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim() || `#${index + 1}`
    let own = name
    for (let nr = 2; names.has(own); nr += 1) own = `${name} (${nr})`
    names.add(own)
  }
  return [...names]
}

function markOf(text: string): string {
  const end = text.indexOf('\n')
  const line = (end < 0 ? text : text.slice(0, end)).replaceAll(/"[^"]*"/g, '')
  const counted = MARKS.map((mark) => ({ mark, count: line.split(mark).length }))
  return counted.toSorted((a, b) => b.count - a.count)[0]!.mark
}
