import { allGoodUntil } from '../catalog/certificates.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import { addDays, amsterdamDay } from '../clock.ts'
import { REVIEW_DAYS } from './attention.ts'

/** The leaflet's sections by the model's Annex 1. */
export const SECTIONS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const
export type Section = (typeof SECTIONS)[number]

/** What the school looks at in a section: `complete`, `none` where the supplier says there is nothing, `look` where it is thin or old. */
export type SectionState = 'complete' | 'none' | 'look'

/** Too short to explain anything to a parent (A05). */
const FEWEST_LETTERS = 20

/**
 * How complete a leaflet is, section by section (C05). That nothing is missing was checked when it was published; this is what a
 * reader at the school should look at before saying yes; a certificate that is over, at E (M13).
 */
export function completenessOf(content: LeafletContent, at: Date): Record<Section, SectionState> {
  const { general, parts, purposes, data, security, subprocessors, contact, changed } = content
  const goodUntil = allGoodUntil(security.certificates)
  const areOver = goodUntil !== undefined && goodUntil < amsterdamDay(at)
  const says = (...texts: string[]): SectionState => (texts.every((text) => text.trim().length >= FEWEST_LETTERS) ? 'complete' : 'look')
  return {
    A: says(general.explanation),
    B: says(...parts.map(({ explanation }) => explanation)),
    C: says(purposes.plain),
    D: data.categories.every(({ why }) => why.trim() !== '') ? 'complete' : 'look',
    E: security.certificates.length === 0 || areOver ? 'look' : says(security.measures),
    F: subprocessors.length === 0 ? 'none' : 'complete',
    G: contact.email ? 'complete' : 'look',
    H: addDays(changed, REVIEW_DAYS) < amsterdamDay(at) ? 'look' : 'complete',
  }
}
