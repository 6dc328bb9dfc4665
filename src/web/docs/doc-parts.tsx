import type { Context } from 'hono'
import { Fact, Link } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { Code, Row, Table } from '../table.tsx'
import { type Block, type Entry, EXAMPLE_BROKER } from './block.ts'

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
      return <DocTable block={block} />
    case 'folded':
      return (
        <>
          {block.folds.map(({ name, entries }) => (
            <details class="more">
              <summary>{name}</summary>
              <div class="more__body doc-entries">
                {entries.map((entry) => (
                  <DocEntry entry={entry} />
                ))}
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

function DocTable({ block: { caption, head, rows } }: { block: Block & { kind: 'table' } }) {
  return (
    <Table label={caption} caption head={head}>
      {rows.map(({ cells }) => (
        <Row named cells={cells.map((cell) => <Inline words={cell} />)} />
      ))}
    </Table>
  )
}

/** A link to the id opens it: browsers unfold what is around the place that a link leads to, and not what is beside it. */
function DocEntry({ entry: { id, name, facts } }: { entry: Entry }) {
  return (
    <details class="more">
      <summary>
        <code class="doc-code">{name}</code>
      </summary>
      <dl class="facts more__body doc-entry" id={id}>
        {facts.map((fact) => (
          <Fact name={fact.name}>{fact.english ? <span lang="en">{fact.text}</span> : <Inline words={fact.text} />}</Fact>
        ))}
      </dl>
    </details>
  )
}
