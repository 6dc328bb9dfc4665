import { noLongerAsked } from '../consents/asked-of.ts'
import { factsOf } from '../consents/facts.ts'
import { tellDeciders } from '../consents/notices.ts'
import { type AskedItem, consentsAbout } from '../consents/store.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId } from '../ids.ts'
import type { Beside } from '../people/beside.ts'
import { bySubject } from './what-stops.ts'

/**
 * Beside what staff record by hand about somebody (that they left, that who stood for them lost their say): finds what is not
 * shared any more by it and tells the family, who alone hear of what they shared directly. The act works as a `job`.
 *
 * @returns how many things stopped that went by way of the school, of a pupil, once the act is done
 */
export function stopsByHand(deps: Deps, boardId: BoardId, subjectId: PersonId): { beside: Beside; stopped: () => number } {
  let giving: AskedItem[] = []
  let stopped = 0
  return {
    beside: {
      before: async (tx, at) => {
        giving = await givingAbout(tx, boardId, subjectId, at)
      },
      after: async (tx, at) => {
        const still = new Set((await givingAbout(tx, boardId, subjectId, at)).map(({ consentId }) => consentId))
        const gone = giving.filter(({ consentId }) => !still.has(consentId))
        stopped = bySubject(gone).reduce((sum, { uses }) => sum + uses, 0)
        if (gone.length > 0) await tellDeciders(tx, deps, at, boardId, [subjectId], 'stopped', '/consents')
      },
    },
    stopped: () => stopped,
  }
}

/** What is shared about somebody now, as far as the transaction's actor may see. */
export async function givingAbout(tx: Tx, boardId: BoardId, subjectId: PersonId, at: Date): Promise<AskedItem[]> {
  const giving = (await consentsAbout(tx, boardId, [subjectId])).filter((consent) => factsOf(consent, at).gives !== null)
  const ids = giving.map(({ consentId }) => consentId)
  const left = await noLongerAsked(tx, boardId, ids, at)
  return giving.filter(({ consentId }) => !left.has(consentId))
}
