import type { LeafletSectionName } from '../../../catalog/leaflet.ts'

/** How one thing in a section is typed. */
type Kind = 'line' | 'long' | 'lines' | 'countries' | 'country' | 'email' | 'url' | 'day' | 'tick'

export interface SectionField {
  name: string
  kind: Kind
}

export interface SectionFields {
  fields: readonly SectionField[]
  /** What comes several times: each row is filled in or left empty. */
  rows?: readonly (SectionField | { name: 'category' | 'use'; kind: 'choice' })[]
}

const field = (name: string, kind: Kind = 'line') => ({ name, kind })

/** What each section of a leaflet asks for, in the order of the model's Annex 1. */
export const SECTION_FIELDS: Record<LeafletSectionName, SectionFields> = {
  general: {
    fields: [
      field('product'),
      field('processor'),
      field('explanation', 'long'),
      field('link', 'url'),
      field('audience', 'lines'),
      field('users', 'lines'),
    ],
  },
  parts: { fields: [], rows: [field('name'), field('explanation', 'long'), field('optional', 'tick')] },
  purposes: {
    fields: [
      field('plain', 'long'),
      ...(['question', 'institution', 'researcher', 'rules'] as const).map((name) => field(name)),
      field('anonymisation', 'long'),
    ],
  },
  data: {
    fields: [field('incidental', 'lines'), field('profile', 'tick'), field('automatedDecision', 'tick')],
    rows: [{ name: 'category', kind: 'choice' }, { name: 'use', kind: 'choice' }, field('why', 'long')],
  },
  security: { fields: [field('measures', 'long'), field('certificates', 'lines'), field('storageCountries', 'countries')] },
  subprocessors: { fields: [field('none', 'tick')], rows: [field('name'), field('task'), field('country', 'country')] },
  contact: { fields: [field('name'), field('email', 'email')] },
  changed: { fields: [field('changed', 'day')] },
}

/** Most rows of a section. */
export const MOST_ROWS = 40

/** How many empty rows stand below those that are filled in. */
export const EMPTY_ROWS = 2
