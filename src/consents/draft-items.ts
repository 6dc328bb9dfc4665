import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ItemId, RoundId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { insertItem, type NewItem, readItem } from './create-item.ts'
import { mustPassGate } from './gate.ts'
import { countChange, holdDraft } from './hold-draft.ts'
import type { Item } from './item.ts'
import { itemsOfRound, type Round } from './rounds.ts'

/** An item of a round runs with it, unless it names a shorter time within. */
export type RoundItem = Omit<NewItem, 'approach' | 'roundId' | 'requestId' | 'startsAt' | 'endsAt'> & { startsAt?: Date; endsAt?: Date }

/**
 * Adds an item to a draft round: asked at publication, or told in the notice when it rests on another basis (K01, K02).
 *
 * @param instead an item of this draft that it takes the place of
 * @throws Refusal as `holdDraft`, `createItem` and `mustPassGate`; `item_in_round_already`, `item_not_found`
 */
export async function addItem(
  deps: Deps,
  actor: PersonActor,
  roundId: RoundId,
  input: RoundItem,
  instead?: ItemId,
): Promise<{ itemId: ItemId }> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    const round = await holdDraft(tx, actor, roundId, at)
    if (instead) await drop(tx, actor, roundId, instead, at)
    const { itemId } = await addTo(tx, at, round, input)
    await countChange(tx, actor, round, at)
    return { itemId }
  })
}

/** As `addItem`, in the transaction of an act that holds the draft. What it refuses it has not written. */
export async function addTo(tx: Tx, at: Date, round: Round, input: RoundItem): Promise<Item> {
  const item = await mayBeAdded(tx, at, round, input)
  await insertItem(tx, item, at)
  return item
}

/** The item as `addItem` would add it, and refuses it. @throws Refusal as `addItem` */
export async function mayBeAdded(tx: Tx, at: Date, round: Round, input: RoundItem): Promise<Item> {
  const { boardId, roundId } = round
  const startsAt = input.startsAt ?? round.startsAt
  const endsAt = input.endsAt ?? round.endsAt
  if (startsAt < round.startsAt || endsAt > round.endsAt) {
    throw new Refusal('input_invalid', { errors: [{ field: 'endsAt', reason: 'is not within the round' }] })
  }
  await mustPassGate(tx, at, boardId, input, startsAt)
  const item = await readItem(tx, at, boardId, { ...input, approach: 'organisation', roundId, startsAt, endsAt })
  for (const other of await itemsOfRound(tx, boardId, roundId)) mustGoTogether(item, other)
  return item
}

/**
 * Leaves an item out of a draft.
 *
 * @throws Refusal as `holdDraft`; `item_not_found` also for one that was left out before
 */
export async function dropItem(deps: Deps, actor: PersonActor, { roundId, itemId }: { roundId: RoundId; itemId: ItemId }): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'staff', boards: [actor.boardId] }, async (tx) => {
    const round = await holdDraft(tx, actor, roundId, at)
    await drop(tx, actor, roundId, itemId, at)
    await countChange(tx, actor, round, at)
  })
}

async function drop(tx: Tx, { boardId }: PersonActor, roundId: RoundId, itemId: ItemId, at: Date): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('items')
    .set({ dropped_at: at })
    .where('board_id', '=', boardId)
    .where('item_id', '=', itemId) // items_pkey
    .where('round_id', '=', roundId)
    .where('dropped_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new Refusal('item_not_found')
}

/**
 * One round does not ask the same twice, nor ask and tell the same data at once (K01).
 *
 * @throws Refusal `item_in_round_already`, `basis_is_not_consent`
 */
function mustGoTogether(item: Item, other: Item): void {
  if (Buffer.from(item.meaningHash).equals(Buffer.from(other.meaningHash))) throw new Refusal('item_in_round_already')
  const same = (['supplierId', 'serviceId', 'partId', 'holderId', 'purpose'] as const).every((member) => item[member] === other[member])
  const overlaps = item.datatypes.some((datatype) => other.datatypes.includes(datatype))
  if (same && overlaps && (item.legalBasis === 'consent') !== (other.legalBasis === 'consent')) throw new Refusal('basis_is_not_consent')
}
