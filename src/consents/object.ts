import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type ConsentId, newId, type ObjectionId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { mustHold } from '../people/mandates.ts'
import { familyOf, isSameHuman } from '../people/same-human.ts'
import { currentTenure } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { settle } from './aftermath.ts'
import { heldConsent, nextRevision } from './answer.ts'
import { mayObject } from './consent.ts'
import { giveReceiptOn } from './give-receipts.ts'

/** How long the school has to decide on an objection (P21). */
export const OBJECTION_DAYS = 28

/**
 * Objects to data that go out on public task or legitimate interest (GDPR art. 21, P12). Nothing goes out from now on,
 * until the school has decided.
 *
 * @param language of the page, for the receipt
 * @throws Refusal `consent_not_found` also for one that is not theirs, `consent_ended`
 * @throws Refusal `objection_not_possible` on another basis or when one was granted, `objection_pending`
 */
export async function objectTo(
  deps: Deps,
  actor: PersonActor,
  consentId: ConsentId,
  language: Language = 'nl',
): Promise<{ objectionId: ObjectionId; decideBy: Date }> {
  const at = deps.now()
  const { boardId, personId } = actor
  const objectionId = newId<ObjectionId>(at)
  await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const before = await heldConsent(tx, boardId, consentId)
    mayObject(before, personId, at)
    const revision = await nextRevision(tx, before)
    const { approach, itemId } = before
    await tx
      .insertInto('objections')
      .values({ board_id: boardId, objection_id: objectionId, approach, consent_id: consentId, made_by: personId, made_at: at })
      .execute()
    const after = { ...before, revision, objections: [...before.objections, { objectionId, madeBy: personId, madeAt: at, decided: null }] }
    await giveReceiptOn(tx, deps, at, personId, before, { act: { kind: 'objected', objectionId }, method: 'web', language })
    const aftermath = await settle(tx, at, boardId, 'objection_made', [{ before, after }])
    const facts = { objectionId, itemId, subjectId: before.question.subject.personId, revision, ...aftermath }
    await append(tx, { boardId, approach, at, event: 'objection_made', actor: `person:${personId}`, ref: consentId, facts })
  })
  return { objectionId, decideBy: new Date(at.getTime() + OBJECTION_DAYS * 86_400_000) }
}

/**
 * The school decides on an objection, with reasons. Granted: the data stay back. Rejected: they may go out again. Nobody
 * decides on one of their own, nor on one about a child of their family.
 *
 * @throws Refusal `mandate_missing`, `not_allowed`
 * @throws Refusal `objection_not_found` also when it was decided before
 */
export async function decideObjection(
  deps: Deps,
  actor: PersonActor,
  { objectionId, granted, reasons }: { objectionId: ObjectionId; granted: boolean; reasons: string },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  if (!reasons.trim()) throw new Refusal('input_invalid', { errors: [{ field: 'reasons', reason: 'is empty' }] })
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const found = await tx
      .selectFrom('objections')
      .select(['consent_id', 'made_by'])
      .where('board_id', '=', boardId)
      .where('objection_id', '=', objectionId) // objections_pkey
      .executeTakeFirst()
    if (!found) throw new Refusal('objection_not_found')
    const before = await heldConsent(tx, boardId, found.consent_id)
    const subjectId = before.question.subject.personId
    const tenure = await currentTenure(tx, boardId, subjectId, at)
    await mustHold(tx, actor, ['school_leader', 'consent_officer'], at, tenure?.schoolId ?? undefined)
    if (await isSameHuman(tx, actor, found.made_by, ...familyOf(before.question.subject))) throw new Refusal('not_allowed')
    const { numUpdatedRows } = await tx
      .updateTable('objections')
      .set({ decided_at: at, decided_by: personId, granted, reasons })
      .where('board_id', '=', boardId)
      .where('objection_id', '=', objectionId)
      .where('decided_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('objection_not_found')
    const revision = before.ended ? before.revision : await nextRevision(tx, before)
    const objections = before.objections.map((one) => (one.objectionId === objectionId ? { ...one, decided: { at, granted } } : one))
    const because = await commitment(tx, boardId, subjectId, reasons)
    const aftermath = await settle(tx, at, boardId, 'objection_decided', [{ before, after: { ...before, revision, objections } }])
    await append(tx, {
      boardId,
      approach: before.approach,
      at,
      event: 'objection_decided',
      actor: `person:${personId}`,
      ref: found.consent_id,
      facts: { objectionId, granted, because, revision, ...aftermath },
    })
  })
}
