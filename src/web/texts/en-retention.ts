import { counted } from './counted.ts'
import { ended } from './ended.ts'
import type { Messages } from './shape.ts'

export const retentionEn: Messages['retention'] = {
  nav: 'Retention',
  title: 'How long to keep, and what has to go?',
  intro: 'Has a pupil left school? Then you keep the data no longer than needed. Here you see what may go and what must go.',
  none: 'Nothing has to go now.',
  categories: {
    administration: 'Administration',
    dossier: 'Dossier of the pupil',
    dossier_special: 'Dossier at special education',
  },
  rules: 'The terms',
  rule: (category: string, min: string, max: string) => `${category}: at least ${min} months, at most ${max} months after leaving.`,
  protocol: 'The protocol says so.',
  own: 'The board chose so.',
  change: 'Change this term',
  min: 'At least so many months',
  max: 'At most so many months',
  rangeWrong: 'Fill in two numbers. The second is not smaller than the first.',
  save: 'Save this term',
  saved: 'The term is saved.',
  due: (category: string) => `${category}: what may or must go`,
  line: (name: string, left: string, by: string) => `${name}: left school on ${left}. Gone before ${ended(by)}`,
  must: 'must go',
  may: 'may go',
  how: 'How was it deleted?',
  howHint: 'For example: removed from the school system, paper destroyed. This is your proof. Write no names.',
  howWrong: 'Write down how it was deleted.',
  who: 'Of whom?',
  whoWrong: 'Tick of whom it was deleted.',
  here: 'With the administration this site too deletes what it has about these pupils. That cannot be undone.',
  done: 'This was deleted',
  recorded: 'Recorded. The proof stands in the ledger.',
  before: 'What was deleted already',
  deleted: (category: string, count: string, day: string, name: string) =>
    `${category}, of ${counted('en', count, { one: '# pupil', other: '# pupils' })}, on ${day} by ${ended(name)}`,
  more: (count: string) => `And ${count} more. You see those after these.`,
}
