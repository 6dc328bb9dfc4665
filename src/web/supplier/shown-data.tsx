import type { Context } from 'hono'
import { z } from 'zod'
import { startOfAmsterdamDay } from '../../clock.ts'
import type { Readable } from '../../hosted/readable.ts'
import type { Language } from '../../languages.ts'
import { P } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { Row, Table } from '../table.tsx'
import { dayIn, momentIn } from '../texts/dates.ts'

/** So many rows to a part. */
const ROWS_OPEN = 200

/** What a holder handed over, laid out for somebody to read. */
export function ShownData({ c, data, at }: { c: Context<PageEnv>; data: Readable; at: string }) {
  const words = c.var.t.hosted
  const { tables, facts } = data
  return (
    <>
      <P>{words.seenAt(at)}</P>
      {tables.length === 0 && facts.length === 0 && <P>{words.empty}</P>}
      {tables.map(({ title, columns, rows }, nr) => (
        // Two regions of one name cannot be told apart by ear.
        <Rows c={c} label={tables.length > 1 ? `${title || words.table} ${nr + 1}` : title || words.table} columns={columns} rows={rows} />
      ))}
      {facts.length > 0 && (
        <dl class="facts">
          {facts.map(({ name, value }) => (
            <>
              <dt>{name}</dt>
              <dd>{asRead(c.var.language, value)}</dd>
            </>
          ))}
        </dl>
      )}
    </>
  )
}

/** A day or a moment as people write it; everything else as the holder wrote it. */
function asRead(language: Language, value: string): string {
  if (z.iso.date().safeParse(value).success) return dayIn(language, startOfAmsterdamDay(value))
  return z.iso.datetime({ offset: true }).safeParse(value).success ? momentIn(language, new Date(value)) : value
}

/** All rows, in parts that one opens: a whole school year is thousands. The first is open. */
function Rows({ c, label, columns, rows }: { c: Context<PageEnv>; label: string; columns: string[]; rows: string[][] }) {
  const words = c.var.t.hosted
  const [first, ...more] = Array.from({ length: Math.ceil(rows.length / ROWS_OPEN) }, (_, nr) => ({
    name: words.rows(label, String(nr * ROWS_OPEN + 1), String(Math.min(rows.length, (nr + 1) * ROWS_OPEN))),
    rows: rows.slice(nr * ROWS_OPEN, (nr + 1) * ROWS_OPEN),
  }))
  const table = (name: string, part: string[][]) => (
    <Table label={name} caption head={columns}>
      {part.map((cells) => (
        <Row cells={cells.map((cell) => asRead(c.var.language, cell))} />
      ))}
    </Table>
  )
  return (
    <>
      {table(more.length > 0 ? first!.name : label, first?.rows ?? [])}
      {more.map((part) => (
        <details class="more">
          <summary>{part.name}</summary>
          <div class="more__body">{table(part.name, part.rows)}</div>
        </details>
      ))}
    </>
  )
}
