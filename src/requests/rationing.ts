import type { HolderId, SupplierId } from '../ids.ts'

/** After a no the same may not be asked again for this long, in whatever words. */
export const COOL_DOWN_DAYS = 90

/** A supplier has at most this many requests waiting at one school before the school has looked at any. */
export const MOST_WAITING = 100

/** What an ask means, whatever its words, period, service or leaflet version. */
export interface AskedMeaning {
  supplierId: SupplierId
  holderId: HolderId
  purpose: string
  datatypes: readonly string[]
}

/** The same supplier wants some of the same data of the same holder for the same purpose. */
function sameMeaning(one: AskedMeaning, other: AskedMeaning): boolean {
  return (
    one.supplierId === other.supplierId &&
    one.holderId === other.holderId &&
    one.purpose === other.purpose &&
    one.datatypes.some((datatype) => other.datatypes.includes(datatype))
  )
}

/** An earlier ask about the same subject, as far as it bears on whether to ask again. */
export type EarlierAsk = AskedMeaning & ({ was: 'open' } | { was: 'refused'; at: Date })

/**
 * Whether a subject may be asked this, given what was asked about them before (design §6, D01: no chasing after a no):
 * one open ask per supplier, subject and meaning, and a rest after a refusal.
 */
export function mayAsk(ask: AskedMeaning, earlier: readonly EarlierAsk[], at: Date): 'yes' | 'open' | 'cooling_down' {
  const same = earlier.filter((one) => sameMeaning(one, ask))
  if (same.some((one) => one.was === 'refused' && at < restEnds(one.at))) return 'cooling_down'
  return same.some(({ was }) => was === 'open') ? 'open' : 'yes'
}

/** When the rest after a no at `refusedAt` is over. */
export function restEnds(refusedAt: Date): Date {
  return new Date(refusedAt.getTime() + COOL_DOWN_DAYS * 86_400_000)
}
