import type { SupplierActor } from '../actors.ts'
import type { Approach } from '../approach.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { locate } from '../handles.ts'
import { type AssignmentId, type BoardId, newId, type PersonId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { commitment } from '../ledger/commitment.ts'
import { Refusal } from '../refusal.ts'
import { endTokens } from '../tokens/end-tokens.ts'

interface NewAssignment {
  /** The supplier's own pseudonym of the subject. */
  identifier: string
  /** Who guides, as the supplier names them. */
  guide: string
  approach: Approach
  endsAt?: Date
}

/**
 * A supplier assigns one of its guides to a pupil (K19). Where an item names it, access holds only while one is assigned.
 *
 * @throws Refusal `person_not_found` when the pseudonym is not one of this supplier's
 */
export async function startAssignment(
  { db, now }: Deps,
  { clientId, supplierId }: SupplierActor,
  { identifier, guide, approach, endsAt }: NewAssignment,
): Promise<{ assignmentId: AssignmentId }> {
  const at = now()
  const located = await locate(db, 'pseudonym', supplierId, identifier)
  if (!located) throw new Refusal('person_not_found')
  const { boardId } = located
  const subjectId = located.ref as PersonId
  const assignmentId = newId<AssignmentId>(at)
  await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await tx
      .insertInto('assignments')
      .values({
        board_id: boardId,
        assignment_id: assignmentId,
        approach,
        supplier_id: supplierId,
        subject_id: subjectId,
        guide,
        starts_at: at,
        ends_at: endsAt ?? null,
      })
      .execute()
    const facts = { supplierId, subjectId, guide: await commitment(tx, boardId, subjectId, guide) }
    await append(tx, { boardId, approach, at, event: 'assignment_started', actor: `client:${clientId}`, ref: assignmentId, facts })
  })
  return { assignmentId }
}

/**
 * Ends an assignment now. The tokens that lean on it end with it.
 *
 * @throws Refusal `not_found` when it is not this supplier's, or ended before
 */
export async function endAssignment(
  { db, now }: Deps,
  { clientId, supplierId }: SupplierActor,
  { boardId, assignmentId }: { boardId: BoardId; assignmentId: AssignmentId },
): Promise<void> {
  const at = now()
  await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    const ended = await tx
      .updateTable('assignments')
      .set({ ends_at: at })
      .where('board_id', '=', boardId)
      .where('assignment_id', '=', assignmentId) // assignments_pkey
      .where('supplier_id', '=', supplierId)
      .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
      .returning(['subject_id', 'approach'])
      .executeTakeFirst()
    if (!ended) throw new Refusal('not_found')
    const subjectId = ended.subject_id
    const endedTokens = await endTokens(tx, boardId, at, { assignment: { supplierId, subjectId } }, 'assignment_ended')
    await append(tx, {
      boardId,
      approach: ended.approach,
      at,
      event: 'assignment_ended',
      actor: `client:${clientId}`,
      ref: assignmentId,
      facts: { endedTokens },
    })
  })
}

/** Which of these subjects have a guide of the supplier assigned at `at`. */
export async function assignedSubjects(
  tx: Tx,
  boardId: BoardId,
  supplierId: SupplierId,
  subjectIds: PersonId[],
  at: Date,
): Promise<Set<PersonId>> {
  if (subjectIds.length === 0) return new Set()
  const rows = await tx
    .selectFrom('assignments')
    .select('subject_id')
    .where('board_id', '=', boardId)
    .where('subject_id', 'in', subjectIds) // assignments_by_subject
    .where('supplier_id', '=', supplierId)
    .where('starts_at', '<=', at)
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
    .execute()
  return new Set(rows.map((row) => row.subject_id))
}
