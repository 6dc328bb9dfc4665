import { ended } from './ended.ts'
import type { Messages } from './shape.ts'

export const hostedEn: Messages['hosted'] = {
  nav: 'Files',
  title: 'Files',
  intro:
    'You may see data about these people: a school released them, or they said yes to you themselves. Whoever is assigned to somebody here can see those data on this page.',
  none: 'Nothing was released to you yet, and nobody said yes to you themselves.',
  mineNone: 'Nobody was assigned to you yet. A colleague with the role Contracts does that.',
  toFiles: 'Assign a case worker and see the data',
  reference: (reference: string) => `File ${reference}`,
  assigned: 'Case workers',
  assignedNone: 'Nobody yet',
  assign: (reference: string) => `Assign a case worker to file ${reference}`,
  who: 'Who works with this person?',
  whoHint:
    'Whoever gave consent reads this name, and the school if it went by way of the school. Only colleagues with the role Case worker are listed.',
  whoNone: 'No colleague has the role Case worker yet. An administrator can give it.',
  whoWrong: 'Choose a case worker.',
  assignButton: 'Assign',
  end: (name: string) => `${name} no longer works with this person`,
  open: (reference: string) => `See the data of file ${reference}`,
  done: {
    assigned: 'The case worker was assigned.',
    ended: 'The assignment was ended. The case worker no longer sees the data.',
  },
  lookIntro: 'Each time you look, the data are fetched anew. Whoever gave consent sees that you looked, and when. We do not keep the data.',
  what: (data: string, holder: string) => `At ${holder}: ${data}`,
  until: (day: string) => `You may see this until ${ended(day)}`,
  look: 'Look now',
  lookAgain: 'Look again',
  stopped: 'You cannot see these data now. The consent or release does not hold any more, or not yet. We do not say why.',
  stoppedMore: 'Did you copy any data before? Then erase them. The duty to do so, with a date, stands with your organisation.',
  unreachable: 'The source of the data gives no answer now that we can show. Try again later.',
  over: 'There is nothing to see here now.',
  seenAt: (moment: string) => `Fetched on ${ended(moment)}`,
  empty: 'The source has no data about this person.',
  facts: 'Other data',
  table: 'Data',
  mostRows: 'You see the first 500 rows.',
  back: 'Back to the list',
}
