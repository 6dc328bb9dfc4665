import type { PersonActor } from '../actors.ts'
import { mailReceipts } from '../consents/give-receipts.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type InspectionId, newId, type PersonId, type TransferId } from '../ids.ts'
import type { Language } from '../languages.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { mustHold } from '../people/mandates.ts'
import { familyOf, isSameHuman } from '../people/same-human.ts'
import { boardById, currentTenure, lastSchools, subjectFacts } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { mailAboutCase } from './case-mails.ts'
import { decidersOf } from './deciders.ts'
import { HANDLERS } from './handlers.ts'
import { lockTransfer, maySend, type Transfer } from './transfer.ts'

const RECEIVER = { BRIN: /^\d{2}[A-Z]{2}(\d{2})?$/, OIN: /^\d{20}$/ }

export interface NewTransfer {
  subjectId: PersonId
  /** The receiving school by its BRIN (with or without the number of its place) or its board by its OIN (M08). */
  receiver: { scheme: 'BRIN' | 'OIN'; value: string; name: string; special?: boolean }
  /** What goes along, in words for the parents. */
  contents: string
}

/**
 * The school makes a dossier ready to go to another school and offers it to whoever decides for the pupil, to look at (P32).
 * Whether they are also asked to agree is the board's setting at this moment.
 *
 * @throws Refusal `mandate_missing`, `not_allowed` for one's own family, `person_not_found` for who is no pupil here now
 * @throws Refusal `receiver_unknown` without a BRIN or OIN, `input_invalid`, `transfer_already_open`
 */
export async function offerTransfer(deps: Deps, actor: PersonActor, { subjectId, receiver, contents }: NewTransfer): Promise<TransferId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const value = receiver.value.replaceAll(' ', '').toUpperCase()
  if (!RECEIVER[receiver.scheme].test(value)) throw new Refusal('receiver_unknown')
  if (!contents.trim() || !receiver.name.trim()) throw new Refusal('input_invalid', { fields: ['contents'] })
  const transferId = newId<TransferId>(at)
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const deciders = await mustHandle(tx, actor, subjectId, at)
    if ((await currentTenure(tx, boardId, subjectId, at))?.kind !== 'enrolment') throw new Refusal('person_not_found')
    const { transferAsksConsent } = await boardById(tx, boardId)
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('transfers')
      .values({
        board_id: boardId,
        transfer_id: transferId,
        subject_id: subjectId,
        receiver_scheme: receiver.scheme,
        receiver: value,
        receiver_name: receiver.name.trim(),
        to_special: receiver.special ?? false,
        contents: contents.trim(),
        asks_consent: transferAsksConsent,
        offered_at: at,
        offered_by: personId,
      })
      .onConflict((conflict) => conflict.doNothing()) // transfers_one_open
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('transfer_already_open')
    const words = await commitment(tx, boardId, subjectId, contents.trim())
    await mailAboutCase(tx, deps, at, boardId, deciders, {
      mail: 'transfer',
      path: `/rights/transfers/${transferId}`,
      key: `${transferId}:offered`,
    })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'transfer_offered',
      actor: `person:${personId}`,
      ref: transferId,
      facts: {
        subjectId,
        receiver: { scheme: receiver.scheme, value, special: receiver.special ?? false },
        contents: words,
        asksConsent: transferAsksConsent,
      },
    })
  })
  return transferId
}

/**
 * Somebody who decides for the pupil looked at what goes along, and says what they think of it: that goes along too (P32, P33).
 * Until it was sent they may say something else. `agrees` counts only where the board asks consent. They have a receipt of it.
 *
 * @param language in which they read it
 * @throws Refusal `transfer_not_found` also for who does not decide for that pupil now; `transfer_over`
 * @throws Refusal `input_invalid` without an answer where consent is asked
 */
export async function inspectTransfer(
  deps: Deps,
  actor: PersonActor,
  {
    transferId,
    remarks,
    agrees,
    language = 'nl',
  }: { transferId: TransferId; remarks: string | null; agrees: boolean | null; language?: Language },
): Promise<InspectionId> {
  const at = deps.now()
  const { boardId, personId } = actor
  const inspectionId = newId<InspectionId>(at)
  await inTransaction(deps.db, { actor: 'account', boards: [boardId] }, async (tx) => {
    const transfer = await lockTransfer(tx, boardId, transferId)
    if (!transfer || !(await decidersOf(tx, boardId, transfer.subjectId, at)).includes(personId)) throw new Refusal('transfer_not_found')
    mustBeOpen(transfer)
    if (transfer.asksConsent && agrees === null) throw new Refusal('input_invalid', { fields: ['agrees'] })
    const said = remarks?.trim() || null
    const answer = transfer.asksConsent ? agrees : null
    await tx
      .insertInto('transfer_inspections')
      .values({
        board_id: boardId,
        transfer_id: transferId,
        inspection_id: inspectionId,
        person_id: personId,
        inspected_at: at,
        remarks: said,
        agrees: answer,
        language,
      })
      .execute()
    await mailReceipts(tx, deps, at, boardId, personId)
    const facts = { personId, language, remarks: said && (await commitment(tx, boardId, transfer.subjectId, said)), agrees: answer }
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'transfer_inspected',
      actor: `person:${personId}`,
      ref: transferId,
      facts,
    })
  })
  return inspectionId
}

/**
 * Records that the dossier went, with everybody's remarks (P32).
 *
 * @throws Refusal `transfer_not_found`, `mandate_missing`, `not_allowed`, `transfer_over`
 * @throws Refusal `transfer_not_inspected` while parents have time to look, or did not agree where the board asks that
 */
export async function sendTransfer(deps: Deps, actor: PersonActor, transferId: TransferId): Promise<void> {
  await actOn(deps, actor, transferId, 'transfer_sent', (transfer, deciders, at) => {
    if (!maySend(transfer, deciders, at)) throw new Refusal('transfer_not_inspected')
    return { sent_at: at, sent_by: actor.personId }
  })
}

/** The pupil stays, or goes elsewhere. @throws Refusal `transfer_not_found`, `mandate_missing`, `not_allowed`, `transfer_over` */
export async function cancelTransfer(deps: Deps, actor: PersonActor, transferId: TransferId): Promise<void> {
  await actOn(deps, actor, transferId, 'transfer_cancelled', (_transfer, _deciders, at) => ({
    cancelled_at: at,
    cancelled_by: actor.personId,
  }))
}

async function actOn(
  deps: Deps,
  actor: PersonActor,
  transferId: TransferId,
  event: 'transfer_sent' | 'transfer_cancelled',
  step: (
    transfer: Transfer,
    deciders: PersonId[],
    at: Date,
  ) => { sent_at: Date; sent_by: PersonId } | { cancelled_at: Date; cancelled_by: PersonId },
): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const transfer = await lockTransfer(tx, boardId, transferId)
    if (!transfer) throw new Refusal('transfer_not_found')
    const deciders = await mustHandle(tx, actor, transfer.subjectId, at)
    mustBeOpen(transfer)
    const { numUpdatedRows } = await tx
      .updateTable('transfers')
      .set(step(transfer, deciders, at))
      .where('board_id', '=', boardId)
      .where('transfer_id', '=', transferId) // transfers_pkey
      .where('sent_at', 'is', null)
      .where('cancelled_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('transfer_over')
    const remarks = transfer.inspections.filter((one) => one.remarks !== null).length
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event,
      actor: `person:${personId}`,
      ref: transferId,
      facts: { subjectId: transfer.subjectId, remarks },
    })
  })
}

function mustBeOpen({ sent, cancelledAt }: Transfer): void {
  if (sent || cancelledAt) throw new Refusal('transfer_over')
}

/**
 * Who handles this pupil's dossier, and nobody their own child's: staff of the school where the pupil is, or was last. A roster
 * often ends the enrolment before the dossier goes.
 *
 * @returns who decides for the pupil
 */
async function mustHandle(tx: Tx, actor: PersonActor, subjectId: PersonId, at: Date): Promise<PersonId[]> {
  const { boardId } = actor
  const schoolId = (await lastSchools(tx, boardId, [subjectId], at)).get(subjectId)
  await mustHold(tx, actor, HANDLERS, at, schoolId ?? 'any')
  if (!schoolId) throw new Refusal('person_not_found')
  const facts = (await subjectFacts(tx, boardId, [subjectId])).get(subjectId)
  if (facts && (await isSameHuman(tx, actor, ...familyOf(facts)))) throw new Refusal('not_allowed')
  return await decidersOf(tx, boardId, subjectId, at)
}
