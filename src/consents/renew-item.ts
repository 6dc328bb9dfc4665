import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ItemId, LeafletId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { askConsents, askedFacts } from './ask.ts'
import { createItem } from './create-item.ts'
import { ROUND_SIDE } from './draft-round.ts'
import { followRequests } from './follow-requests.ts'
import { lapseConsents } from './lapse.ts'
import { tellDeciders } from './notices.ts'
import { itemById, openConsentsOn } from './store.ts'

/**
 * Asks an item anew under a newer leaflet version that the board accepted (M26): what was answered under the old one
 * lapses, and everybody who was asked is asked again, since what they said yes to has changed.
 *
 * @returns the item that takes its place
 * @throws Refusal `mandate_missing`, `item_not_found` also for one without leaflet, `changed_meanwhile` when it is this
 *   version already, and as `createItem`: `agreement_not_in_force` while the board has not accepted it
 */
export async function renewItem(
  deps: Deps,
  actor: PersonActor,
  { itemId, leafletId }: { itemId: ItemId; leafletId: LeafletId },
): Promise<{ itemId: ItemId; asked: number }> {
  const at = deps.now()
  const { boardId, personId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ROUND_SIDE, at)
    const old = await itemById(tx, boardId, itemId)
    if (!old?.supplierId || !old.serviceId || !old.leafletId) throw new Refusal('item_not_found')
    if (old.leafletId === leafletId) throw new Refusal('changed_meanwhile')
    const open = await openConsentsOn(tx, boardId, [itemId])
    const subjects = open.map(({ question }) => question.subject.personId)
    await tellDeciders(tx, deps, at, boardId, subjects)
    const { supplierId, serviceId, partId, holderId, datatypes, ...same } = old
    const lapse = await lapseConsents(
      tx,
      at,
      boardId,
      open.map(({ consentId }) => consentId),
      `person:${personId}`,
    )
    const renewed = await createItem(tx, at, boardId, {
      ...same,
      itemId: undefined, // an id of its own: `same` holds the old one
      roundId: old.roundId ?? undefined,
      requestId: old.requestId ?? undefined,
      image: old.image ?? undefined,
      use: { supplierId, serviceId, partId, leafletId, holderId, datatypes },
    })
    const asked = await askConsents(tx, at, renewed, subjects)
    const joined: LedgerEntry[] = []
    for (const { consentId, subjectId } of asked) {
      const before = open.find(({ question }) => question.subject.personId === subjectId)
      if (before) joined.push(...(await followRequests(tx, at, before, consentId, `person:${personId}`)))
    }
    await append(
      tx,
      {
        boardId,
        approach: 'organisation',
        at,
        event: 'consents_asked',
        actor: `person:${personId}`,
        ref: renewed.itemId,
        facts: { ...askedFacts(asked), renews: itemId, leafletId, ...lapse },
      },
      ...joined,
    )
    return { itemId: renewed.itemId, asked: asked.length }
  })
}
