import type { Context } from 'hono'
import { MOST_ROWS, type Readable } from '../../hosted/readable.ts'
import { P } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'

/** What a holder handed over, laid out for somebody to read. */
export function ShownData({ c, data, at }: { c: Context<PageEnv>; data: Readable; at: string }) {
  const words = c.var.t.hosted
  const { tables, facts } = data
  return (
    <>
      <P>{words.seenAt(at)}</P>
      {tables.length === 0 && facts.length === 0 && <P>{words.empty}</P>}
      {tables.map((table, number) => (
        <Table c={c} table={table} number={number + 1} />
      ))}
      {facts.length > 0 && (
        <dl class="facts">
          {facts.map(({ name, value }) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      )}
    </>
  )
}

function Table({ c, table: { title, columns, rows }, number }: { c: Context<PageEnv>; table: Readable['tables'][number]; number: number }) {
  const words = c.var.t.hosted
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section class="wide" tabindex={0} aria-label={`${title || words.table} ${number}`}>
      <table class="utrecht-table utrecht-table--html-table">
        <caption>{title || words.table}</caption>
        <thead class="utrecht-table__header">
          <tr class="utrecht-table__row">
            {columns.map((column) => (
              <th class="utrecht-table__header-cell" scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="utrecht-table__body">
          {rows.map((row) => (
            <tr class="utrecht-table__row">
              {row.map((cell) => (
                <td class="utrecht-table__cell">{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === MOST_ROWS && <P>{words.mostRows}</P>}
    </section>
  )
}
