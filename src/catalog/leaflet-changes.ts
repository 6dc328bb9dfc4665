import { canonical } from '../canonical.ts'
import type { LeafletContent } from './leaflet.ts'

export type LeafletSection = 'general' | 'parts' | 'purposes' | 'data' | 'security' | 'subprocessors' | 'contact'

export interface LeafletChange {
  section: LeafletSection
  /** Where in the section, or which entry of it. */
  what: string
  kind: 'added' | 'removed' | 'changed'
  /** Whether somebody who said yes to the old version should be asked again (M26). */
  asksAgain: boolean
}

/** What a reader may do without being asked again: links, measures, certificates and whom to write to. */
const FORMALITIES: readonly string[] = ['general.link', 'security.measures', 'security.certificates', 'contact.name', 'contact.email']

const listed: { section: LeafletSection; entries: (content: LeafletContent) => Map<string, unknown> }[] = [
  { section: 'parts', entries: ({ parts }) => new Map(parts.map((part) => [part.partId, part])) },
  { section: 'purposes', entries: ({ purposes }) => new Map(purposes.purposes.map((id) => [id, id])) },
  { section: 'data', entries: ({ data }) => new Map(data.categories.map((use) => [use.category, use])) },
  { section: 'data', entries: ({ data }) => new Map(data.optional.map((use) => [`optional ${use.category}`, use])) },
  { section: 'data', entries: ({ data }) => new Map(data.incidental.map((what) => [`incidental ${what}`, what])) },
  { section: 'security', entries: ({ security }) => new Map(security.storageCountries.map((country) => [country, country])) },
  { section: 'subprocessors', entries: ({ subprocessors }) => new Map(subprocessors.map((who) => [who.name, who])) },
]

const single: { section: LeafletSection; fields: (content: LeafletContent) => Record<string, unknown> }[] = [
  { section: 'general', fields: ({ general }) => general },
  {
    section: 'purposes',
    fields: ({ purposes: { plain, research, anonymisation } }) => ({
      plain,
      research: research ?? null,
      anonymisation: anonymisation ?? null,
    }),
  },
  { section: 'data', fields: ({ data }) => ({ profile: data.profile, automatedDecision: data.automatedDecision }) },
  { section: 'security', fields: ({ security }) => ({ measures: security.measures, certificates: security.certificates }) },
  { section: 'contact', fields: ({ contact }) => contact },
]

/**
 * How a new leaflet version differs from an old one, for the school to read before it accepts (M26). What only takes
 * away, or is a formality, needs no new answers; whatever adds to or rewords what people said yes to does.
 */
export function leafletChanges(old: LeafletContent, next: LeafletContent): LeafletChange[] {
  const changes: LeafletChange[] = []
  for (const { section, entries } of listed) {
    const [before, after] = [entries(old), entries(next)]
    for (const what of new Set([...before.keys(), ...after.keys()])) {
      if (!after.has(what)) changes.push({ section, what, kind: 'removed', asksAgain: false })
      else if (!before.has(what)) changes.push({ section, what, kind: 'added', asksAgain: true })
      else if (canonical(before.get(what)) !== canonical(after.get(what))) changes.push({ section, what, kind: 'changed', asksAgain: true })
    }
  }
  for (const { section, fields } of single) {
    const before = fields(old)
    for (const [what, value] of Object.entries(fields(next))) {
      if (canonical(before[what]) === canonical(value)) continue
      const turnedOff = before[what] === true && value === false
      changes.push({ section, what, kind: 'changed', asksAgain: !turnedOff && !FORMALITIES.includes(`${section}.${what}`) })
    }
  }
  return changes
}

/** What a version says at a place among its purposes that a change names; undefined for a purpose of the list. */
export function saidOfPurposes({ purposes }: LeafletContent, what: string): string | undefined {
  if (what === 'plain' || what === 'anonymisation') return purposes[what] ?? ''
  if (what === 'research') return Object.values(purposes.research ?? {}).join(', ')
  return undefined
}

export function asksAgain(old: LeafletContent, next: LeafletContent): boolean {
  return leafletChanges(old, next).some((change) => change.asksAgain)
}
