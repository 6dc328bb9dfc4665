import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ClientId, HolderId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'

/** A system that may send rosters by itself. */
export interface RosterSender {
  holderId: HolderId
  allowedAt: Date
}

/** The systems that may send this board's rosters now. Does NOT check who asks. */
export async function sendersOf(tx: Tx, boardId: BoardId): Promise<RosterSender[]> {
  const rows = await tx
    .selectFrom('roster_senders')
    .select(['holder_id', 'allowed_at'])
    .where('board_id', '=', boardId) // roster_senders_one_open
    .where('ended_at', 'is', null)
    .orderBy('allowed_at')
    .execute()
  return rows.map(({ holder_id, allowed_at }) => ({ holderId: holder_id, allowedAt: allowed_at }))
}

/**
 * An administrator lets a student administration send rosters by itself. Again changes nothing.
 *
 * @throws Refusal `mandate_missing`, `holder_not_found`
 */
export async function allowSender(deps: Deps, actor: PersonActor, holderId: HolderId): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const holder = await tx.selectFrom('holders').select('holder_id').where('holder_id', '=', holderId).executeTakeFirst() // holders_pkey
    if (!holder) throw new Refusal('holder_not_found')
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('roster_senders')
      .values({ board_id: boardId, holder_id: holderId, allowed_at: at, allowed_by: personId })
      .onConflict((conflict) => conflict.doNothing()) // roster_senders_one_open
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 0n) return
    await append(tx, told(boardId, at, 'roster_sender_allowed', personId, holderId))
  })
}

/**
 * An administrator ends that. What it sent and nobody confirmed is not taken in any more.
 *
 * @throws Refusal `mandate_missing`, `holder_not_found` when it might not send
 */
export async function stopSender(deps: Deps, actor: PersonActor, holderId: HolderId): Promise<void> {
  const at = deps.now()
  const { boardId, personId } = actor
  await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ['administrator'], at)
    const { numUpdatedRows } = await tx
      .updateTable('roster_senders')
      .set({ ended_at: at, ended_by: personId })
      .where('board_id', '=', boardId)
      .where('holder_id', '=', holderId) // roster_senders_one_open
      .where('ended_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('holder_not_found')
    await append(tx, told(boardId, at, 'roster_sender_stopped', personId, holderId))
  })
}

/** Lets only pass a system that may send rosters now, and holds that. @throws Refusal `board_not_found`: whether there is one is not told */
export async function mustBeSender(tx: Tx, boardId: BoardId, holderId: HolderId): Promise<void> {
  const open = await tx
    .selectFrom('roster_senders')
    .select('holder_id')
    .where('board_id', '=', boardId)
    .where('holder_id', '=', holderId) // roster_senders_one_open
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  if (!open) throw new Refusal('board_not_found')
}

/** As `mustBeSender`, for a job that goes on for one of its clients. */
export async function mustStillSend(tx: Tx, boardId: BoardId, clientId: ClientId): Promise<void> {
  const client = await tx
    .selectFrom('clients')
    .select('holder_id')
    .where('client_id', '=', clientId) // clients_pkey
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  if (!client?.holder_id) throw new Refusal('board_not_found')
  await mustBeSender(tx, boardId, client.holder_id)
}

function told(boardId: BoardId, at: Date, event: 'roster_sender_allowed' | 'roster_sender_stopped', personId: string, holderId: HolderId) {
  return { boardId, approach: 'organisation', at, event, actor: `person:${personId}`, ref: holderId, facts: {} } as const
}
