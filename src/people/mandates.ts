import type { PersonActor } from '../actors.ts'
import type { Tx } from '../database.ts'
import type { BoardId, MandateId, PersonId, SchoolId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { MandateRole } from './mandate.ts'

export interface Mandate {
  mandateId: MandateId
  role: MandateRole
  /** Null: the whole board. */
  schoolId: SchoolId | null
  /** Null: every group. Only teachers have one. */
  groupName: string | null
}

/** The mandates a person holds at `at`. For looking; what acts uses `mustHold`. */
export async function mandatesOf(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<Mandate[]> {
  return (await inForceAt(tx, boardId, personId, at).execute()).map(mandateOf)
}

/** The school an act is about; `any` for an act that any school's staff may do, about nobody there in particular. */
export type Where = SchoolId | 'any' | undefined

/**
 * Lets only pass who holds one of these mandates now, and locks it: who ends the mandate waits until this transaction
 * is through, so that nothing done on a mandate comes after its end (INV-08).
 *
 * @param where without it the act concerns the board, and a mandate for one school is not enough
 * @returns the mandates that justify the act
 * @throws Refusal `mandate_missing`
 */
export async function mustHold(
  tx: Tx,
  actor: Pick<PersonActor, 'boardId' | 'personId'>,
  roles: MandateRole[],
  at: Date,
  where?: Where,
): Promise<Mandate[]> {
  const held = await inForceAt(tx, actor.boardId, actor.personId, at).where('role', 'in', roles).forShare().execute()
  const fitting = held.map(mandateOf).filter((mandate) => where === 'any' || mandate.schoolId === null || mandate.schoolId === where)
  if (fitting.length === 0) throw new Refusal('mandate_missing')
  return fitting
}

function inForceAt(tx: Tx, boardId: BoardId, personId: PersonId, at: Date) {
  return tx
    .selectFrom('mandates')
    .select(['mandate_id', 'role', 'school_id', 'group_name'])
    .where('board_id', '=', boardId)
    .where('person_id', '=', personId) // mandates_by_person
    .where('starts_at', '<=', at)
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', at)]))
    .orderBy('mandate_id')
}

function mandateOf(row: { mandate_id: MandateId; role: MandateRole; school_id: SchoolId | null; group_name: string | null }): Mandate {
  return { mandateId: row.mandate_id, role: row.role, schoolId: row.school_id, groupName: row.group_name }
}
