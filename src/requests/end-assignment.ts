import type { SupplierActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { locate } from '../handles.ts'
import type { AssignmentId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { endTokens } from '../tokens/end-tokens.ts'

/**
 * Ends an assignment now (K19). The tokens that lean on it end with it, also while another guide is assigned: the supplier
 * gets a new one. Also while the supplier is suspended. What ended already stays as it ended.
 *
 * @throws Refusal `assignment_not_found` also for another supplier's, `member_role_missing`
 */
export async function endAssignment({ db, now }: Deps, supplier: SupplierActor, assignmentId: AssignmentId): Promise<void> {
  const at = now()
  const { supplierId } = supplier
  const located = await locate(db, 'assignment', supplierId, assignmentId)
  if (!located) throw new Refusal('assignment_not_found')
  const { boardId } = located
  await inTransaction(db, { actor: 'client', boards: [boardId] }, async (tx) => {
    await mustActFor(tx, supplier, ['contracts'])
    const ended = await tx
      .updateTable('assignments')
      .set({ ends_at: at })
      .where('board_id', '=', boardId)
      .where('assignment_id', '=', assignmentId) // assignments_pkey
      .where('supplier_id', '=', supplierId)
      .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
      .returning(['subject_id', 'approach'])
      .executeTakeFirst()
    if (!ended) return
    const subjectId = ended.subject_id
    const endedTokens = await endTokens(tx, boardId, at, { assignment: { supplierId, subjectId } }, 'assignment_ended')
    await append(tx, {
      boardId,
      approach: ended.approach,
      at,
      event: 'assignment_ended',
      actor: actorName(supplier),
      ref: assignmentId,
      facts: { endedTokens },
    })
  })
}
