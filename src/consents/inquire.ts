import type { PersonActor } from '../actors.ts'
import { plainText } from '../catalog/plain-text.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type ConsentId, type InquiryId, newId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { withinRate } from '../rates.ts'
import { Refusal } from '../refusal.ts'
import { consentSeenBy } from './questions.ts'

/** Enough for a family with many questions; a desk is not flooded by one account. */
const PER_DAY = { most: 10, seconds: 86_400 }

export const inquiryText = plainText(1000)

/**
 * Asks the school something about a question before answering it. It goes to the desk of the school and decides nothing. The
 * words are the asker's: the ledger has a commitment of them.
 *
 * @throws Refusal `consent_not_found` also for one that is not theirs to see
 * @throws Refusal `not_allowed` for a question that did not come by way of the school: the school is not to learn of it
 * @throws Refusal `too_many_requests` by account, `input_invalid`
 */
export async function inquire(
  deps: Deps,
  actor: PersonActor,
  { consentId, question }: { consentId: ConsentId; question: string },
): Promise<{ inquiryId: InquiryId }> {
  const at = deps.now()
  const { accountId, boardId, personId } = actor
  const text = inquiryText.safeParse(question)
  if (!text.success) throw new Refusal('input_invalid', { errors: [{ field: 'question', reason: 'is not plain text' }] })
  if (!(await withinRate(deps.db, at, `inquiry:${accountId}`, PER_DAY))) throw new Refusal('too_many_requests')
  const inquiryId = newId<InquiryId>(at)
  await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const consent = await consentSeenBy(tx, boardId, consentId, personId, at)
    if (!consent) throw new Refusal('consent_not_found')
    if (consent.approach !== 'organisation') throw new Refusal('not_allowed')
    await tx
      .insertInto('inquiries')
      .values({
        board_id: boardId,
        inquiry_id: inquiryId,
        consent_id: consentId,
        asked_by: personId,
        asked_at: at,
        question: text.data,
      })
      .execute()
    const { subjectId, itemId } = consent
    const words = await commitment(tx, boardId, subjectId, text.data)
    const facts = { inquiryId, itemId, subjectId, words }
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'inquiry_made',
      actor: `person:${personId}`,
      ref: consentId,
      facts,
    })
  })
  return { inquiryId }
}
