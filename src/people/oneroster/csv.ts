import { atOnce, type InTurns } from '../in-turns.ts'

export interface CsvReader {
  /** A record with the line it begins on, from 1. Blank lines are passed over. */
  record: (cells: string[], line: number) => void
  /** A record that cannot be read, by the line it begins on and its first wrong field, from 1. Reading goes on at the next line. */
  broken: (line: number, field: number) => void
}

/**
 * Reads CSV as RFC 4180 has it: commas (or another mark), CR LF or LF, fields with commas, quotes or line ends between double quotes. A quote
 * elsewhere, or one that is never closed, breaks its record and no other, so that everything wrong can be told at once.
 */
export function readCsv(text: string, reader: CsvReader, mark = ','): void {
  atOnce(readingCsv(text, reader, mark))
}

/** So many records are read between two stops. */
const RECORDS_AT_ONCE = 2000

/** As `readCsv`, in turns. */
export function* readingCsv(text: string, reader: CsvReader, mark = ','): InTurns<void> {
  let at = 0
  let line = 1
  for (let nr = 1; at < text.length; nr += 1) {
    if (nr % RECORDS_AT_ONCE === 0) yield at / text.length
    const end = endOfLine(text, at)
    const bare = text.slice(at, withoutReturn(text, at, end))
    if (!bare.includes('"')) {
      if (bare !== '') reader.record(bare.split(mark), line)
      at = end + 1
      line += 1
      continue
    }
    const quoted = readQuoted(text, at, mark)
    const isRead = 'cells' in quoted
    if (isRead) reader.record(quoted.cells, line)
    else reader.broken(line, quoted.wrongField)
    const next = isRead ? quoted.next : end + 1
    line += isRead ? linesIn(text, at, next) : 1
    at = next
  }
}

/** A record with a quoted field in it, field by field; or the first field whose quotes are wrong, from 1. */
function readQuoted(text: string, start: number, mark: string): { cells: string[]; next: number } | { wrongField: number } {
  const cells: string[] = []
  for (let at = start; ; at += 1) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1)
      if (close < 0) return { wrongField: cells.length + 1 }
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'))
      at = close + 1
    } else {
      const comma = text.indexOf(mark, at)
      const end = withoutReturn(text, at, endOfLine(text, at))
      const stop = comma < 0 || comma > end ? end : comma
      const cell = text.slice(at, stop)
      if (cell.includes('"')) return { wrongField: cells.length + 1 }
      cells.push(cell)
      at = stop
    }
    if (text[at] === mark) continue
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1
    if (at < text.length && text[at] !== '\n') return { wrongField: cells.length }
    return { cells, next: at + 1 }
  }
}

/** The quote that ends a field; one that is doubled stands for itself. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at
  }
  return -1
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function withoutReturn(text: string, from: number, end: number): number {
  return end > from && text[end - 1] === '\r' ? end - 1 : end
}

function linesIn(text: string, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at += 1) {
    at = text.indexOf('\n', at)
    if (at < 0 || at >= to) break
    count += 1
  }
  return count
}
