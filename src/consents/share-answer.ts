import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type ConsentId, newId, type ShareId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { heldConsent } from './answer.ts'
import { giveReceiptOn } from './give-receipts.ts'

/**
 * A pupil who answers alone lets their parents see what they answered to one question, or no longer does. What the
 * parents may do does not change by it. Said again, it changes nothing.
 *
 * @param language of the page, for the receipt
 * @throws Refusal `consent_not_found` also for anybody but the pupil, and for a question that the pupil did not answer
 */
export async function shareAnswer(
  deps: Deps,
  actor: PersonActor,
  { consentId, shared, language = 'nl' }: { consentId: ConsentId; shared: boolean; language?: Language },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const consent = await heldConsent(tx, boardId, consentId)
    const { approach, question, answers, itemId } = consent
    const { subject } = question
    const answered = answers.some(({ authority, deciderId }) => authority === 'self' && deciderId === personId)
    if (subject.personId !== personId || subject.kind !== 'pupil' || !answered) throw new Refusal('not_your_consent')
    const open = await tx
      .selectFrom('answer_shares')
      .select('share_id')
      .where('board_id', '=', boardId)
      .where('consent_id', '=', consentId) // answer_shares_one_open
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if ((open !== undefined) === shared) return
    const shareId = open?.share_id ?? newId<ShareId>(at)
    if (shared) {
      await tx
        .insertInto('answer_shares')
        .values({ board_id: boardId, share_id: shareId, approach, consent_id: consentId, shared_by: personId, shared_at: at })
        .execute()
    } else {
      await tx
        .updateTable('answer_shares')
        .set({ ended_at: at })
        .where('board_id', '=', boardId)
        .where('share_id', '=', shareId) // answer_shares_pkey
        .execute()
    }
    const kind = shared ? 'shared' : 'unshared'
    await giveReceiptOn(tx, deps, at, personId, consent, { act: { kind }, method: 'web', language })
    const event = shared ? 'answer_shared' : 'answer_unshared'
    await append(tx, { boardId, approach, at, event, actor: `person:${personId}`, ref: consentId, facts: { shareId, itemId } })
  })
}
