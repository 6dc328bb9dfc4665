import type { Tx } from '../database.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { personsById } from '../people/store.ts'
import { type Deciders, whoMayAnswer } from '../people/who-may-answer.ts'
import { type ConsentState, stateOf } from './consent.ts'
import type { Item } from './item.ts'
import { type AskedItem, consentsAbout } from './store.ts'

/** One question of a round about one pupil, as the school sees it: whether and what was answered, never why. */
export interface AskedOfPupil {
  consent: AskedItem
  state: ConsentState
}

export interface PupilInRound {
  questions: AskedOfPupil[]
  /** Who may answer now, with how to reach them. */
  deciders: { personId: PersonId; name: string; self: boolean; email: string | null; phone: string | null }[]
  may: Deciders
}

/** What a round asks about one pupil; what has been replaced by a newer question is left out. Does NOT check who asks. */
export async function pupilInRound(
  tx: Tx,
  boardId: BoardId,
  items: readonly Item[],
  pupilId: PersonId,
  at: Date,
): Promise<PupilInRound | undefined> {
  const ofRound = new Set(items.filter(({ legalBasis }) => legalBasis === 'consent').map(({ itemId }) => itemId))
  const about = (await consentsAbout(tx, boardId, [pupilId])).filter(({ itemId }) => ofRound.has(itemId))
  const [first] = about
  if (!first) return undefined
  const newest = new Map(about.map((consent) => [consent.itemId, consent]))
  const may = whoMayAnswer(first.question.subject, at)
  const persons = await personsById(tx, boardId, may.known ? may.deciders.map(({ personId }) => personId) : [])
  return {
    questions: items.flatMap(({ itemId }) => newest.get(itemId) ?? []).map((consent) => ({ consent, state: stateOf(consent, at) })),
    may,
    deciders: [...persons.values()].map(({ personId, givenName, familyName, email, phone }) => ({
      personId,
      name: `${givenName} ${familyName}`,
      self: personId === pupilId,
      email,
      phone,
    })),
  }
}
