import type { Child, PropsWithChildren } from 'hono/jsx'

interface TableProps {
  /** What the table is of, for whoever cannot see it; with `caption` also above it. */
  label: string
  caption?: boolean
  head: string[]
}

/** A table that scrolls by itself where it is wider than the page, also by keyboard. Its children are rows. */
export function Table({ label, caption = false, head, children }: PropsWithChildren<TableProps>) {
  return (
    <div class="wide" role="region" aria-label={label} tabindex={0}>
      <table class="utrecht-table utrecht-table--html-table">
        {caption && <caption>{label}</caption>}
        <thead class="utrecht-table__header">
          <tr class="utrecht-table__row">
            {head.map((name) => (
              <th class="utrecht-table__header-cell" scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="utrecht-table__body">{children}</tbody>
      </table>
    </div>
  )
}

/** A row of such a table; `named` when its first cell says what the others are about. */
export function Row({ cells, named = false, id }: { cells: Child[]; named?: boolean; id?: string }) {
  return (
    <tr class="utrecht-table__row" id={id}>
      {cells.map((cell, nr) =>
        named && nr === 0 ? (
          <th class="utrecht-table__cell" scope="row">
            {cell}
          </th>
        ) : (
          <td class="utrecht-table__cell">{cell}</td>
        ),
      )}
    </tr>
  )
}

/** Something as it is typed, that scrolls by itself where it is wider than the page. */
export function Code({ children }: PropsWithChildren) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <pre class="doc-pre" tabindex={0}>
      <code>{children}</code>
    </pre>
  )
}
