import { oauthErrorStatuses } from '../../oauth/oauth-error.ts'
import { refusals } from '../../refusal.ts'
import type { PublicCode } from '../texts/public-code.ts'
import { refusalsEn } from '../texts/refusals-en.ts'
import { type DocPage, heading, text } from './block.ts'
import { holderAdvice, oauthAdvice } from './oauth-advice.ts'

const byCode = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

/** Every code of the catalogue that goes out under its own name, with what an engineer and what a person is told. */
function refusalRows() {
  return Object.entries<{ status: number; title: string; as?: string }>(refusals)
    .filter(([, { as }]) => as === undefined)
    .toSorted(byCode)
    .map(([code, { status, title }]) => ({
      id: `p-${code}`,
      cells: [`\`${code}\``, String(status), title, refusalsEn[code as PublicCode]],
    }))
}

/** All errors with what to do, made from the catalogues that the code itself answers with: none can be missing. */
export const errorsPage: DocPage = {
  path: '/docs/errors',
  title: 'Every error, and what to do',
  short: 'Errors',
  lead: 'Errors never tell whether a pupil, a parent or a request of somebody else exists. A program decides on the code, never on the sentence.',
  blocks: [
    heading('oauth', 'OAuth endpoints'),
    text('These answer as RFC 6749 wants it: `error`, and an `error_description` for whoever writes the client.'),
    {
      kind: 'table',
      caption: 'Errors of the OAuth endpoints',
      head: ['Error', 'Status', 'What it means', 'What to do'],
      rows: Object.entries(oauthAdvice)
        .toSorted(byCode)
        .map(([error, { means, todo }]) => ({
          id: `o-${error}`,
          cells: [`\`${error}\``, String(oauthErrorStatuses[error as keyof typeof oauthErrorStatuses]), means, todo],
        })),
    },
    heading('holder', 'Data holders with the kit'),
    text('Problem details (RFC 9457) with `code`, and a `WWW-Authenticate` challenge that standard clients read.'),
    {
      kind: 'table',
      caption: 'Errors of a holder',
      head: ['Code', 'Status', 'What to do'],
      rows: Object.entries(holderAdvice).map(([holderCode, { status, todo }]) => ({
        id: `h-${holderCode}`,
        cells: [`\`${holderCode}\``, String(status), todo],
      })),
    },
    heading('rest', 'REST API and pages'),
    text(
      'Problem details (RFC 9457) with a stable `code`. What is not well formed comes as `input_invalid` with `errors`: the wrong fields, all together, never their values. A bare 500 is our fault and may be tried again.',
    ),
    {
      kind: 'table',
      caption: 'Errors of the REST API and of the pages',
      head: ['Code', 'Status', 'What it means', 'What a person reads'],
      rows: refusalRows(),
    },
  ],
}
