import type { Tx } from '../database.ts'
import type { BoardId, ConsentId } from '../ids.ts'
import { type ConsentState, objectionHolds, stateOf } from './consent.ts'
import { type AskedItem, consentsById } from './store.ts'

/** What a grant reads of a consent at a moment. */
export interface ConsentFacts extends AskedItem {
  state: ConsentState
  objection: 'none' | 'pending' | 'granted' | 'rejected'
  /**
   * What the consent by itself lets go out: the yes that stands, or on another basis the board's instruction while no
   * objection keeps it back. Null is nothing. Never more than the item asked, nor beyond its end.
   */
  gives: { datatypes: string[]; from: Date; until: Date } | null
}

/**
 * The consents as they stand at `at`, derived from what is in the database now: nothing of it is stored. Locks nothing: who
 * mints holds the rows first and asks this in a later statement (design §5).
 */
export async function consentFacts(
  tx: Tx,
  boardId: BoardId,
  consentIds: readonly ConsentId[],
  at: Date,
): Promise<Map<ConsentId, ConsentFacts>> {
  const consents = await consentsById(tx, boardId, consentIds)
  return new Map([...consents].map(([id, consent]) => [id, factsOf(consent, at)]))
}

export function factsOf(consent: AskedItem, at: Date): ConsentFacts {
  const state = stateOf(consent, at)
  const objection = objectionHolds(consent)
  return { ...consent, state, objection, gives: givesIn(consent, state, objection) }
}

function givesIn({ item }: AskedItem, state: ConsentState, objection: ConsentFacts['objection']): ConsentFacts['gives'] {
  if (state.state === 'given') return { datatypes: state.datatypes, from: item.startsAt, until: state.until }
  if (state.state !== 'informed' || objection === 'pending' || objection === 'granted') return null
  return { datatypes: item.datatypes, from: item.startsAt, until: item.endsAt }
}
