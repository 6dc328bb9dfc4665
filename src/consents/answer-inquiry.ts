import type { PersonActor } from '../actors.ts'
import { plainText } from '../catalog/plain-text.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { InquiryId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { mustHold } from '../people/mandates.ts'
import { familyOf, isSameHuman } from '../people/same-human.ts'
import { currentTenure } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { tell } from './notices.ts'
import { consentSeenBy } from './questions.ts'
import { consentById } from './store.ts'

export const inquiryAnswer = plainText(2000)

/**
 * Staff answer what a parent asked about a question. Whoever asked is mailed that there is an answer, if they still have a
 * say: a former guardian is told nothing new. Nobody answers for the school about their own family.
 *
 * @throws Refusal `mandate_missing`, `not_allowed`, `input_invalid`
 * @throws Refusal `inquiry_not_found` also when it was answered or erased before
 */
export async function answerInquiry(
  deps: Deps,
  actor: PersonActor,
  { inquiryId, answer }: { inquiryId: InquiryId; answer: string },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  const text = inquiryAnswer.safeParse(answer)
  if (!text.success) throw new Refusal('input_invalid', { errors: [{ field: 'answer', reason: 'is not plain text' }] })
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const answered = await tx
      .updateTable('inquiries')
      .set({ answered_at: at, answered_by: personId, answer: text.data })
      .where('board_id', '=', boardId)
      .where('inquiry_id', '=', inquiryId) // inquiries_pkey
      .where('answered_at', 'is', null)
      .where('erased_at', 'is', null)
      .returning(['consent_id', 'asked_by'])
      .executeTakeFirst()
    const consent = answered && (await consentById(tx, boardId, answered.consent_id))
    if (!answered || !consent) throw new Refusal('inquiry_not_found')
    const { subject } = consent.question
    const tenure = await currentTenure(tx, boardId, subject.personId, at)
    await mustHold(tx, actor, ['consent_officer', 'school_leader'], at, tenure?.schoolId ?? undefined)
    if (await isSameHuman(tx, actor, answered.asked_by, ...familyOf(subject))) throw new Refusal('not_allowed')
    const seen = await consentSeenBy(tx, boardId, consent.consentId, answered.asked_by, at)
    if (seen) await tell(tx, deps, at, boardId, [answered.asked_by], 'inquiry_answered', `/questions/${consent.consentId}`)
    const words = await commitment(tx, boardId, subject.personId, text.data)
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'inquiry_answered',
      actor: `person:${personId}`,
      ref: consent.consentId,
      facts: { inquiryId, words },
    })
  })
}
