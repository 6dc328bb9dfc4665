import { SaxesParser } from 'saxes'
import type { InTurns } from '../in-turns.ts'
import type { Complaints } from '../oneroster/table.ts'

/** One of the things an EDEXML file lists: its attributes, the text of its children by their names, and whom those refer to. */
export interface Element {
  attributes: Record<string, string>
  values: Record<string, string>
  /** The `key` of a child that only points. */
  references: Record<string, string>
  line: number
}

export interface Elements {
  school: Element
  groups: Element[]
  pupils: Element[]
}

const MOST_DEEP = 12
const LONGEST_TEXT = 4000
const MOST = 200_000
/** So many characters are read between two stops. */
const PIECE = 512 * 1024

class Unreadable extends Error {
  readonly line: number
  readonly column: number
  constructor(message: string, { line, column }: { line: number; column: number }) {
    super(message)
    this.line = line
    this.column = column
  }
}

const empty = (line: number): Element => ({ attributes: {}, values: {}, references: {}, line })

/**
 * Takes the school, its groups and its pupils out of EDEXML, as the parser comes by them: nothing else of the file is kept.
 * In turns. A document type, and with it every entity of one's own, is refused; so is what is deeper, longer or more than a school.
 *
 * @returns nothing when it is not readable, which `wrong` then tells with its line and its place in it
 */
export function* readingElements(text: string, wrong: Complaints, file: string): InTurns<Elements | undefined> {
  const elements: Elements = { school: empty(1), groups: [], pupils: [] }
  const path: string[] = []
  let current: Element | undefined
  let content = ''
  const parser = new SaxesParser({ xmlns: false, position: true })
  const refuse = (message: string): never => {
    throw new Unreadable(message, parser)
  }
  parser.on('error', () => refuse('is not well-formed XML'))
  parser.on('doctype', () => refuse('has a document type, which EDEXML does not'))
  parser.on('opentag', ({ name, attributes }) => {
    const own = localName(name)
    path.push(own)
    content = ''
    if (path.length > MOST_DEEP) refuse('is nested deeper than EDEXML is')
    const parent = path.at(-2)
    if (own === 'school' && !current) current = elements.school = { ...empty(parser.line), attributes }
    else if (own === 'groep' && parent === 'groepen' && !current && !path.includes('leerkracht'))
      elements.groups.push((current = { ...empty(parser.line), attributes }))
    else if (own === 'leerling' && parent === 'leerlingen' && !current) {
      if (elements.pupils.length >= MOST) refuse('has more pupils than a school')
      elements.pupils.push((current = { ...empty(parser.line), attributes }))
    } else if (current && attributes.key !== undefined) current.references[own] ??= attributes.key
  })
  parser.on('text', (part) => {
    content += part
    if (content.length > LONGEST_TEXT) refuse('has a text that is longer than anything in EDEXML')
  })
  parser.on('cdata', (part) => (content += part.slice(0, LONGEST_TEXT)))
  parser.on('closetag', ({ name }) => {
    const own = localName(name)
    if (current && path.length >= 2 && !LISTED.has(own)) current.values[own] ??= content.trim()
    if (LISTED.has(own) && !(own === 'groep' && path.at(-2) === 'leerling')) current = undefined
    path.pop()
    content = ''
  })
  try {
    for (let from = 0; from < text.length; from += PIECE) {
      parser.write(text.slice(from, from + PIECE))
      yield from / text.length
    }
    parser.close()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    wrong.add(file, error.line, `${error.column}`, error.message)
    return undefined
  }
  return elements
}

const LISTED = new Set(['school', 'groep', 'leerling'])

/** A UWLR answer writes every name with a prefix. */
const localName = (name: string) => name.slice(name.indexOf(':') + 1).toLowerCase()
