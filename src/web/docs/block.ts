/** A piece of a page for engineers. In texts `code` stands between backticks, and a link as [words](/address). */
export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'heading'; id: string; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'code'; file?: string; text: string }
  | { kind: 'table'; caption: string; head: string[]; rows: { cells: string[] }[] }
  | { kind: 'folded'; folds: Fold[] }

/** What belongs together, folded under what it is about. */
export interface Fold {
  name: string
  entries: Entry[]
}

/** Something that is looked up by its name: folded away until somebody opens it, or comes to its id. */
export interface Entry {
  id: string
  name: string
  /** With `english` as the interface says it, whatever the page is in. */
  facts: { name: string; text: string; english?: true }[]
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
export const folded = (...folds: Fold[]): Block => ({ kind: 'folded', folds })
