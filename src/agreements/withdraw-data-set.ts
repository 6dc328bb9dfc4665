import { sql } from 'kysely'
import type { MemberActor } from '../actors.ts'
import { holdersDataSet, mustHoldHolder } from '../catalog/data-sets.ts'
import { boardsOfSupplier } from '../catalog/supplier-boards.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AgreementId, BoardId, HolderId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { actorName } from '../members/acting.ts'
import { Refusal } from '../refusal.ts'
import { endClauses } from './end-clauses.ts'
import { lockAgreement } from './store.ts'

/**
 * An engineer takes a data set off the list of their holder: nobody can ask for it any more, the instructions of boards to hand it
 * over end, and with them the tokens that lean on those agreements. What people said stays as it is, and gives nothing.
 *
 * @throws Refusal `member_role_missing`, `holder_not_found` also for another supplier's, `datatype_unknown`
 * @throws Refusal `changed_meanwhile` when it is off the list already
 */
export async function withdrawDataSet(deps: Deps, actor: MemberActor, holderId: HolderId, datatype: string): Promise<void> {
  const at = deps.now()
  const by = actorName(actor)
  const boards = await boardsOfSupplier(deps.db, actor.supplierId)
  // As the operator, because subject-oriented tokens of all its boards lean on the instructions.
  await inTransaction(deps.db, { actor: 'operator', boards }, async (tx) => {
    await mustHoldHolder(tx, actor, holderId)
    if ((await holdersDataSet(tx, holderId, datatype)).withdrawnAt) throw new Refusal('changed_meanwhile')
    await tx
      .updateTable('data_sets')
      .set({ withdrawn_at: at })
      .where('holder_id', '=', holderId)
      .where('datatype', '=', datatype) // data_sets_pkey
      .execute()
    const entries: LedgerEntry[] = []
    for (const { boardId, agreementId } of await instructedIn(tx, boards, holderId, datatype)) {
      await lockAgreement(tx, boardId, agreementId, at)
      entries.push(...(await endClauses(tx, { boardId, agreementId, holderId, datatypes: [datatype] }, by, at)))
    }
    const told = { boardId: null, approach: 'operator', at, event: 'data_set_withdrawn', actor: by, ref: holderId } as const
    await append(tx, ...entries, { ...told, facts: { datatype } })
  })
}

/**
 * An engineer puts a data set that was taken off the list back on it. A board has to instruct it again before anything goes out.
 *
 * @throws Refusal as `withdrawDataSet`
 */
export async function offerDataSetAgain(deps: Deps, actor: MemberActor, holderId: HolderId, datatype: string): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await mustHoldHolder(tx, actor, holderId)
    if (!(await holdersDataSet(tx, holderId, datatype)).withdrawnAt) throw new Refusal('changed_meanwhile')
    await tx
      .updateTable('data_sets')
      .set({ withdrawn_at: null })
      .where('holder_id', '=', holderId)
      .where('datatype', '=', datatype) // data_sets_pkey
      .execute()
    const told = { boardId: null, approach: 'operator', at, event: 'data_set_offered_again', ref: holderId } as const
    await append(tx, { ...told, actor: actorName(actor), facts: { datatype } })
  })
}

/** The agreements in which a board lets the holder hand this over now. Locked agreement by agreement in this order. */
async function instructedIn(tx: Tx, boards: readonly BoardId[], holderId: HolderId, datatype: string) {
  const { rows } = await sql<{ boardId: BoardId; agreementId: AgreementId }>`
    select board_id as "boardId", agreement_id as "agreementId" from onward_clauses
    where board_id = any(${boards}::uuid[]) and holder_id = ${holderId} and datatype = ${datatype} and ended_at is null -- onward_clauses_one_standing
    order by board_id, agreement_id`.execute(tx)
  return rows
}
