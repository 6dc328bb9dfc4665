import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { mustBeFresh } from '../fresh-sign-in.ts'
import type { ConsentId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { settle } from './aftermath.ts'
import { heldConsent, nextRevision } from './answer.ts'
import { type Consent, type ConsentState, mustBeOpen, mustDecide, stateOf } from './consent.ts'
import { giveReceiptOn } from './give-receipts.ts'
import { latestPerDecider } from './outcome.ts'
import { isVerySensitive, questionText } from './shown-text.ts'

/**
 * Takes one's own latest answer back, as if it had not been given: what was answered before it counts again, or nothing.
 * For a slip of the thumb, so only what was given on the web since this visit began. What leaned on the answer
 * ends in this transaction, as with every other act that gives less.
 *
 * @param language of the page, for the receipt
 * @param since when this visit began (`begunAt` of the session): older answers are changed by answering again, or stopped
 * @throws Refusal `consent_not_found` also for one that is not theirs, `may_stop_not_give`, `consent_ended`
 * @throws Refusal `sign_in_again` where an earlier yes about very sensitive data would count again, without a fresh sign-in
 * @throws Refusal `undo_too_late` when there is no such answer, or it was taken back already
 */
export async function undoAnswer(
  deps: Deps,
  actor: PersonActor,
  { consentId, since, language = 'nl' }: { consentId: ConsentId; since: Date; language?: Language },
): Promise<ConsentState> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const before = await heldConsent(tx, boardId, consentId)
    mustDecide(before, personId, at)
    mustBeOpen(before, at)
    const mine = latestPerDecider(before.answers).find(({ deciderId }) => deciderId === personId)
    if (!mine || mine.answeredAt < since) throw new Refusal('undo_too_late')
    const undone = await tx
      .updateTable('answers')
      .set({ undone_at: at, undone_revision: before.revision + 1 })
      .where('board_id', '=', boardId)
      .where('consent_id', '=', consentId)
      .where('revision', '=', mine.revision) // answers_one_per_revision
      .where('recorded_by', 'is', null)
      .where('undone_at', 'is', null)
      .returning('answer_id')
      .executeTakeFirst()
    if (!undone) throw new Refusal('undo_too_late')
    const revision = await nextRevision(tx, before)
    const after = { ...before, revision, answers: before.answers.filter((answer) => answer !== mine) }
    await mustBeFreshToGive(tx, actor, after, at)
    await giveReceiptOn(tx, deps, at, personId, before, { act: { kind: 'undone' }, method: 'web', language })
    const aftermath = await settle(tx, at, boardId, 'answer_undone', [{ before, after }])
    const state = stateOf(after, at)
    await append(tx, {
      boardId,
      approach: before.approach,
      at,
      event: 'answer_undone',
      actor: `person:${personId}`,
      ref: consentId,
      facts: {
        answerId: undone.answer_id,
        itemId: before.itemId,
        subjectId: before.question.subject.personId,
        revision,
        state: state.state,
        ...aftermath,
      },
    })
    return state
  })
}

/** Where a yes counts again that was given before, that is giving, and as with every yes about very sensitive data it takes a fresh sign-in. */
async function mustBeFreshToGive(tx: Tx, actor: PersonActor, { boardId, consentId, answers }: Consent, at: Date): Promise<void> {
  const again = latestPerDecider(answers).find(({ deciderId }) => deciderId === actor.personId)
  if (again?.answer !== 'yes') return
  const shown = await questionText(tx, boardId, consentId, 'nl')
  if (shown && isVerySensitive(shown.question, again.datatypes)) mustBeFresh(actor, at)
}
