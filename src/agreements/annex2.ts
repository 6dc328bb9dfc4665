import { ARRANGED, MEASURES, REPORTS } from '../messages/contracts.ts'
import type { Agreement } from './agreement.ts'

/** As the model's Annex 2 asks: the norm goes with protection, then reports and what happens at a leak. */
const ORDER: readonly string[] = [
  MEASURES.authorised,
  MEASURES.protection,
  ARRANGED.norm,
  MEASURES.weaknesses,
  MEASURES.policy,
  REPORTS,
  ARRANGED.leaks,
  ARRANGED.secrecy,
  ARRANGED.dpia,
]

/** What Annex 2 of an agreement says, in the model's order (M11); what the model does not name comes after, by name. */
export function annex2Of({ security }: Pick<Agreement, 'security'>): { what: string; measure: string }[] {
  const named = ORDER.filter((what) => security[what] !== undefined)
  const others = Object.keys(security).filter((what) => !ORDER.includes(what))
  return [...named, ...others.toSorted()].map((what) => ({ what, measure: String(security[what]) }))
}
