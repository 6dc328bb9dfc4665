import type { Context } from 'hono'
import { MOST_ROWS, type Readable } from '../../hosted/readable.ts'
import { P } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { Row, Table } from '../table.tsx'

/** What a holder handed over, laid out for somebody to read. */
export function ShownData({ c, data, at }: { c: Context<PageEnv>; data: Readable; at: string }) {
  const words = c.var.t.hosted
  const { tables, facts } = data
  return (
    <>
      <P>{words.seenAt(at)}</P>
      {tables.length === 0 && facts.length === 0 && <P>{words.empty}</P>}
      {tables.map(({ title, columns, rows }, nr) => (
        <>
          {/* Two regions of one name cannot be told apart by ear. */}
          <Table label={tables.length > 1 ? `${title || words.table} ${nr + 1}` : title || words.table} caption head={columns}>
            {rows.map((cells) => (
              <Row cells={cells} />
            ))}
          </Table>
          {rows.length === MOST_ROWS && <P>{words.mostRows}</P>}
        </>
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
