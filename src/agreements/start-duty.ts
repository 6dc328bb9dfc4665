import type { Approach } from '../approach.ts'
import { leafletById } from '../catalog/store.ts'
import type { Tx } from '../database.ts'
import {
  type AgreementId,
  type BoardId,
  type CaseId,
  type ConsentId,
  type DutyId,
  type LeafletId,
  newId,
  type PersonId,
  type SupplierId,
} from '../ids.ts'
import type { DutyKind } from './duties.ts'

const DAY = 86_400_000

/** How long a supplier has to destroy and confirm. The model (art. 12) names no term; a month is what the GDPR gives for acting on a request. */
const DESTRUCTION_DAYS = 30

/** How long a school has to take a picture down. No source names a term: a week is what a school can do and a parent can wait. */
const TAKE_DOWN_DAYS = 7

/**
 * Standing ended: the supplier must destroy what it got, its subprocessors too, and confirm that (M21-M23). Tells nobody:
 * the act that ended standing does, and puts the duty's id in its ledger entry as `dutyId` or among its `dutyIds`.
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
  const dueAt = new Date(at.getTime() + DESTRUCTION_DAYS * DAY)
  return await startDuty(tx, boardId, { kind: 'destroy', approach, supplierId, ...about, leafletIds, dueAt }, at)
}

/**
 * A yes to a picture ended: whoever shows it takes it down (P23, P30). What is printed cannot be called back; what can, must
 * be gone in a week. The school's own duty, unless a supplier shows it. Tells nobody, as `startDestruction`.
 */
export async function startTakeDown(
  tx: Tx,
  boardId: BoardId,
  { consentId, supplierId, leafletId }: { consentId: ConsentId; supplierId: SupplierId | null; leafletId: LeafletId | null },
  at: Date,
): Promise<DutyId> {
  const dueAt = new Date(at.getTime() + TAKE_DOWN_DAYS * DAY)
  const leafletIds = leafletId ? [leafletId] : []
  return await startDuty(tx, boardId, { kind: 'take_down', approach: 'organisation', supplierId, consentId, leafletIds, dueAt }, at)
}

export interface NewDuty {
  kind: DutyKind
  approach: Approach
  supplierId: SupplierId | null
  consentId?: ConsentId
  agreementId?: AgreementId
  caseId?: CaseId
  subjectId?: PersonId
  instruction?: string | null
  leafletIds: readonly LeafletId[]
  dueAt: Date
}

/** Writes any duty; who must have done it too follows from the leaflets. Tells nobody, as `startDestruction`. */
export async function startDuty(tx: Tx, boardId: BoardId, duty: NewDuty, at: Date): Promise<DutyId> {
  const subprocessors = new Set<string>()
  for (const leafletId of new Set(duty.leafletIds)) {
    const leaflet = await leafletById(tx, leafletId)
    for (const { name } of leaflet?.content.subprocessors ?? []) subprocessors.add(name)
  }
  const dutyId = newId<DutyId>(at)
  await tx
    .insertInto('duties')
    .values({
      board_id: boardId,
      duty_id: dutyId,
      kind: duty.kind,
      approach: duty.approach,
      supplier_id: duty.supplierId,
      consent_id: duty.consentId ?? null,
      agreement_id: duty.agreementId ?? null,
      case_id: duty.caseId ?? null,
      subject_id: duty.subjectId ?? null,
      instruction: duty.instruction ?? null,
      began_at: at,
      due_at: duty.dueAt,
      subprocessors: [...subprocessors].toSorted(),
    })
    .execute()
  return dutyId
}
