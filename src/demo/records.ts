import { createHash } from 'node:crypto'

/** One line of what a holder has about somebody: the day it is of, and whatever it says. */
export interface HeldRecord {
  day: string
  [what: string]: string | number | boolean
}

/** A pupil's pseudonym in the chain of learning materials, of the pilot's form: no number of the real world. */
export const eckId = (name: string) => `https://ketenid.nl/pilot/${createHash('sha512').update(name).digest('hex')}`

/** What the publisher holds, by data set and by the ECK iD of the pupil. */
export const publisherRecords: Record<string, Record<string, HeldRecord[]>> = {
  'arithmetic-results': {
    [eckId('fatima')]: [
      { day: '2026-09-08', exercise: 'tafels van 6 tot 9', right: 11, of: 20, minutes: 24 },
      { day: '2026-10-06', exercise: 'optellen over het tiental', right: 9, of: 15, minutes: 21 },
      { day: '2026-11-10', exercise: 'klokkijken', right: 6, of: 12, minutes: 26 },
    ],
    [eckId('ali')]: [{ day: '2026-10-14', exercise: 'breuken', right: 17, of: 20, minutes: 15 }],
    [eckId('daan')]: [{ day: '2026-11-03', exercise: 'tafels van 6 tot 9', right: 15, of: 20, minutes: 18 }],
  },
  'practice-time': {
    [eckId('fatima')]: [
      { day: '2026-11-09', minutes: 35 },
      { day: '2026-11-10', minutes: 26 },
    ],
  },
}

/** What the administration supplier holds: of staff by personnel number, of pupils by ECK iD. */
export const administrationRecords: Record<string, Record<string, HeldRecord[]>> = {
  'staff-productivity': {
    'staff-sara': [
      { day: '2026-09-30', registrations: 143, letters: 61, calls: 212 },
      { day: '2026-10-31', registrations: 158, letters: 70, calls: 240 },
    ],
  },
  'support-needs': {
    [eckId('ali')]: [
      { day: '2026-10-02', need: 'rustige werkplek bij toetsen', since: 'groep 7' },
      { day: '2026-10-02', need: 'extra uitleg in kleine groep, tweemaal per week', since: 'groep 8' },
    ],
  },
}
