import type { Context } from 'hono'
import { Link } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { Code, Row, Table } from '../table.tsx'
import { type Block, type DocTable, EXAMPLE_BROKER } from './block.ts'

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/

/** Words with code, links and what weighs in them. */
export function Inline({ words }: { words: string }) {
  return (
    <>
      {words.split(INLINE).map((part) => {
        const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part)
        if (link) return <Link href={link[2]!}>{link[1]}</Link>
        if (/^`.+`$/.test(part)) return <code class="doc-code">{part.slice(1, -1)}</code>
        if (/^\*\*.+\*\*$/.test(part)) return <strong>{part.slice(2, -2)}</strong>
        return part
      })}
    </>
  )
}

/** A piece of a page for engineers; in code the broker is named as it names itself. */
export function DocBlock({ c, block }: { c: Context<PageEnv>; block: Block }) {
  switch (block.kind) {
    case 'text':
      return (
        <p class="utrecht-paragraph utrecht-paragraph--distanced">
          <Inline words={block.text} />
        </p>
      )
    case 'heading':
      return (
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced" id={block.id}>
          {block.text}
        </h2>
      )
    case 'list':
      return (
        <ul class="utrecht-unordered-list">
          {block.items.map((item) => (
            <li class="utrecht-unordered-list__item">
              <Inline words={item} />
            </li>
          ))}
        </ul>
      )
    case 'code':
      return <DocCode c={c} text={block.text} file={block.file} />
    case 'table':
      return <TableOf table={block} />
    case 'folded':
      return (
        <>
          {block.tables.map((table) => (
            <details class="more">
              <summary>{table.caption}</summary>
              <div class="more__body">
                <TableOf table={table} named={false} />
              </div>
            </details>
          ))}
        </>
      )
  }
}

function DocCode({ c, text, file }: { c: Context<PageEnv>; text: string; file: string | undefined }) {
  return (
    <figure class="doc-figure">
      {file && (
        <figcaption>
          <Link href={`/docs/code/${file}`}>{file}</Link>
        </figcaption>
      )}
      <Code>{text.replaceAll(EXAMPLE_BROKER, c.var.deps.issuer)}</Code>
    </figure>
  )
}

/** With its name on top, unless what it is folded under says it. */
function TableOf({ table: { caption, head, rows }, named = true }: { table: DocTable; named?: boolean }) {
  return (
    <Table label={caption} caption={named} head={head}>
      {rows.map(({ id, cells }) => (
        <Row named {...(id && { id })} cells={cells.map((cell) => <Inline words={cell} />)} />
      ))}
    </Table>
  )
}
