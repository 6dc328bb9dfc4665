import { sql } from 'kysely'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, ItemId, LeafletId } from '../ids.ts'
import { append, type LedgerActor, type LedgerEntry } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { askConsents, askedFacts } from './ask.ts'
import { objectionHolds } from './consent.ts'
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
    return await renew(tx, deps, at, boardId, { itemId, leafletId }, `person:${personId}`)
  })
}

/**
 * What rests on a leaflet that an accepted newer one took the place of is asked, or told, anew (M26). A job that follows the
 * acceptance at once, and finds the rest later; run it any time, also twice at once. Whoever objected is not brought back in.
 * An item the new version no longer has stays as it is: the old leaflet covers nothing, so nothing goes out on it.
 *
 * @returns the items that took the place of others
 */
export async function renewUnderNewLeaflets(deps: Deps, boardId: BoardId): Promise<ItemId[]> {
  const at = deps.now()
  const waiting = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, (tx) => toRenew(tx, boardId, at))
  const renewed: ItemId[] = []
  for (const one of waiting) {
    try {
      const { itemId } = await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
        await tx
          .selectFrom('items')
          .select('item_id')
          .where('board_id', '=', boardId)
          .where('item_id', '=', one.itemId)
          .forShare()
          .execute() // items_pkey
        return await renew(tx, deps, at, boardId, one, 'job')
      })
      renewed.push(itemId)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      deps.log.warning('item_not_renewed', { boardId, itemId: one.itemId, code: error.code })
    }
  }
  return renewed
}

/** Items with open questions whose leaflet was superseded in its agreement, with the version that holds there now. */
async function toRenew(tx: Tx, boardId: BoardId, at: Date): Promise<{ itemId: ItemId; leafletId: LeafletId }[]> {
  const { rows } = await sql<{ item_id: ItemId; leaflet_id: LeafletId }>`
    select i.item_id, newest.leaflet_id
    from items i
    join agreement_services old on old.board_id = i.board_id and old.agreement_id = i.agreement_id and old.service_id = i.service_id
      and old.leaflet_id = i.leaflet_id and old.superseded_at is not null -- agreement_services_pkey
    join lateral (
      select s.leaflet_id from agreement_services s join leaflets l on l.leaflet_id = s.leaflet_id
      where s.board_id = i.board_id and s.agreement_id = i.agreement_id and s.service_id = i.service_id and s.superseded_at is null
      order by l.version desc limit 1
    ) newest on true
    where i.board_id = ${boardId} and i.approach = 'organisation' and i.ends_at > ${at}
      and exists (select from consents c where c.board_id = i.board_id and c.item_id = i.item_id and c.ended_at is null) -- consents_one_open
    order by i.item_id`.execute(tx)
  return rows.map(({ item_id, leaflet_id }) => ({ itemId: item_id, leafletId: leaflet_id }))
}

async function renew(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  { itemId, leafletId }: { itemId: ItemId; leafletId: LeafletId },
  by: LedgerActor,
): Promise<{ itemId: ItemId; asked: number }> {
  const old = await itemById(tx, boardId, itemId)
  if (!old?.supplierId || !old.serviceId || !old.leafletId) throw new Refusal('item_not_found')
  if (old.leafletId === leafletId) throw new Refusal('changed_meanwhile')
  const open = (await openConsentsOn(tx, boardId, [itemId])).filter((one) => !['pending', 'granted'].includes(objectionHolds(one)))
  if (open.length === 0) throw new Refusal('changed_meanwhile')
  const subjects = open.map(({ question }) => question.subject.personId)
  await tellDeciders(tx, deps, at, boardId, subjects)
  const { supplierId, serviceId, partId, holderId, datatypes, ...same } = old
  const lapse = await lapseConsents(
    tx,
    at,
    boardId,
    open.map(({ consentId }) => consentId),
    by,
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
    if (before) joined.push(...(await followRequests(tx, at, before, consentId, by)))
  }
  await append(
    tx,
    {
      boardId,
      approach: 'organisation',
      at,
      event: 'consents_asked',
      actor: by,
      ref: renewed.itemId,
      facts: { ...askedFacts(asked), renews: itemId, leafletId, ...lapse },
    },
    ...joined,
  )
  return { itemId: renewed.itemId, asked: asked.length }
}
