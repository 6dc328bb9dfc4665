import type { SupplierActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { locate } from '../handles.ts'
import type { AssignmentId, BoardId, MemberId, SupplierId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { actorName, mustActFor } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
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
    await append(tx, ...(await endRunning(tx, [boardId], { supplierId, assignmentId }, actorName(supplier), at)))
  })
}

type Which = { supplierId: SupplierId } & ({ assignmentId: AssignmentId } | { memberId: MemberId })

/**
 * Ends one assignment, or every one of one of a supplier's people, in the transaction of the act that ends it, which works for these
 * boards. Does NOT check who acts.
 *
 * @returns what the caller appends to the ledger
 */
export async function endRunning(tx: Tx, boards: readonly BoardId[], which: Which, by: LedgerActor, at: Date): Promise<LedgerEntry[]> {
  const { supplierId } = which
  const running = await tx
    .updateTable('assignments')
    .set({ ends_at: at })
    .where('board_id', 'in', boards)
    .where((eb) => ('assignmentId' in which ? eb('assignment_id', '=', which.assignmentId) : eb('member_id', '=', which.memberId))) // assignments_pkey, assignments_by_member
    .where('supplier_id', '=', supplierId)
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
    .returning(['board_id', 'assignment_id', 'subject_id', 'approach'])
    .execute()
  const entries: LedgerEntry[] = []
  // In one order, as everybody who locks several persons.
  for (const one of running.toSorted((a, b) => (a.subject_id < b.subject_id ? -1 : 1))) {
    const { board_id: boardId, assignment_id: ref, subject_id: subjectId, approach } = one
    const ended = await endTokens(tx, boardId, at, { assignment: { supplierId, subjectId } }, 'assignment_ended')
    const { [approach]: endedTokens, ...others } = await tokensByApproach(tx, boardId, ended)
    entries.push(
      { boardId, approach, at, event: 'assignment_ended', actor: by, ref, facts: { endedTokens } },
      ...tokensEnded(boardId, at, by, ref, 'assignment_ended', others),
    )
  }
  return entries
}
