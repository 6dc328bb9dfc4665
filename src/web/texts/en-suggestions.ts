import { ended } from './ended.ts'
import type { Messages } from './shape.ts'

export const suggestionsEn: Messages['suggestions'] = {
  nav: 'Tips for parents',
  title: 'Point parents to a service',
  intro: 'You point parents to a service that they can choose themselves. You ask nothing. You do not hear who does something with it.',
  none: 'You point parents to nothing now.',
  one: (service: string, company: string) => `${service}, by ${company}`,
  oneFrom: (service: string, company: string, age: string) => `${service}, by ${company} (from ${age} years)`,
  until: (day: string) => `Shown up to and including ${ended(day)}`,
  forGroups: (groups: string) => `For ${ended(groups)}`,
  over: 'Over',
  end: 'Take this tip away',
  ended: 'The tip is gone.',
  made: 'Parents now see this tip as news on their first page. After that it stands with their link codes.',
  make: 'New tip',
  noServices: 'There is no service that parents can choose themselves.',
  service: 'Which service?',
  groups: 'For which groups?',
  groupsWrong: 'Tick for which groups.',
  words: 'Why do you point to this?',
  wordsHint: 'Parents read this. Do not advertise, and name no children.',
  wordsWrong: 'Write down why you point to this. Advertising is not allowed.',
  day: 'Up to and including which day?',
  dayWrong: 'Choose a day that is still to come.',
  send: 'Show this to parents',
  noGroupName: 'without a group',
}
