/** How sensitive data are (P36): public, sensitive or very sensitive. */
export type Sensitivity = 'public' | 'sensitive' | 'very_sensitive'

export interface Category {
  class: Sensitivity
  /** Special-category data (GDPR art. 9): explicit wording, neutral mails, stricter access (C25). */
  special: boolean
  /** Recorded along the way rather than on purpose (*bijkomend geregistreerd*, K29). */
  incidental: boolean
  nl: string
  en: string
}

const category = (sensitivity: Sensitivity, nl: string, en: string, more: { special?: true; incidental?: true } = {}): Category => ({
  class: sensitivity,
  special: more.special ?? false,
  incidental: more.incidental ?? false,
  nl,
  en,
})

/** The closed list of data categories, with the words a parent reads (B1). */
export const CATEGORIES = {
  name: category('sensitive', 'naam', 'name'),
  contact: category('sensitive', 'adres, telefoon en e-mail', 'address, phone and e-mail'),
  'eck-id': category('sensitive', 'schoolnummer voor leermiddelen (ECK iD)', 'school number for learning material (ECK iD)'),
  'birth-date': category('sensitive', 'geboortedatum', 'date of birth'),
  group: category('sensitive', 'groep of klas', 'group or class'),
  'learning-results': category('sensitive', 'resultaten van toetsen en oefeningen', 'results of tests and exercises'),
  'learning-behaviour': category('sensitive', 'hoe iemand leert en vooruitgaat', 'how somebody learns and makes progress'),
  'usage-data': category('sensitive', 'wanneer, waar en waarmee iemand werkt', 'when, where and on what device somebody works', {
    incidental: true,
  }),
  medical: category('very_sensitive', 'gegevens over gezondheid', 'health data', { special: true }),
  'support-needs': category('very_sensitive', 'welke extra hulp nodig is', 'what extra support is needed', { special: true }),
  images: category('sensitive', 'foto, film en geluid', 'photos, film and sound'),
  'guardian-data': category('sensitive', 'gegevens van ouders en verzorgers', 'data of parents and carers'),
  finance: category('very_sensitive', 'gegevens over geld en betalingen', 'data about money and payments'),
  'employee-data': category('sensitive', 'gegevens over het werk van medewerkers', 'data about the work of staff'),
} as const satisfies Record<string, Category>

export type CategoryId = keyof typeof CATEGORIES

export function isCategory(id: string): id is CategoryId {
  return Object.hasOwn(CATEGORIES, id)
}
