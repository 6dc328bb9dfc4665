import { sha256 } from '../canonical.ts'
import { revisionOf } from '../consents/store.ts'
import type { Deps } from '../deps.ts'
import type { ClientId, PersonId, SupplierId } from '../ids.ts'
import { askHinted } from '../requests/ask-directly.ts'
import type { DirectHint } from '../requests/direct-hint.ts'
import { sealedQuestions } from '../requests/sealed-questions.ts'
import { readAskIn, type StoredAsk } from '../requests/stored-ask.ts'
import { pingWhenDecided } from './ping.ts'

/** A question of a program to whoever its hint is about, which nobody has looked up yet. */
export interface Question {
  clientId: ClientId
  supplierId: SupplierId
  authReqId: string
  ask: StoredAsk
  hint: DirectHint
  /** Whom it has to be about, where it is to take the place of something. */
  onlyAbout?: PersonId | undefined
  /** With what the client is told of the answer, where it registered for it. */
  notificationToken?: string | undefined
}

const questions = sealedQuestions<Question>('question', 'ciba-question', askOne)

/** Puts a question in the outbox, in the transaction that says it was asked. `askQuestions` takes it out. */
export const enqueueQuestion = questions.enqueue

/**
 * Asks what waits to be asked: looks up whom each hint is about, and makes the question and its place in the request that waits
 * for the answer in one transaction. A hint that is good for nothing leaves a request that nobody answers.
 */
export const askQuestions = questions.askWaiting

async function askOne(deps: Deps, { clientId, supplierId, authReqId, ask, hint, onlyAbout, notificationToken }: Question): Promise<void> {
  const hash = sha256(authReqId)
  const waiting = await deps.db
    .selectFrom('ciba_requests as r')
    .innerJoin('clients as c', 'c.client_id', 'r.client_id')
    .innerJoin('suppliers as s', 's.supplier_id', 'r.supplier_id')
    .select('r.expires_at')
    .where('r.auth_req_id_hash', '=', hash) // ciba_requests_pkey
    .where('r.expires_at', '>', deps.now())
    .where('c.disabled_at', 'is', null)
    .where('s.suspended_at', 'is', null)
    .executeTakeFirst()
  if (!waiting) return
  await askHinted(deps, { clientId, supplierId }, readAskIn(ask), { hint, onlyAbout }, async (tx, at, asked) => {
    const { boardId, requestId, consentId } = asked
    const { numUpdatedRows } = await tx
      .updateTable('ciba_requests')
      .set({
        board_id: boardId,
        request_id: requestId,
        consent_id: consentId,
        consent_revision: await revisionOf(tx, boardId, consentId),
      })
      .where('auth_req_id_hash', '=', hash) // ciba_requests_pkey
      .where('consent_id', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 1n && notificationToken)
      await pingWhenDecided(tx, deps, at, asked, { clientId, authReqId, token: notificationToken }, waiting.expires_at)
  })
}
