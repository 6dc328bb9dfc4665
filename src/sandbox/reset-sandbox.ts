import { sql } from 'kysely'
import type { MemberActor } from '../actors.ts'
import { endAgreement } from '../agreements/end-agreement.ts'
import { agreementsOf } from '../agreements/store.ts'
import { supplierById } from '../catalog/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, SchoolId, SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustBeMember } from '../members/members.ts'
import { SANDBOX } from '../messages/sandbox.ts'
import { enterInDirectory } from '../people/create-board.ts'
import { withinRate } from '../rates.ts'
import { Refusal } from '../refusal.ts'
import { type Addresses, newAddresses, newBoard } from './new-board.ts'
import { actorOf, type Sandbox, sandboxOf, staffOf } from './sandbox.ts'
import { copyServices, makeTwin } from './twin.ts'

/** A reset makes a board: often enough for every try of a working day. */
const RESETS = { most: 60, seconds: 3600 }

/**
 * An engineer makes the sandbox of their supplier, or makes it anew: nothing that was asked, answered or released there before is
 * left to be found, and tokens that are out end. Its addresses, services and programs stay. The new board is made whole first, and
 * comes in place of the old one in one transaction.
 *
 * @throws Refusal `member_role_missing`, `too_many_requests`; `changed_meanwhile` when somebody else did it at the same time
 */
export async function resetSandbox(deps: Deps, actor: MemberActor): Promise<void> {
  const { supplierId } = actor
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, (tx) => mustBeMember(tx, actor, ['engineer']))
  if (!(await withinRate(deps.db, deps.now(), `sandbox:${supplierId}`, RESETS))) throw new Refusal('too_many_requests')
  const before = await sandboxOf(deps.db, supplierId)
  const twin = before ?? { ...(await makeTwin(deps, supplierId)), ...newAddresses() }
  await copyServices(deps, supplierId, twin.twinId)
  const supplier = await supplierById(deps.db, supplierId)
  const name = SANDBOX.boardName(supplier!.legalName)
  const board = await newBoard(deps, { ...twin, name, world: supplierId })
  if (before) await endOld(deps, before)
  await inTransaction(deps.db, { actor: 'operator', boards: [board.boardId] }, async (tx) => {
    await mustBeMember(tx, actor, ['engineer'])
    await (before ? moveIn(tx, before, board, deps.now()) : enter(tx, supplierId, twin, board, deps.now()))
    const facts = { twinId: twin.twinId, boardId: board.boardId }
    const at = deps.now()
    await append(tx, { boardId: null, approach: 'operator', at, event: 'sandbox_reset', actor: `member:${actor.memberId}`, facts })
  })
}

/** Ends what still stands at the old board, and with it the tokens that are out. */
async function endOld(deps: Deps, { boardId }: Sandbox): Promise<void> {
  const at = deps.now()
  const { staff, standing } = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => ({
    staff: actorOf(boardId, await staffOf(tx, boardId), at),
    standing: (await agreementsOf(tx, boardId, at)).filter(({ state }) => state === 'in_force'),
  }))
  for (const { agreementId } of standing) await endAgreement(deps, staff, { agreementId, because: 'sandbox_reset' })
}

interface NewBoard {
  boardId: BoardId
  schoolId: SchoolId
}

/** @throws Refusal `changed_meanwhile` */
async function enter(
  tx: Tx,
  supplierId: SupplierId,
  { twinId, holderId, holderClientId, sealedKey, oin, brin }: Omit<Sandbox, 'supplierId' | 'boardId' | 'resetAt'> & Addresses,
  { boardId, schoolId }: NewBoard,
  at: Date,
): Promise<void> {
  await enterInDirectory(tx, boardId, { scheme: 'OIN', value: oin, schoolId: null, world: supplierId })
  await enterInDirectory(tx, boardId, { scheme: 'BRIN', value: brin, schoolId, world: supplierId })
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('sandboxes')
    .values({
      supplier_id: supplierId,
      twin_id: twinId,
      holder_id: holderId,
      holder_client_id: holderClientId,
      sealed_key: sealedKey,
      oin,
      brin,
      board_id: boardId,
      made_at: at,
      reset_at: at,
    })
    .onConflict((conflict) => conflict.column('supplier_id').doNothing()) // sandboxes_pkey
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
}

/** The new board takes over the addresses; the old one is found by nobody any more. @throws Refusal `changed_meanwhile` */
async function moveIn(tx: Tx, before: Sandbox, { boardId, schoolId }: NewBoard, at: Date): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('sandboxes')
    .set({ board_id: boardId, reset_at: at })
    .where('supplier_id', '=', before.supplierId) // sandboxes_pkey
    .where('board_id', '=', before.boardId)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('changed_meanwhile')
  await tx
    .updateTable('board_directory')
    .set({ board_id: boardId, school_id: sql<SchoolId | null>`case scheme when 'BRIN' then ${schoolId}::uuid end` })
    .where('board_id', '=', before.boardId)
    .execute()
  const left = await tx
    .deleteFrom('supplier_boards')
    .where('supplier_id', '=', before.twinId) // supplier_boards_pkey
    .where('board_id', '<>', boardId)
    .returning('board_id')
    .execute()
  for (const { board_id } of left) await tx.deleteFrom('handles').where('board_id', '=', board_id).execute()
}
