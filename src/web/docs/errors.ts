import { oauthErrorStatuses } from '../../oauth/oauth-error.ts'
import { refusals } from '../../refusal.ts'
import type { PublicCode } from '../texts/public-code.ts'
import { type DocPage, type DocTable, folded, heading, text } from './block.ts'
import { type AdviceOf, holderStatuses } from './oauth-advice.ts'

/** What stands on the page of errors in one language, besides what each of them is. */
export interface ErrorsWords {
  title: string
  short: string
  lead: string
  code: string
  status: string
  means: string
  todo: string
  oauth: { heading: string; text: string; caption: string }
  holder: { heading: string; text: string; caption: string }
  rest: {
    heading: string
    text: string
    title: string
    read: string
    /** What a table of errors with this status is called. */
    captionOf: (status: number, count: number) => string
  }
}

const byCode = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

/** Every code of the catalogue that goes out under its own name, with the title that it goes out with and what a person is told, by status. */
function refusalTables(words: ErrorsWords, sentences: Record<PublicCode, string>): DocTable[] {
  const shown = Object.entries<{ status: number; title: string; as?: string }>(refusals)
    .filter(([, { as }]) => as === undefined)
    .toSorted(byCode)
  return [...Map.groupBy(shown, ([, { status }]) => status)]
    .toSorted(([a], [b]) => a - b)
    .map(([status, refused]) => ({
      kind: 'table',
      caption: words.rest.captionOf(status, refused.length),
      head: [words.code, words.status, words.rest.title, words.rest.read],
      rows: refused.map(([name, { title }]) => ({
        id: `p-${name}`,
        cells: [`\`${name}\``, String(status), title, sentences[name as PublicCode]],
      })),
    }))
}

/** All errors with what to do, made from the catalogues that the code itself answers with: none can be missing. */
export function errorsPageOf(words: ErrorsWords, { oauth, holder }: AdviceOf, sentences: Record<PublicCode, string>): DocPage {
  const { title, short, lead, code, status, means, todo, rest } = words
  return {
    path: '/docs/errors',
    title,
    short,
    lead,
    blocks: [
      heading('oauth', words.oauth.heading),
      text(words.oauth.text),
      folded({
        kind: 'table',
        caption: words.oauth.caption,
        head: [code, status, means, todo],
        rows: Object.entries(oauth)
          .toSorted(byCode)
          .map(([error, told]) => ({
            id: `o-${error}`,
            cells: [`\`${error}\``, String(oauthErrorStatuses[error as keyof typeof oauthErrorStatuses]), told.means, told.todo],
          })),
      }),
      heading('holder', words.holder.heading),
      text(words.holder.text),
      folded({
        kind: 'table',
        caption: words.holder.caption,
        head: [code, status, todo],
        rows: Object.entries(holderStatuses).map(([error, answered]) => ({
          id: `h-${error}`,
          cells: [`\`${error}\``, String(answered), holder[error as keyof typeof holderStatuses]],
        })),
      }),
      heading('rest', rest.heading),
      text(rest.text),
      folded(...refusalTables(words, sentences)),
    ],
  }
}

export const errorsWords: ErrorsWords = {
  title: 'Every error, and what to do',
  short: 'Errors',
  lead: 'Errors never tell whether a pupil, a parent or a request of somebody else exists. A program decides on the code, never on the sentence.',
  code: 'Code',
  status: 'Status',
  means: 'What it means',
  todo: 'What to do',
  oauth: {
    heading: 'OAuth endpoints',
    text: 'These answer as RFC 6749 wants it: `error`, and an `error_description` for whoever writes the client.',
    caption: 'Errors of the OAuth endpoints',
  },
  holder: {
    heading: 'Data holders with the kit',
    text: 'Problem details (RFC 9457) with `code`, and a `WWW-Authenticate` challenge that standard clients read.',
    caption: 'Errors of a holder',
  },
  rest: {
    heading: 'REST API and pages',
    text: 'Problem details (RFC 9457) with a stable `code`. What is not well formed comes as `input_invalid` with `errors`: the wrong fields, all together, never their values. A bare 500 is our fault and may be tried again.',
    title: 'What it means',
    read: 'What a person reads',
    captionOf: (status, count) => (count === 1 ? `Status ${status}: one code` : `Status ${status}: ${count} codes`),
  },
}
