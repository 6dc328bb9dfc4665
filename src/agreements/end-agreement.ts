import type { PersonActor, SupplierActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { enqueueEvent } from '../notifications/enqueue.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { type AgreementIn, end } from './agreement.ts'
import { boardOfAgreement } from './at-its-board.ts'
import { SCHOOL_SIDE } from './mandates.ts'
import { startDestruction } from './start-duty.ts'
import { lockAgreement, servicesOfAgreement } from './store.ts'

/**
 * The school ends an agreement: tokens under it end at once, also those for data this supplier holds, and the supplier
 * must destroy what it got (M21, M28).
 *
 * @param because a code or words of the school's own; no personal content
 * @throws Refusal `mandate_missing`, `agreement_not_found`, `agreement_not_in_force`, `agreement_ended`
 */
export async function endAgreement(
  deps: Deps,
  actor: PersonActor,
  { agreementId, because }: { agreementId: AgreementId; because: string },
): Promise<void> {
  const at = deps.now()
  const { boardId } = actor
  // As a job, because subject-oriented tokens lean on a holder's agreement and staff do not see those.
  await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, SCHOOL_SIDE, at)
    const ended = end(await lockAgreement(tx, boardId, agreementId, at), because, at)
    await saveEnded(tx, ended, `person:${actor.personId}`, at)
  })
}

/**
 * The supplier ends its agreement: all that follows is as when the school does (M21, M28), and the school reads why.
 *
 * @throws Refusal `member_role_missing`, `agreement_not_found` also for another supplier's, `agreement_not_in_force`, `agreement_ended`
 */
export async function endAgreementAsSupplier(
  deps: Deps,
  actor: SupplierActor,
  { agreementId, because }: { agreementId: AgreementId; because: string },
): Promise<void> {
  const at = deps.now()
  const boardId = await boardOfAgreement(deps, actor.supplierId, agreementId)
  await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await mustActFor(tx, actor, ['contracts'])
    const ended = end(await lockAgreement(tx, boardId, agreementId, at), because, at)
    await saveEnded(tx, ended, actorName(actor), at)
  })
}

/**
 * Does for agreements whose term is over what `endAgreement` does by hand (M28). Tokens never outlive the term, so
 * being late does no harm. A job; run it any time, also twice at once.
 *
 * @returns the agreements that were ended now
 */
export async function endAgreementsPastTerm(deps: Deps, boardId: BoardId): Promise<AgreementId[]> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const over = await tx
      .selectFrom('supplier_agreements')
      .select('agreement_id')
      .where('board_id', '=', boardId)
      .where('signed_at', 'is not', null)
      .where('ended_at', 'is', null)
      .where('ends_at', '<=', at)
      .orderBy('agreement_id')
      .forUpdate()
      .skipLocked()
      .execute()
    for (const { agreement_id } of over) {
      const agreement = await lockAgreement(tx, boardId, agreement_id, at)
      if (agreement.state !== 'ended') throw new Error(`agreement ${agreement_id} is past its term and not ended`)
      await saveEnded(tx, agreement, 'job', at)
    }
    return over.map(({ agreement_id }) => agreement_id)
  })
}

async function saveEnded(tx: Tx, ended: AgreementIn<'ended'>, by: LedgerActor, at: Date): Promise<void> {
  const { boardId, agreementId, supplierId } = ended
  const { numUpdatedRows } = await tx
    .updateTable('supplier_agreements')
    .set({ ended_at: ended.endedAt, ended_by: by, ended_because: ended.endedBecause })
    .where('board_id', '=', boardId)
    .where('agreement_id', '=', agreementId) // supplier_agreements_pkey
    .where('signed_at', 'is not', null)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('agreement_ended')
  const tokens = [
    ...(await endTokens(tx, boardId, at, { agreementId }, 'agreement_ended')),
    ...(await endTokens(tx, boardId, at, { holderAgreementId: agreementId }, 'agreement_ended')),
  ]
  const endedTokens = await tokensByApproach(tx, boardId, tokens)
  const leafletIds = (await servicesOfAgreement(tx, boardId, agreementId)).map(({ leafletId }) => leafletId)
  const dutyId = await startDestruction(tx, boardId, 'organisation', supplierId, { agreementId }, leafletIds, at)
  await enqueueEvent(tx, {
    boardId,
    approach: 'organisation',
    receiverId: supplierId,
    event: 'agreement_ended',
    ref: agreementId,
    facts: { dutyId },
    at,
  })
  await append(
    tx,
    {
      boardId,
      approach: 'organisation',
      at,
      event: 'agreement_ended',
      actor: by,
      ref: agreementId,
      facts: { endedAt: ended.endedAt, dutyId, endedTokens: endedTokens.organisation },
    },
    ...tokensEnded(boardId, at, by, agreementId, 'agreement_ended', { subject: endedTokens.subject }),
  )
}
