import type { DocPage } from './block.ts'
import { heading, list, text } from './block.ts'

export const withdrawalPage: DocPage = {
  path: '/docs/withdrawal',
  title: 'How fast a withdrawal works',
  short: 'Withdrawal',
  lead: 'When somebody withdraws, no new token is made from that moment, and no token that is out works longer than ten minutes.',
  blocks: [
    {
      kind: 'table',
      caption: 'The published bound, counted from the moment the person sees that it stopped',
      head: ['Where', 'Within', 'Why'],
      rows: [
        {
          cells: [
            'A new token at this broker',
            'at once',
            'Each token is a new look at everything it leans on, in one transaction with the withdrawal.',
          ],
        },
        { cells: ['Introspection', 'at once', 'It looks at the same.'] },
        { cells: ['The status list', '60 seconds', 'A list is read anew for whoever asks, and may be used for 60 seconds.'] },
        { cells: ['Everywhere, whatever a holder does', '10 minutes', 'No token lives longer.'] },
        {
          cells: [
            'Events (push, poll) and `GET /v1/changes`',
            'when you are reached',
            'They wait and are tried again for days; what they tell of is over already.',
          ],
        },
      ],
    },
    heading('ends', 'What ends a token besides'),
    list(
      'a no of another parent who decides too, an answer entered by mistake, a freeze at sixteen where the board chose that',
      'a release that the school takes back, an agreement that ends, an instruction to the holder that ends',
      'a pupil who leaves the school, a guide who is no longer assigned',
      'a supplier or holder that is suspended',
    ),
    heading('had', 'What was handed over before'),
    text(
      'Data that went out before a withdrawal are the receiver’s to erase. The broker makes that a duty with a date, and tells the supplier; the parent sees what was delivered and whether the duty was confirmed.',
    ),
  ],
}
