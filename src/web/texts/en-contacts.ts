import type { Messages } from './shape.ts'

export const contactsEn: Messages['contacts'] = {
  nav: 'Whom to call',
  title: 'Whom can you call?',
  intro: 'Look for a pupil by name or group. You see how to reach the parents, and nothing else.',
  find: 'Name or group of the pupil',
  look: 'Look',
  none: 'Nobody was found.',
  most: 'There are more. Look with another word.',
  nobody: 'We do not know whom to call about this pupil.',
  themselves: 'The pupil',
  unknown: 'no number and no e-mail address known',
}
