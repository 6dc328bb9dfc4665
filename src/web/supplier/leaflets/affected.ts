import { sha256 } from '../../../canonical.ts'
import type { LeafletEffect } from '../../../consents/leaflet-effects.ts'

/** What a page showed of what would change for whom, as its form brings it back: short enough for every board in the country. */
export interface Affected {
  /** Of all that the page said. */
  whole: string
  /** By agreement, of what the page said of it: to show a second time what is otherwise. */
  each: Map<string, string>
}

const DIGITS = 6
const printOf = (value: unknown, digits = DIGITS) => sha256(value).toString('hex').slice(0, digits)

export function affectedBy(effects: readonly LeafletEffect[]): Affected {
  return { whole: printOf(effects, 64), each: new Map(effects.map((effect) => [printOf(effect.agreementId), printOf(effect)])) }
}

export function writtenAs({ whole, each }: Affected): string {
  return `${whole}.${[...each].flat().join('')}`
}

/** What `writtenAs` wrote. It comes from a form, and is only compared. */
export function affectedIn(written: string): Affected {
  const [whole = '', rest = ''] = written.split('.')
  const pairs = rest.match(new RegExp(`.{${2 * DIGITS}}`, 'g')) ?? []
  return { whole, each: new Map(pairs.map((pair) => [pair.slice(0, DIGITS), pair.slice(DIGITS)])) }
}

/** How what would change at a board differs from what was seen: it was not there, or was otherwise. */
export function sinceSeen({ each }: Affected, effect: LeafletEffect): 'new' | 'other' | undefined {
  const seen = each.get(printOf(effect.agreementId))
  if (seen === undefined) return 'new'
  return seen === printOf(effect) ? undefined : 'other'
}

/** Of how many agreements that were seen nothing would change any more. */
export function goneSinceSeen({ each }: Affected, effects: readonly LeafletEffect[]): number {
  const now = new Set(effects.map(({ agreementId }) => printOf(agreementId)))
  return [...each.keys()].filter((agreement) => !now.has(agreement)).length
}
