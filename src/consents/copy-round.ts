import type { PersonActor } from '../actors.ts'
import { agreementsOf, coverageOf, servicesOfAgreement } from '../agreements/store.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ItemId, LeafletId, RoundId } from '../ids.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'
import { addTo, mayBeAdded, type RoundItem } from './draft-items.ts'
import { draftIn } from './draft-round.ts'
import { holdDraft, holdRound } from './hold-draft.ts'
import type { Item } from './item.ts'
import type { SupplierUse } from './item-use.ts'
import { itemsOfRound, type Round, roundById } from './rounds.ts'

/** What could not come along, and why: mostly a contract that does not run on. */
export interface LeftBehind {
  itemId: ItemId
  why: RefusalCode
}

/**
 * Next year's round, as a draft made from this year's (K04): the same words and items, under the leaflets and agreements in
 * force when it begins. Nobody's answer comes along: everybody is asked anew.
 *
 * @returns the draft, and the items that had to stay behind
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_not_published`; `input_invalid` when next year is past too
 */
export async function copyRound(deps: Deps, actor: PersonActor, roundId: RoundId): Promise<{ roundId: RoundId; left: LeftBehind[] }> {
  const at = deps.now()
  const { boardId } = actor
  return await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    const from = await holdRound(tx, actor, roundId, at)
    if (!from.publishedAt) throw new Refusal('round_not_published')
    const { title, undertakings, subjectKind, schoolId, endsAt, schoolYear } = from
    const { roundId: nextId } = await draftIn(tx, at, actor, {
      title: title.replace(schoolYear, nextYear(schoolYear)),
      undertakings,
      subjectKind,
      schoolId: schoolId ?? undefined,
      during: endsAt,
      copiedFrom: roundId,
    })
    const next = await holdDraft(tx, actor, nextId, at)
    const left: LeftBehind[] = []
    for (const [nr, item] of newestOf(await itemsOfRound(tx, boardId, roundId)).entries()) {
      try {
        // A millisecond apart, so that they keep their order.
        await addTo(tx, new Date(at.getTime() + nr), next, await again(tx, at, from, item))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        left.push({ itemId: item.itemId, why: error.code })
      }
    }
    return { roundId: nextId, left }
  })
}

/** An item that was renewed during the year comes along once, as it stands now. */
function newestOf(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [meaningOf(item), item])).values()]
}

/**
 * What a draft lacks of last year's round, and why it cannot come along as it was; null where nothing stands in its way.
 * Does NOT check who asks.
 */
export async function leftBehind(tx: Tx, at: Date, draft: Round): Promise<{ item: Item; why: RefusalCode | null }[]> {
  const { boardId } = draft
  const from = draft.copiedFrom && (await roundById(tx, boardId, draft.copiedFrom))
  if (!from) return []
  const here = new Set((await itemsOfRound(tx, boardId, draft.roundId)).map(meaningOf))
  const left = newestOf(await itemsOfRound(tx, boardId, from.roundId)).filter((item) => !here.has(meaningOf(item)))
  return await Promise.all(left.map(async (item) => ({ item, why: await whyNot(tx, at, draft, await again(tx, at, from, item)) })))
}

async function whyNot(tx: Tx, at: Date, draft: Round, item: RoundItem): Promise<RefusalCode | null> {
  try {
    await mayBeAdded(tx, at, draft, item)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

const meaningOf = ({ meaningHash }: Item) => Buffer.from(meaningHash).toString('hex')

/** "2026-2027" becomes "2027-2028". */
function nextYear(schoolYear: string): string {
  return schoolYear
    .split('-')
    .map((year) => Number(year) + 1)
    .join('-')
}

/** The item as it is asked next year: for the whole year, under the leaflet that the board accepted for then. */
async function again(tx: Tx, at: Date, { endsAt }: Round, item: Item): Promise<RoundItem> {
  const { legalBasis, basisMotivation, image, purpose, occasion, reason, alternative, needsAssignment, rule } = item
  const same = { legalBasis, basisMotivation, purpose, occasion, reason, alternative, needsAssignment, rule }
  if (!item.supplierId || !item.serviceId || !item.leafletId) return image ? { ...same, image } : same
  const { supplierId, serviceId, partId, leafletId, holderId, datatypes } = item
  const use = { supplierId, serviceId, partId, leafletId, holderId, datatypes }
  return { ...same, ...(image && { image }), use: { ...use, leafletId: await leafletThen(tx, at, item.boardId, use, endsAt) } }
}

async function leafletThen(tx: Tx, at: Date, boardId: Item['boardId'], use: SupplierUse, when: Date): Promise<LeafletId> {
  if (await coverageOf(tx, boardId, use, when)) return use.leafletId
  for (const { agreementId } of await agreementsOf(tx, boardId, at, use.supplierId)) {
    for (const { serviceId, leafletId } of (await servicesOfAgreement(tx, boardId, agreementId)).toReversed()) {
      if (serviceId === use.serviceId && (await coverageOf(tx, boardId, { ...use, leafletId }, when))) return leafletId
    }
  }
  return use.leafletId
}
