import type { PersonActor, SupplierActor } from '../actors.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ConsentId, DutyId, PersonId, SchoolId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { mustHold } from '../people/mandates.ts'
import { currentTenure } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import { type Duty, lockDuty } from './duties.ts'

export interface Confirmation {
  dutyId: DutyId
  /** Who did it too, by the names the duty has. */
  subprocessors: readonly string[]
  note?: string | null
}

/**
 * A supplier confirms that it did what it had to, and that each subprocessor did (M17, M22, M23). Confirming again changes
 * nothing.
 *
 * @throws Refusal `duty_not_found` also for another supplier's, `member_role_missing`
 * @throws Refusal `destruction_incomplete` with the subprocessors that are left out
 */
export async function confirmDuty(deps: Deps, actor: SupplierActor, confirmation: Confirmation): Promise<void> {
  const at = deps.now()
  const boards = await boardsOfSupplier(deps.db, actor.supplierId)
  await inTransaction(deps.db, { actor: 'client', boards }, async (tx) => {
    const duty = await lockDuty(tx, boards, confirmation.dutyId)
    if (duty?.supplierId !== actor.supplierId) throw new Refusal('duty_not_found')
    await mustActFor(tx, actor, ['contracts'])
    await confirm(tx, at, duty, confirmation, actorName(actor))
  })
}

/**
 * A member of staff confirms that the school took a picture down, or records that a supplier confirmed by letter.
 *
 * @throws Refusal `mandate_missing`, `duty_not_found` also for what is not the school's to see, `destruction_incomplete`
 */
export async function recordDutyDone(deps: Deps, actor: PersonActor, confirmation: Confirmation): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const duty = await lockDuty(tx, [boardId], confirmation.dutyId)
    const school = duty && (await schoolOf(tx, duty, at))
    await mustHold(tx, actor, ['school_leader', 'consent_officer', 'administrator'], at, school ?? (duty ? undefined : 'any'))
    if (!duty) throw new Refusal('duty_not_found')
    await confirm(tx, at, duty, confirmation, `person:${personId}`)
  })
}

/** The school of the one it is about; a duty about nobody in particular is the board's. */
async function schoolOf(tx: Tx, { boardId, subjectId, consentId }: Duty, at: Date): Promise<SchoolId | undefined> {
  const about = subjectId ?? (consentId && (await consentSubject(tx, boardId, consentId)))
  return about ? ((await currentTenure(tx, boardId, about, at))?.schoolId ?? undefined) : undefined
}

async function consentSubject(tx: Tx, boardId: BoardId, consentId: ConsentId): Promise<PersonId | undefined> {
  const row = await tx
    .selectFrom('consents')
    .select('subject_id')
    .where('board_id', '=', boardId)
    .where('consent_id', '=', consentId) // consents_pkey
    .executeTakeFirst()
  return row?.subject_id
}

async function confirm(tx: Tx, at: Date, duty: Duty, { subprocessors, note = null }: Confirmation, by: LedgerActor): Promise<void> {
  if (duty.confirmedAt) return
  const missing = duty.subprocessors.filter((name) => !subprocessors.includes(name))
  if (missing.length > 0) throw new Refusal('destruction_incomplete', { missing })
  const { boardId, dutyId, approach } = duty
  const { numUpdatedRows } = await tx
    .updateTable('duties')
    .set({ confirmed_at: at, confirmed_by: by, note })
    .where('board_id', '=', boardId)
    .where('duty_id', '=', dutyId) // duties_pkey
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('duty_not_found')
  const facts = { kind: duty.kind, subprocessors: duty.subprocessors }
  await append(tx, { boardId, approach, at, event: 'duty_confirmed', actor: by, ref: dutyId, facts })
}
