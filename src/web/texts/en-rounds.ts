import { counted } from './counted.ts'
import type { Messages } from './shape.ts'

export const roundEn: Messages['round'] = {
  intro: 'Answer each question by itself. You need not do it all at once. What you send is kept.',
  nothingOpen: 'You have answered everything.',
  open: 'Still to answer',
  done: 'Answered',
  facts: 'Who, what, how long and outside Europe',
  ownPage: 'Read the whole question, or share less',
  same: (name, answer) => `The same as for ${name}: ${answer}`,
  review: 'Look at my answers',
  chooseOne: 'Choose an answer to one question or more.',
  changed: 'This question changed or was stopped. Read it again.',
  sensitive: 'Extra sensitive',
  sensitiveIntro: 'These questions are about extra sensitive data. Read them whole first.',
  ownChoice: 'Choose what you share',
  ownChoiceIntro: 'With these questions you may say what you would rather not share.',
  stayOpen: (count) => `${counted('en', count, { one: '# question stays open.', other: '# questions stay open.' })} You can go on later.`,
  send: 'Send these answers',
  sent: (count) => counted('en', count, { one: 'Sent: # answer.', other: 'Sent: # answers.' }),
  agreement: 'See or print the agreement',
}

export const agreementEn: Messages['agreement'] = {
  title: 'Parent agreement',
  fileName: 'parent-agreement',
  version: (version) => `Version ${version}`,
  versions: 'Older versions',
  old: 'This is an older version. Something changed after it.',
  download: 'Keep as a file',
  back: 'Back to the questions',
  printHint: 'Do you want a PDF? Press print and choose to save as PDF.',
  between: 'Between',
  about: 'About',
  year: 'School year',
  made: 'Made on',
  undertakings: 'What the school promises you',
  always:
    'You can always change or stop any answer.\nSaying no has no consequences for education.\nDoes something new come up? Then the school asks you separately.',
  yours: 'What you answered',
  yoursIntro: 'Only your own answers stand here. Does somebody decide together with you? Then they have an agreement of their own.',
  open: 'Still open',
  until: (day) => `Until and including ${day}.`,
  answered: (day) => `Answered on ${day}.`,
  stopped: 'This was stopped afterwards.',
  hash: (hash) => `Mark of this version: ${hash}`,
}
