import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ConsentId, PersonId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { append } from '../ledger/append.ts'
import { settle } from './aftermath.ts'
import { heldConsent, mustRecordFor } from './answer.ts'
import { mayWithdraw } from './consent.ts'
import { endConsent } from './end.ts'
import { giveReceiptOn } from './give-receipts.ts'
import type { AskedItem } from './store.ts'
import type { AnswerMethod } from './tables.ts'

/**
 * Stops a consent for good, in one action, alone (GDPR art. 7(3), K13). Its tokens end with it in this transaction, and the
 * supplier must erase what it has. Nothing else has to be in order for it: not the supplier, not the contract (INV-17).
 *
 * @param language of the page, for the receipt
 * @throws Refusal `consent_not_found` also for one that is not theirs to stop
 * @throws Refusal `consent_ended`, `consent_not_given` when nobody said yes
 */
export async function withdrawConsent(deps: Deps, actor: PersonActor, consentId: ConsentId, language: Language = 'nl'): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const before = await heldConsent(tx, boardId, consentId)
    mayWithdraw(before, personId, at)
    await withdraw(tx, deps, at, before, personId, { method: 'web', recordedBy: null }, language)
  })
}

/**
 * A member of staff records that somebody who may stop it did so on paper, by phone or at the desk.
 *
 * @throws Refusal as `withdrawConsent`, for that person; and `mandate_missing`, `not_allowed`
 */
export async function recordWithdrawal(
  deps: Deps,
  actor: PersonActor,
  { consentId, deciderId, method }: { consentId: ConsentId; deciderId: PersonId; method: 'paper' | 'phone' | 'desk' },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const before = await heldConsent(tx, boardId, consentId)
    await mustRecordFor(tx, actor, before, deciderId, at)
    mayWithdraw(before, deciderId, at)
    await withdraw(tx, deps, at, before, deciderId, { method, recordedBy: personId }, 'nl')
  })
}

async function withdraw(
  tx: Tx,
  deps: Deps,
  at: Date,
  before: AskedItem,
  by: PersonId,
  how: { method: AnswerMethod; recordedBy: PersonId | null },
  language: Language,
): Promise<void> {
  const { boardId, consentId, approach, itemId } = before
  const after = await endConsent(tx, at, before, 'withdrawn', `person:${by}`)
  await giveReceiptOn(tx, deps, at, by, before, { act: { kind: 'withdrawn' }, method: how.method, language })
  const aftermath = await settle(tx, at, boardId, 'consent_withdrawn', [{ before, after }])
  await append(tx, {
    boardId,
    approach,
    at,
    event: 'consent_withdrawn',
    actor: `person:${how.recordedBy ?? by}`,
    ref: consentId,
    facts: { itemId, subjectId: before.question.subject.personId, withdrawnBy: by, ...how, ...aftermath },
  })
}
