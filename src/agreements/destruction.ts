import type { Selectable } from 'kysely'
import type { SupplierActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { leafletById } from '../catalog/store.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AgreementId, type BoardId, type ConsentId, type DutyId, type LeafletId, newId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import type { DestructionDutyTable } from './tables.ts'

/** How long a supplier has to destroy and confirm. The model (art. 12) names no term; a month is what the GDPR gives for acting on a request. */
export const DESTRUCTION_DAYS = 30

export interface DestructionDuty {
  dutyId: DutyId
  boardId: BoardId
  approach: Approach
  supplierId: SupplierId
  consentId: ConsentId | null
  agreementId: AgreementId | null
  beganAt: Date
  dueAt: Date
  confirmedAt: Date | null
  subprocessors: string[]
}

/**
 * Standing ended: the supplier must destroy what it got, its subprocessors too, and confirm that (M21-M23). Tells nobody:
 * the act that ended standing does, and puts the duty's id in its ledger entry as `dutyId`.
 *
 * @param about the consent that ended, or the agreement with all that hung on it
 * @param leafletIds the leaflets under which data went out: their subprocessors must be in the confirmation
 */
export async function startDestruction(
  tx: Tx,
  boardId: BoardId,
  approach: Approach,
  supplierId: SupplierId,
  about: { consentId: ConsentId } | { agreementId: AgreementId },
  leafletIds: readonly LeafletId[],
  at: Date,
): Promise<DutyId> {
  const subprocessors = new Set<string>()
  for (const leafletId of new Set(leafletIds)) {
    const leaflet = await leafletById(tx, leafletId)
    for (const { name } of leaflet?.content.subprocessors ?? []) subprocessors.add(name)
  }
  const dutyId = newId<DutyId>(at)
  await tx
    .insertInto('destruction_duties')
    .values({
      board_id: boardId,
      duty_id: dutyId,
      approach,
      supplier_id: supplierId,
      consent_id: 'consentId' in about ? about.consentId : null,
      agreement_id: 'agreementId' in about ? about.agreementId : null,
      began_at: at,
      due_at: new Date(at.getTime() + DESTRUCTION_DAYS * 86_400_000),
      subprocessors: [...subprocessors].toSorted(),
    })
    .execute()
  return dutyId
}

/** What suppliers of this board have to destroy, or one of them; those confirmed too. Staff see the organisation-oriented ones only. */
export async function destructionDuties(tx: Tx, boardId: BoardId, supplierId?: SupplierId): Promise<DestructionDuty[]> {
  const rows = await tx
    .selectFrom('destruction_duties')
    .selectAll()
    .where('board_id', '=', boardId) // destruction_duties_pkey
    .$if(supplierId !== undefined, (query) => query.where('supplier_id', '=', supplierId!))
    .orderBy('due_at')
    .orderBy('duty_id')
    .execute()
  return rows.map(dutyOf)
}

/** What the supplier has to destroy because this consent ended. Does NOT check who asks. */
export async function dutiesOnConsent(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<DestructionDuty[]> {
  const rows = await tx
    .selectFrom('destruction_duties')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // destruction_duties_by_consent
    .orderBy('began_at')
    .execute()
  return rows.map(dutyOf)
}

function dutyOf(row: Selectable<DestructionDutyTable>): DestructionDuty {
  return {
    dutyId: row.duty_id,
    boardId: row.board_id,
    approach: row.approach,
    supplierId: row.supplier_id,
    consentId: row.consent_id,
    agreementId: row.agreement_id,
    beganAt: row.began_at,
    dueAt: row.due_at,
    confirmedAt: row.confirmed_at,
    subprocessors: row.subprocessors,
  }
}

/**
 * A supplier confirms that it destroyed, and that each subprocessor did (M22, M23). Confirming again changes nothing.
 *
 * @throws Refusal `duty_not_found` also for another supplier's
 * @throws Refusal `destruction_incomplete` with the subprocessors that are left out
 */
export async function confirmDestruction(
  deps: Deps,
  actor: SupplierActor,
  { dutyId, subprocessors }: { dutyId: DutyId; subprocessors: string[] },
): Promise<void> {
  const at = deps.now()
  const boards = await boardsOfSupplier(deps.db, actor.supplierId)
  await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    const duty = await tx
      .selectFrom('destruction_duties')
      .selectAll()
      .where('duty_id', '=', dutyId)
      .where('supplier_id', '=', actor.supplierId)
      .forUpdate()
      .executeTakeFirst()
    if (!duty) throw new Refusal('duty_not_found')
    if (duty.confirmed_at) return
    const missing = duty.subprocessors.filter((name) => !subprocessors.includes(name))
    if (missing.length > 0) throw new Refusal('destruction_incomplete', { missing })
    const { numUpdatedRows } = await tx
      .updateTable('destruction_duties')
      .set({ confirmed_at: at, confirmed_by: `client:${actor.clientId}` })
      .where('board_id', '=', duty.board_id)
      .where('duty_id', '=', dutyId) // destruction_duties_pkey
      .where('confirmed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('duty_not_found')
    await append(tx, {
      boardId: duty.board_id,
      approach: duty.approach,
      at,
      event: 'destruction_confirmed',
      actor: `client:${actor.clientId}`,
      ref: dutyId,
      facts: { subprocessors: duty.subprocessors },
    })
  })
}
