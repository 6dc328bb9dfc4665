import { sql } from 'kysely'
import { inTransaction, type Tx, workFor } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, HolderId, SupplierId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { holderById, supplierById } from './store.ts'

type Suspended = { supplierId: SupplierId } | { holderId: HolderId }

/**
 * The operator suspends a supplier: no new tokens, and every live one ends, at all boards at once. Its agreements stay.
 *
 * @param because for the ledger; no personal content
 * @throws Refusal `supplier_not_found`, `already_suspended`
 */
export async function suspendSupplier(deps: Deps, { supplierId, because }: { supplierId: SupplierId; because: string }): Promise<void> {
  await suspend(deps, { supplierId }, because)
}

/**
 * The operator suspends a holder: no token for it any more, and every live one ends, at all boards at once.
 *
 * @throws Refusal `holder_not_found`, `already_suspended`
 */
export async function suspendHolder(deps: Deps, { holderId, because }: { holderId: HolderId; because: string }): Promise<void> {
  await suspend(deps, { holderId }, because)
}

/**
 * The operator lets a supplier back in. Tokens that ended stay ended; new ones are given on what stands now.
 *
 * @throws Refusal `supplier_not_found`, `not_suspended`
 */
export async function reinstateSupplier(deps: Deps, { supplierId }: { supplierId: SupplierId }): Promise<void> {
  await reinstate(deps, { supplierId })
}

/** @throws Refusal `holder_not_found`, `not_suspended` */
export async function reinstateHolder(deps: Deps, { holderId }: { holderId: HolderId }): Promise<void> {
  await reinstate(deps, { holderId })
}

async function suspend(deps: Deps, whom: Suspended, because: string): Promise<void> {
  const at = deps.now()
  const event = 'supplierId' in whom ? 'supplier_suspended' : 'holder_suspended'
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    // First the row: redemptions hold it FOR SHARE, so every token they made is there when the boards are looked up.
    if (!(await setSuspended(tx, whom, at))) throw new Refusal((await exists(tx, whom)) ? 'already_suspended' : notFound(whom))
    await workFor(tx, { actor: 'operator', boards: await allBoards(tx) })
    const entries: LedgerEntry[] = []
    for (const boardId of await boardsWithTokens(tx, whom, at)) {
      const ended = await endTokens(tx, boardId, at, whom, event)
      entries.push(...tokensEnded(boardId, at, 'operator', idOf(whom), event, await tokensByApproach(tx, boardId, ended)))
    }
    await append(tx, { boardId: null, approach: 'operator', at, event, actor: 'operator', ref: idOf(whom), facts: { because } }, ...entries)
  })
}

async function reinstate(deps: Deps, whom: Suspended): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    if (!(await setSuspended(tx, whom, null))) throw new Refusal((await exists(tx, whom)) ? 'not_suspended' : notFound(whom))
    const event = 'supplierId' in whom ? 'supplier_reinstated' : 'holder_reinstated'
    await append(tx, { boardId: null, approach: 'operator', at, event, actor: 'operator', ref: idOf(whom) })
  })
}

/** Whether the row changed: it was not so already, and it is there. */
async function setSuspended(tx: Tx, whom: Suspended, suspendedAt: Date | null): Promise<boolean> {
  const now = suspendedAt ? 'is' : 'is not'
  const { numUpdatedRows } =
    'supplierId' in whom
      ? await tx
          .updateTable('suppliers')
          .set({ suspended_at: suspendedAt })
          .where('supplier_id', '=', whom.supplierId) // suppliers_pkey
          .where('suspended_at', now, null)
          .executeTakeFirst()
      : await tx
          .updateTable('holders')
          .set({ suspended_at: suspendedAt })
          .where('holder_id', '=', whom.holderId) // holders_pkey
          .where('suspended_at', now, null)
          .executeTakeFirst()
  return numUpdatedRows === 1n
}

async function exists(tx: Tx, whom: Suspended): Promise<boolean> {
  return (await ('supplierId' in whom ? supplierById(tx, whom.supplierId) : holderById(tx, whom.holderId))) !== undefined
}

async function allBoards(tx: Tx): Promise<BoardId[]> {
  const rows = await tx.selectFrom('board_directory').select('board_id').distinct().execute()
  return rows.map(({ board_id }) => board_id)
}

/** Sorted, so that two suspensions at once lock boards in the same order. `endTokens` decides which tokens still live. */
async function boardsWithTokens(tx: Tx, whom: Suspended, at: Date): Promise<BoardId[]> {
  const rows = await tx
    .selectFrom('tokens')
    .select('board_id')
    .distinct()
    .$if('supplierId' in whom, (query) =>
      query.where(
        sql<boolean>`(supplier_id = ${idOf(whom)} or holder_id in (select holder_id from holders where supplier_id = ${idOf(whom)}))`,
      ),
    )
    .$if('holderId' in whom, (query) => query.where('holder_id', '=', (whom as { holderId: HolderId }).holderId))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', new Date(at.getTime() - HOUR))
    .orderBy('board_id')
    .execute()
  return rows.map(({ board_id }) => board_id)
}

const HOUR = 3_600_000

const idOf = (whom: Suspended): string => ('supplierId' in whom ? whom.supplierId : whom.holderId)
const notFound = (whom: Suspended): RefusalCode => ('supplierId' in whom ? 'supplier_not_found' : 'holder_not_found')
