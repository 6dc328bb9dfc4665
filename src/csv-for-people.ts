/** What a spreadsheet takes for a formula when a cell begins with it, after whatever it does not show (CWE-1236). */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@|%＝＋－＠]/u

/**
 * A table as CSV that is safe to open: each cell quoted, one that would run as a formula made text by an apostrophe in front.
 * With a byte order mark and semicolons, which is what spreadsheets set to Dutch open with a double click.
 */
export function csvOf(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return `\uFEFF${csvLines([head, ...rows])}`
}

/** The lines alone, for a table that is made in pieces. */
export function csvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((cells) => `${cells.map(cellOf).join(';')}\r\n`).join('')
}

function cellOf(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const flat = value.replace(/\r\n?|\n/g, ' ').replaceAll('\0', '')
  return `"${(FORMULA.test(flat) || flat.startsWith('\t') ? `'${flat}` : flat).replaceAll('"', '""')}"`
}
