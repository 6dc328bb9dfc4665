import { ended } from './ended.ts'
import type { Messages } from './shape.ts'

export const dataSetsEn: Messages['dataSets'] = {
  title: 'Which data do you offer?',
  intro: 'Each data set has a name for programs and one for people. Nothing of it goes out before a board instructs you.',
  open: 'Add or change data sets',
  back: 'Back to your holder',
  is: (category: string) => `Kind: ${ended(category)}`,
  readAt: (address: string) => `Address: ${address}`,
  change: 'Change',
  changeButton: 'Save',
  add: 'Add a data set',
  addButton: 'Add',
  done: { added: 'The data set was added. A board can instruct you now.', changed: 'The change was saved.' },
  datatype: 'Name for programs (datatype)',
  datatypeHint: 'Small letters, digits and dashes, such as arithmetic-results. It never changes.',
  category: 'What kind of data are they?',
  categoryHint: 'It decides how sensitive they are, and never changes.',
  nameNl: 'Name for parents, in Dutch',
  nameEn: 'Name for parents, in English',
  path: 'Where are they below your address?',
  pathHint: 'Empty: at the name for programs. Else v2/results, for instance.',
  wrong: {
    datatype: 'Begin with a small letter. Use small letters, digits and dashes: 3 to 61 of them.',
    category: 'Choose what kind of data they are.',
    nameNl: 'Enter a Dutch name.',
    nameEn: 'Enter an English name.',
    path: 'This is no path below your address. Begin without a slash, and use no question mark or two dots in a row.',
    known: 'This name is there already.',
    instructed: 'A board instructed you under this name. It stays, because parents said yes or no to it. You can change the path.',
  },
}
