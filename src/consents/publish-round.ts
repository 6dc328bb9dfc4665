import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { ApprovalId, BoardId, ItemId, RoundId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { mustHold } from '../people/mandates.ts'
import { Refusal } from '../refusal.ts'
import { askAll, askedFacts } from './ask.ts'
import { type Audience, personsIn } from './audience.ts'
import { ROUND_SIDE } from './draft-round.ts'
import { mustBeAgreed } from './item-use.ts'
import { itemOf } from './store.ts'
import { tellRounds } from './tell-rounds.ts'

export interface Publication {
  roundId: RoundId
  /** Which of the draft's items are asked; absent is all of them. */
  itemIds?: ItemId[]
  audience: Audience
  /** Data of staff need the council's consent first. */
  councilApprovalId?: ApprovalId
}

/**
 * Publishes a round: every item is asked of (or told to) everybody in the audience, each on its own, none answered
 * beforehand. One act with one ledger entry, however many it concerns. The deciders are mailed after it (`tellRounds`).
 *
 * @returns how many were asked, and how many consents that made
 * @throws Refusal `mandate_missing`, `round_not_found`, `round_already_published`, `item_not_found` when there is none
 * @throws Refusal `agreement_not_in_force`, `onward_clause_missing`, `basis_is_not_consent` when that changed since the draft
 * @throws Refusal `council_approval_missing` for a round of staff
 */
export async function publishRound(
  deps: Deps,
  actor: PersonActor,
  { roundId, itemIds, audience, councilApprovalId }: Publication,
): Promise<{ subjects: number; consents: number }> {
  const at = deps.now()
  const { boardId, personId } = actor
  const published = await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, async (tx) => {
    await mustHold(tx, actor, ROUND_SIDE, at)
    const round = await tx
      .updateTable('rounds')
      .set({ published_at: at, published_by: personId, audience, council_approval_id: councilApprovalId ?? null })
      .where('board_id', '=', boardId)
      .where('round_id', '=', roundId) // rounds_pkey
      .where('published_at', 'is', null)
      .where('ends_at', '>', at)
      .returning('subject_kind')
      .executeTakeFirst()
    if (!round) throw await whyNot(tx, boardId, roundId)
    if (round.subject_kind === 'employee') await mustBeApproved(tx, boardId, councilApprovalId)
    const items = await itemsOf(tx, boardId, roundId, itemIds)
    for (const { supplierId, serviceId, leafletId, ...item } of items) {
      const use = supplierId && serviceId && leafletId ? { ...item, supplierId, serviceId, leafletId } : undefined
      await mustBeAgreed(tx, at, boardId, { approach: 'organisation', legalBasis: item.legalBasis, use })
    }
    const { rows: persons } = await personsIn(audience, round.subject_kind, boardId, at).execute(tx)
    const subjectIds = persons.map(({ person_id }) => person_id)
    const ids = items.map((item) => item.itemId)
    const asked = await askAll(tx, at, { boardId, approach: 'organisation', itemIds: ids }, subjectIds, { nobodyYet: true })
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'round_published',
      actor: `person:${personId}`,
      ref: roundId,
      facts: { itemIds: ids, audience, subjects: subjectIds.length, ...askedFacts(asked), councilApprovalId },
    })
    return { subjects: subjectIds.length, consents: asked.length }
  })
  deps.afterwards(() => tellRounds(deps, boardId))
  return published
}

async function whyNot(tx: Tx, boardId: BoardId, roundId: RoundId): Promise<Refusal> {
  const known = await tx
    .selectFrom('rounds')
    .select('published_at')
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId)
    .executeTakeFirst()
  return new Refusal(known?.published_at ? 'round_already_published' : 'round_not_found')
}

/** @throws Refusal `item_not_found` when one is not of this round, or there is none */
async function itemsOf(tx: Tx, boardId: BoardId, roundId: RoundId, itemIds: ItemId[] | undefined) {
  const rows = await tx
    .selectFrom('items')
    .selectAll()
    .where('board_id', '=', boardId)
    .where('round_id', '=', roundId) // items_by_round
    .orderBy('item_id')
    .execute()
  const chosen = rows.map(itemOf).filter(({ itemId }) => itemIds?.includes(itemId) ?? true)
  if (chosen.length === 0 || (itemIds && new Set(itemIds).size !== chosen.length)) throw new Refusal('item_not_found')
  return chosen
}

/** @throws Refusal `council_approval_missing` */
async function mustBeApproved(tx: Tx, boardId: BoardId, approvalId: ApprovalId | undefined): Promise<void> {
  const approval = approvalId
    ? await tx
        .selectFrom('council_approvals')
        .select('approval_id')
        .where('board_id', '=', boardId)
        .where('approval_id', '=', approvalId) // council_approvals_pkey
        .executeTakeFirst()
    : undefined
  if (!approval) throw new Refusal('council_approval_missing')
}
