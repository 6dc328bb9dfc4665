/** A piece of a page for engineers. In texts `code` stands between backticks, and a link as [words](/address). */
export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'heading'; id: string; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'code'; file?: string; text: string }
  | DocTable
  /** Long tables, each folded under what it is about; an address that names one of its rows opens it. */
  | { kind: 'folded'; tables: DocTable[] }

export interface DocTable {
  kind: 'table'
  caption: string
  head: string[]
  rows: { id?: string; cells: string[] }[]
}

/** One page of the documentation. */
export interface DocPage {
  path: string
  title: string
  /** What the way there is called on the other pages. */
  short: string
  lead: string
  blocks: Block[]
}

/** What stands on the first page of the documentation in one language. */
export interface DocWords {
  title: string
  short: string
  lead: string
  intro: string
  read: string
  api: string
  words: string
  wordsList: string[]
}

/** How the example names the broker; a page shows the name of the broker that serves it. */
export const EXAMPLE_BROKER = 'https://broker.example'

export const text = (words: string): Block => ({ kind: 'text', text: words })
export const heading = (id: string, words: string): Block => ({ kind: 'heading', id, text: words })
export const list = (...items: string[]): Block => ({ kind: 'list', items })
export const code = (words: string, file?: string): Block => ({ kind: 'code', text: words, ...(file && { file }) })
export const folded = (...tables: DocTable[]): Block => ({ kind: 'folded', tables })
