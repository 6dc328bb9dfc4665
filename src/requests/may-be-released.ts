import { factsOf } from '../consents/facts.ts'
import type { AskedItem } from '../consents/store.ts'

/**
 * Whether a consent carries a release at `at` (K09, step 3 before step 4): it lets go out some of what the request is for.
 *
 * Looks at the consent alone. Whether a grant stands is asked again, with everything else, at each redemption.
 */
export function mayBeReleased(consent: AskedItem, datatypes: readonly string[], at: Date): boolean {
  return factsOf(consent, at).gives?.datatypes.some((datatype) => datatypes.includes(datatype)) ?? false
}

/** Whether a consent that does not carry a release now may still come to: it has not ended. */
export function mayStillBeReleased(consent: AskedItem, at: Date): boolean {
  const { state } = factsOf(consent, at).state
  return state !== 'withdrawn' && state !== 'invalidated' && state !== 'lapsed' && state !== 'expired'
}
