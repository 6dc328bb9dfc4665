import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ConsentId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { settle } from './aftermath.ts'
import { heldConsent, mustRecordFor } from './answer.ts'
import { askConsents } from './ask.ts'
import { mayInvalidate } from './consent.ts'
import { endConsent } from './end.ts'
import { followRequests } from './follow-requests.ts'
import { tellDeciders } from './notices.ts'

/**
 * Staff end a consent that was entered by mistake; the question is asked anew, since nobody has really answered it. Not a
 * withdrawal: that is the decider's.
 *
 * @param because why, in words; kept as a commitment only
 * @returns the consent that takes its place
 * @throws Refusal `consent_not_found`, `consent_ended`, `consent_not_given` when nothing was answered, `mandate_missing`,
 *   `not_allowed` about a colleague
 */
export async function invalidateConsent(
  deps: Deps,
  actor: PersonActor,
  { consentId, because }: { consentId: ConsentId; because: string },
): Promise<{ consentId: ConsentId }> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const before = await heldConsent(tx, boardId, consentId)
    const subjectId = before.question.subject.personId
    await mustRecordFor(tx, actor, before, subjectId, at)
    mayInvalidate(before, at)
    const after = await endConsent(tx, at, before, 'invalidated', `person:${personId}`)
    const [anew] = await askConsents(tx, at, before.item, [subjectId])
    if (!anew) throw new Error(`consent ${consentId} has an open twin`)
    const joined = await followRequests(tx, at, before, anew.consentId, `person:${personId}`)
    const why = await commitment(tx, boardId, subjectId, because)
    await tellDeciders(tx, deps, at, boardId, [subjectId])
    const aftermath = await settle(tx, at, boardId, 'consent_invalidated', [{ before, after }])
    await append(
      tx,
      {
        boardId,
        approach: before.approach,
        at,
        event: 'consent_invalidated',
        actor: `person:${personId}`,
        ref: consentId,
        facts: { itemId: before.itemId, subjectId, because: why, askedAnew: anew.consentId, ...aftermath },
      },
      ...joined,
    )
    return { consentId: anew.consentId }
  })
}
