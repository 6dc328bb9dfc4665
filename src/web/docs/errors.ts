import { oauthErrorStatuses } from '../../oauth/oauth-error.ts'
import { refusalGroups } from '../../refusal.ts'
import type { PublicCode } from '../texts/public-code.ts'
import { type DocPage, type Entry, folded, heading, text } from './block.ts'
import { type AdviceOf, holderStatuses } from './oauth-advice.ts'

type RefusalGroup = keyof typeof refusalGroups

/** What stands on the page of errors in one language, besides what each of them is. */
export interface ErrorsWords {
  title: string
  short: string
  lead: string
  status: string
  means: string
  todo: string
  oauth: { heading: string; text: string; caption: string }
  holder: { heading: string; text: string; caption: string }
  rest: { heading: string; text: string; title: string; read: string; groups: Record<RefusalGroup, string> }
}

const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : 1)

/** All errors with what to do, made from the catalogues that the code itself answers with: none can be missing. */
export function errorsPageOf(words: ErrorsWords, { oauth, holder }: AdviceOf, sentences: Record<PublicCode, string>): DocPage {
  const { title, short, lead, status, means, todo, rest } = words
  const groups = Object.keys(refusalGroups) as RefusalGroup[]

  /** Every code that goes out under its own name, with the title that it goes out with and what a person is told. */
  const refusedIn = (name: RefusalGroup): Entry[] =>
    Object.entries<{ status: number; title: string; as?: string }>(refusalGroups[name])
      .filter(([, { as }]) => as === undefined)
      .map(([code, refusal]) => ({
        id: `p-${code}`,
        name: code,
        facts: [
          { name: status, text: String(refusal.status) },
          { name: rest.title, text: refusal.title, english: true },
          { name: rest.read, text: sentences[code as PublicCode] },
        ],
      }))
  const fold = (name: string, entries: Entry[]) => ({ name, entries: entries.toSorted(byName) })

  return {
    path: '/docs/errors',
    title,
    short,
    lead,
    blocks: [
      heading('oauth', words.oauth.heading),
      text(words.oauth.text),
      folded(
        fold(
          words.oauth.caption,
          Object.entries(oauth).map(([error, told]) => ({
            id: `o-${error}`,
            name: error,
            facts: [
              { name: status, text: String(oauthErrorStatuses[error as keyof typeof oauthErrorStatuses]) },
              { name: means, text: told.means },
              { name: todo, text: told.todo },
            ],
          })),
        ),
      ),
      heading('holder', words.holder.heading),
      text(words.holder.text),
      folded(
        fold(
          words.holder.caption,
          Object.entries(holderStatuses).map(([error, answered]) => ({
            id: `h-${error}`,
            name: error,
            facts: [
              { name: status, text: String(answered) },
              { name: todo, text: holder[error as keyof typeof holderStatuses] },
            ],
          })),
        ),
      ),
      heading('rest', rest.heading),
      text(rest.text),
      folded(...groups.map((name) => fold(rest.groups[name], refusedIn(name)))),
    ],
  }
}

export const errorsWords: ErrorsWords = {
  title: 'Every error, and what to do',
  short: 'Errors',
  lead: 'Errors never tell whether a pupil, a parent or a request of somebody else exists. A program decides on the code, never on the sentence.',
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
    text: 'Problem details (RFC 9457) with a stable `code`. What is not well formed comes as `input_invalid` with `errors`: the wrong fields, all together, never their values. A bare 500 is our fault and may be tried again. Put `#p-` and a code behind the address of this page to come to that code.',
    title: 'What it means',
    read: 'What a person reads',
    groups: {
      edge: 'Any request',
      people: 'People and rosters',
      signIn: 'Signing in',
      catalog: 'Suppliers, services and clients',
      agreements: 'Contracts',
      consents: 'Rounds and consents',
      requests: 'Requests and releases',
      grants: 'Keys, tokens and grants',
      cases: 'Rights, dossiers and incidents',
    },
  },
}
